#include "adapter/clickhouse/transport.h"

#include <curl/curl.h>

#include <charconv>
#include <mutex>

#include "adapter/clickhouse/engine_error.h"

namespace adapter::clickhouse {

namespace {

constexpr std::size_t kMostKept = 16;
constexpr std::size_t kTail = 16 << 10;
constexpr std::size_t kAhead = 1 << 20;  // what may be received before it is asked for
static_assert(kAbortUpload == CURL_READFUNC_ABORT);

std::string encode(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + text.size() / 2);
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
        c == '.') {
      out += c;
    } else {
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

void start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)started;
}

}  // namespace

struct Wire {
  CURL* easy = curl_easy_init();
  CURLM* multi = curl_multi_init();
  curl_slist* headers = nullptr;
  bool attached = false;
  bool done = false;
  bool paused = false;
  CURLcode outcome = CURLE_OK;
  int exception_code = 0;
  bool head_complete = false;
  std::string received;
  std::function<std::size_t(char*, std::size_t)> upload;
  char reason[CURL_ERROR_SIZE] = {};

  Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire() {
    detach();
    curl_slist_free_all(headers);
    curl_multi_cleanup(multi);
    curl_easy_cleanup(easy);
  }
  void detach() {
    if (attached) curl_multi_remove_handle(multi, easy);
    attached = false;
  }

  /// Moves the transfer on until bytes or the end are there. `for_head`: until the head of the final answer is.
  void pump(bool for_head) {
    if (paused && received.empty()) {
      paused = false;
      curl_easy_pause(easy, CURLPAUSE_CONT);
    }
    while (!done && (for_head ? !head_complete : received.empty())) {
      int running = 0;
      curl_multi_perform(multi, &running);
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
        if (message->msg == CURLMSG_DONE) {
          done = true;
          outcome = message->data.result;
        }
      }
      if (!done && (for_head ? !head_complete : received.empty())) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
  }

  long status() const {
    long value = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &value);
    return value;
  }
};

namespace {

std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* to) {
  auto& wire = *static_cast<Wire*>(to);
  wire.head_complete = true;
  if (wire.received.size() >= kAhead) {  // curl would read on for as long as the server is faster than we are
    wire.paused = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  wire.received.append(bytes, size);
  return size;
}

std::size_t on_header(char* bytes, std::size_t, std::size_t size, void* to) {
  auto& wire = *static_cast<Wire*>(to);
  const std::string_view line{bytes, size};
  constexpr std::string_view kCode = "x-clickhouse-exception-code:";
  if (line.size() > kCode.size() && curl_strnequal(line.data(), kCode.data(), kCode.size()) != 0) {
    std::string_view value = line.substr(kCode.size());
    while (value.starts_with(' ')) value.remove_prefix(1);
    std::from_chars(value.data(), value.data() + value.size(), wire.exception_code);
  }
  if (line == "\r\n" && wire.status() >= 200) wire.head_complete = true;
  return size;
}

std::size_t on_read(char* bytes, std::size_t, std::size_t size, void* from) {
  auto& wire = *static_cast<Wire*>(from);
  return wire.upload(bytes, size);
}

}  // namespace

struct Transport::State {
  Endpoint endpoint;
  std::mutex mutex;
  std::vector<std::unique_ptr<Wire>> kept;

  std::unique_ptr<Wire> take() {
    const std::lock_guard lock{mutex};
    if (kept.empty()) return std::make_unique<Wire>();
    auto wire = std::move(kept.back());
    kept.pop_back();
    return wire;
  }
  void give_back(std::unique_ptr<Wire> wire) {
    wire->detach();
    const std::lock_guard lock{mutex};
    if (kept.size() < kMostKept) kept.push_back(std::move(wire));
  }
  void forget() {
    const std::lock_guard lock{mutex};
    kept.clear();
  }

  std::string where() const { return endpoint.socket.empty() ? endpoint.url : endpoint.socket; }

  void prepare(Wire& wire, const Call& call) {
    curl_slist_free_all(wire.headers);
    wire.headers = nullptr;
    wire.done = wire.head_complete = wire.paused = false;
    wire.outcome = CURLE_OK;
    wire.exception_code = 0;
    wire.received.clear();
    wire.reason[0] = '\0';
    wire.upload = call.upload;
    curl_easy_reset(wire.easy);
    std::string url = endpoint.url + call.path;
    char separator = '?';
    for (const auto& [name, value] : call.query) {
      url += separator + encode(name) + "=" + encode(value);
      separator = '&';
    }
    CURL* easy = wire.easy;
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    if (!endpoint.socket.empty()) {
      curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, endpoint.socket.c_str());
      curl_easy_setopt(easy, CURLOPT_PROXY, "");
    }
    wire.headers = curl_slist_append(wire.headers, "Expect:");
    wire.headers = curl_slist_append(wire.headers, "Content-Type: application/octet-stream");
    if (!endpoint.user.empty())
      wire.headers = curl_slist_append(wire.headers, ("X-ClickHouse-User: " + endpoint.user).c_str());
    if (!endpoint.password.empty())
      wire.headers = curl_slist_append(wire.headers, ("X-ClickHouse-Key: " + endpoint.password).c_str());
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    if (call.upload) {
      wire.headers = curl_slist_append(wire.headers, "Transfer-Encoding: chunked");
      curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 512L << 10);
      curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
      curl_easy_setopt(easy, CURLOPT_READDATA, &wire);
    } else {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.text.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.text.empty() ? "" : call.text.data());  // not copied
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, wire.headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &wire);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &wire);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, wire.reason);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 512L << 10);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_multi_add_handle(wire.multi, easy);
    wire.attached = true;
  }
};

Reply::Reply(std::unique_ptr<Wire> wire, std::function<void(std::unique_ptr<Wire>)> give_back, std::string name)
    : wire_(std::move(wire)), give_back_(std::move(give_back)), name_(std::move(name)) {}
Reply::Reply(Reply&&) noexcept = default;
Reply::~Reply() = default;

base::Result<bool> Reply::more(std::string& to) {
  if (wire_ == nullptr) return false;
  wire_->pump(false);
  if (!wire_->received.empty()) {
    const std::string_view bytes = wire_->received;
    if (bytes.size() >= kTail) {
      tail_ = bytes.substr(bytes.size() - kTail);
    } else {
      if (tail_.size() > 4 * kTail) tail_.erase(0, tail_.size() - kTail);
      tail_ += bytes;
    }
    if (to.empty()) {
      to.swap(wire_->received);
      wire_->received.clear();
    } else {
      to += bytes;
      wire_->received.clear();
    }
    return true;
  }
  if (wire_->outcome == CURLE_OK) {
    give_back_(std::move(wire_));
    return false;
  }
  const std::string reason = wire_->reason[0] != '\0' ? wire_->reason : curl_easy_strerror(wire_->outcome);
  wire_.reset();
  if (const auto report = report_in_tail(tail_)) return std::unexpected(engine_error(name_, 0, 200, *report));
  return base::fail(base::Code::unavailable,
                    "the warehouse broke off its answer to '{}' ({}); run the same command again", name_, reason);
}

Transport::Transport(Endpoint endpoint) : state_(std::make_unique<State>()) {
  start_curl();
  state_->endpoint = std::move(endpoint);
}
Transport::~Transport() = default;

base::Result<Reply> Transport::start(const Call& call) {
  auto wire = state_->take();
  state_->prepare(*wire, call);
  wire->pump(true);
  if (wire->done && wire->outcome != CURLE_OK && wire->status() < 400) {
    const std::string reason = wire->reason[0] != '\0' ? wire->reason : curl_easy_strerror(wire->outcome);
    state_->forget();  // the other kept connections lead to the same dead server
    return base::fail(base::Code::unavailable,
                      "the warehouse at {} does not answer ({}); see that it runs and can be reached", state_->where(),
                      reason);
  }
  if (const long status = wire->status(); status >= 400) {
    std::string text;
    while (!wire->done || !wire->received.empty()) {
      wire->pump(false);
      if (text.size() < kTail) text += wire->received;
      wire->received.clear();
    }
    const int code = wire->exception_code;
    if (wire->outcome == CURLE_OK) state_->give_back(std::move(wire));
    return std::unexpected(engine_error(call.name, code, static_cast<int>(status), text));
  }
  Reply reply{std::move(wire),
              [state = state_.get()](std::unique_ptr<Wire> free) { state->give_back(std::move(free)); },
              std::string{call.name}};
  return reply;
}

base::Result<std::string> Transport::finish(const Call& call) {
  WB_ASSIGN(Reply reply, start(call));
  std::string text, piece;
  for (;;) {
    piece.clear();
    WB_ASSIGN(const bool more, reply.more(piece));
    if (!more) return text;
    text += piece;
  }
}

}  // namespace adapter::clickhouse
