#include "adapter/smtp/line.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

namespace adapter::smtp {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostReply = 2000;
constexpr std::chrono::seconds kGoodbye{3};  // how long a server may take to answer QUIT

void start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)started;
}

std::string url_of(const SmtpConfig& config) {
  const std::string host = config.host.find(':') == std::string::npos ? config.host : "[" + config.host + "]";
  return fmt::format("{}://{}:{}/{}", config.security == Security::tls ? "smtps" : "smtp", host, config.port,
                     config.helo_name);
}

}  // namespace

struct Line::State {
  const SmtpConfig& config;
  ServerFacts& facts;
  const std::string url;
  CURL* easy = curl_easy_init();
  char reason[CURL_ERROR_SIZE] = {};

  // The transaction under way.
  const Letter* letter = nullptr;
  std::size_t handed = 0;
  Stage stage = Stage::connect;
  bool answered_dot = false;
  bool encrypted = false;     // STARTTLS was sent
  bool awaits_hello = false;  // the reply that comes next answers EHLO
  bool hello_smtputf8 = false;
  bool no_smtputf8 = false;  // the letter needs it and the server has it not
  bool too_slow = false;
  bool quitting = false;  // what follows answers QUIT
  Reply reply;            // the last whole one
  std::string lines;      // of the reply being received
  Clock::time_point moved;

  State(const SmtpConfig& the_config, ServerFacts& the_facts)
      : config(the_config), facts(the_facts), url(url_of(the_config)) {}

  void begin(const Letter& the_letter) {
    letter = &the_letter;
    handed = 0;
    stage = Stage::connect;
    answered_dot = encrypted = awaits_hello = hello_smtputf8 = no_smtputf8 = too_slow = quitting = false;
    reply = {};
    lines.clear();
    reason[0] = '\0';
    moved = Clock::now();
  }

  /// One line of the server's. False breaks the transaction off.
  bool heard(std::string_view line) {
    if (quitting) return true;
    moved = Clock::now();
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    if (line.size() < 3) return true;
    int code = 0;
    for (const char c : line.substr(0, 3)) {
      if (c < '0' || c > '9') return true;
      code = code * 10 + (c - '0');
    }
    const bool last = line.size() == 3 || line[3] != '-';
    std::string_view text = line.size() > 4 ? line.substr(4) : std::string_view{};
    if (awaits_hello && text.starts_with("SMTPUTF8")) hello_smtputf8 = true;
    if (!lines.empty() && !text.empty()) {
      // Every line of a reply repeats the enhanced status; one is enough.
      const std::string status = enhanced_status(text);
      if (!status.empty() && lines.starts_with(status)) text.remove_prefix(std::min(text.size(), status.size() + 1));
      if (lines.size() < kMostReply) lines += ' ';
    }
    if (lines.size() < kMostReply) lines += text;
    if (!last) return true;
    reply = {code, std::move(lines)};
    lines.clear();
    if (stage == Stage::dot) answered_dot = true;
    if (awaits_hello && code == 250) {
      awaits_hello = false;
      facts.smtputf8 = hello_smtputf8;
      facts.greeted = true;
      const bool final_hello = config.security != Security::starttls || encrypted;
      if (final_hello && letter->needs_smtputf8 && !hello_smtputf8) {
        no_smtputf8 = true;
        return false;
      }
    }
    return true;
  }

  void said(std::string_view command) {
    moved = Clock::now();
    if (command.starts_with("EHLO")) {
      awaits_hello = true;
      hello_smtputf8 = false;
    } else if (command.starts_with("STARTTLS")) {
      encrypted = true;
    } else if (command.starts_with("MAIL ")) {
      stage = Stage::mail;
      reply = {};
    } else if (command.starts_with("RCPT ")) {
      stage = Stage::rcpt;
      reply = {};
    } else if (command.starts_with("DATA")) {
      stage = Stage::data;
      reply = {};
    } else if (command.starts_with("QUIT")) {
      quitting = true;
    }
  }

  std::size_t take(char* to, std::size_t room) {
    moved = Clock::now();
    const std::size_t count = std::min(room, letter->bytes.size() - handed);
    std::memcpy(to, letter->bytes.data() + handed, count);
    handed += count;
    // From the moment curl has the last byte it may send the dot on its own.
    stage = handed == letter->bytes.size() ? Stage::dot : Stage::body;
    return count;
  }

  bool is_too_slow() {
    if (quitting) return Clock::now() - moved > kGoodbye;
    const auto limit = stage == Stage::connect ? std::max(config.connect_timeout, config.reply_timeout)
                       : stage == Stage::dot   ? config.final_reply_timeout
                                               : config.reply_timeout;
    too_slow = too_slow || Clock::now() - moved > limit;
    return too_slow;
  }

  curl_socket_t socket() const {
    curl_socket_t of_connection = CURL_SOCKET_BAD;
    curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &of_connection);
    return of_connection;
  }

  /// The next letter gets a new connection: an answer still on its way must never be taken for that letter's.
  void drop_connection() {
    if (const curl_socket_t open = socket(); open != CURL_SOCKET_BAD) shutdown(open, SHUT_RDWR);
    curl_easy_cleanup(easy);
    easy = curl_easy_init();
  }

  static std::size_t on_header(char* bytes, std::size_t, std::size_t size, void* to) {
    return static_cast<State*>(to)->heard({bytes, size}) ? size : 0;
  }
  static std::size_t on_read(char* bytes, std::size_t size, std::size_t count, void* from) {
    return static_cast<State*>(from)->take(bytes, size * count);
  }
  static std::size_t on_body(char*, std::size_t size, std::size_t count, void*) { return size * count; }
  static int on_debug(CURL*, curl_infotype kind, char* bytes, std::size_t size, void* to) {
    if (kind == CURLINFO_HEADER_OUT) static_cast<State*>(to)->said({bytes, size});
    return 0;
  }
  static int on_progress(void* of, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<State*>(of)->is_too_slow() ? 1 : 0;
  }

  void set_options(curl_slist* recipients);
  std::string fault(CURLcode result) const;
};

void Line::State::set_options(curl_slist* recipients) {
  curl_easy_reset(easy);  // the connection stays
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_USE_SSL,
                   static_cast<long>(config.security == Security::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!config.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, config.ca_file.c_str());
  if (!config.user.empty()) {
    curl_easy_setopt(easy, CURLOPT_USERNAME, config.user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, config.password.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_SASL_IR, 1L);
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, letter->from.c_str());
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients);
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(easy, CURLOPT_READDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  // The commands curl sends are only to be seen through its log; they say how far the transaction is.
  curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
  curl_easy_setopt(easy, CURLOPT_DEBUGDATA, this);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, this);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(config.connect_timeout.count()));
  // is_too_slow judges every wait; curl's own limit only must not come before it.
  const auto longest = std::max(config.reply_timeout, config.final_reply_timeout) + std::chrono::minutes{1};
  curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                   static_cast<long>(std::chrono::ceil<std::chrono::seconds>(longest).count()));
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 60L);
  curl_easy_setopt(easy, CURLOPT_MAXCONNECTS, 1L);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, reason);
}

std::string Line::State::fault(CURLcode result) const {
  if (too_slow) return stage == Stage::dot ? "no answer to the final dot in time" : "the server did not answer in time";
  return reason[0] != '\0' ? reason : curl_easy_strerror(result);
}

Line::Line(const SmtpConfig& config, ServerFacts& facts) {
  start_curl();
  state_ = std::make_unique<State>(config, facts);
}

Line::~Line() {
  // curl says QUIT and waits for the answer for minutes; a copy of the socket ends that in time.
  const curl_socket_t open = state_->socket();
  const int copy = open == CURL_SOCKET_BAD ? -1 : dup(open);
  std::mutex mutex;
  std::condition_variable ended;
  bool over = false;
  {
    const std::jthread watch{[&] {
      std::unique_lock lock{mutex};
      if (!ended.wait_for(lock, kGoodbye, [&] { return over; }) && copy >= 0) shutdown(copy, SHUT_RDWR);
    }};
    curl_easy_cleanup(state_->easy);
    const std::lock_guard lock{mutex};
    over = true;
    ended.notify_one();
  }
  if (copy >= 0) close(copy);
}

Transaction Line::send(const Letter& letter) {
  State& state = *state_;
  state.begin(letter);
  const auto no_smtputf8 = [] {
    Transaction ended;
    ended.stage = Stage::mail;
    ended.outcome.kind = model::OutcomeKind::rejected;
    ended.outcome.detail = "the server takes no addresses outside ASCII (it offers no SMTPUTF8)";
    return ended;
  };
  if (letter.needs_smtputf8 && state.facts.greeted && !state.facts.smtputf8) return no_smtputf8();
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> recipients{curl_slist_append(nullptr, letter.to.c_str()),
                                                                      curl_slist_free_all};
  state.set_options(recipients.get());
  const CURLcode result = curl_easy_perform(state.easy);

  Transaction ended;
  ended.stage = state.stage;
  ended.reply = state.reply;
  const bool answered = state.stage == Stage::dot ? state.answered_dot : state.reply.code >= 400;
  ended.outcome = judge(state.stage, answered, state.reply, state.fault(result), letter.to);
  if (result != CURLE_OK && !answered) state.drop_connection();
  if (state.no_smtputf8) return no_smtputf8();
  return ended;
}

}  // namespace adapter::smtp
