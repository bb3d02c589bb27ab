#include "http/server.h"
#include "base/log.h"

#if defined(__SANITIZE_THREAD__)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK  // the sanitizer does not know fences; Asio's queues have locks besides
#endif
#if defined(__SANITIZE_ADDRESS__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // g++ 12 misreads Beast's optionals when it is instrumented
#endif
#include <utility>  // before Asio: its 1.74 headers use std::exchange without it

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <openssl/ssl.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

namespace http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Tcp = asio::ip::tcp;

std::string_view view(boost::string_view text) { return {text.data(), text.size()}; }

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

/// Nothing when the target is no path of ours.
std::optional<Request> read_request(beast::http::request<beast::http::string_body>& message, std::string remote, bool behind_proxy) {
  Request request;
  request.method = std::string{view(message.method_string())};
  const std::string_view target = view(message.target());
  const std::size_t mark = target.find('?');
  request.path = std::string{target.substr(0, mark)};
  auto segments = split_path(request.path);
  if (!segments) return std::nullopt;
  request.segments = std::move(*segments);
  if (mark != std::string_view::npos) request.query = parse_form(target.substr(mark + 1));
  for (const auto& field : message) request.headers.emplace_back(lower(view(field.name_string())), std::string{view(field.value())});
  request.body = std::move(message.body());
  request.remote_ip = std::move(remote);
  if (behind_proxy) {
    std::string_view last = request.header("x-forwarded-for");
    if (const std::size_t comma = last.rfind(','); comma != std::string_view::npos) last.remove_prefix(comma + 1);
    while (last.starts_with(' ')) last.remove_prefix(1);
    boost::system::error_code problem;
    const auto address = asio::ip::make_address(std::string{last}, problem);
    if (!problem) request.remote_ip = address.to_string();
  }
  return request;
}

/// What the server knows of a connection.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Ends it now unless a request is being read or answered.
  virtual void end_when_idle() = 0;
  virtual std::shared_ptr<Connection> shared() = 0;  ///< null when its end has come
};

struct Shared {
  Handler handler;
  Limits limits;
  std::atomic<bool> stopping = false;
  std::mutex mutex;
  std::condition_variable gone;
  std::set<Connection*> sessions;              // protected by mutex
  std::shared_ptr<asio::ssl::context> tls;     // protected by mutex; shared: connections keep theirs when it is renewed
};

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

/// One connection; lives as long as something is under way on it. Everything runs on its strand.
template <class Stream>
class Session final : public Connection, public std::enable_shared_from_this<Session<Stream>> {
 public:
  Session(Tcp::socket socket, Shared& shared, std::shared_ptr<asio::ssl::context> tls);
  ~Session() override;
  void begin();
  void end_when_idle() override {
    asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      if (self->waiting_ && !self->parser_->got_some() && self->buffer_.size() == 0) self->lowest().cancel();
    });
  }
  std::shared_ptr<Connection> shared() override { return this->weak_from_this().lock(); }

 private:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;
  static Stream stream_over(Tcp::socket socket, [[maybe_unused]] asio::ssl::context* tls) {
    if constexpr (kTls) {
      return Stream{beast::tcp_stream{std::move(socket)}, *tls};
    } else {
      return Stream{std::move(socket)};
    }
  }
  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }
  void read();
  void answer();
  void write(Response response, bool head_only, bool keep);
  void end();

  std::shared_ptr<asio::ssl::context> tls_;
  Stream stream_;
  beast::flat_buffer buffer_;
  std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
  beast::http::response<beast::http::string_body> response_;
  std::string remote_;
  Shared& shared_;
  bool waiting_ = false;
};

template <class Stream>
Session<Stream>::Session(Tcp::socket socket, Shared& shared, std::shared_ptr<asio::ssl::context> tls)
    : tls_(std::move(tls)), stream_(stream_over(std::move(socket), tls_.get())), shared_(shared) {
  boost::system::error_code problem;
  const auto peer = lowest().socket().remote_endpoint(problem);
  if (!problem) remote_ = peer.address().to_string();
  lowest().socket().set_option(Tcp::no_delay{true}, problem);
  const std::lock_guard lock{shared_.mutex};
  shared_.sessions.insert(this);
}

template <class Stream>
Session<Stream>::~Session() {
  const std::lock_guard lock{shared_.mutex};
  shared_.sessions.erase(this);
  shared_.gone.notify_all();
}

template <class Stream>
void Session<Stream>::begin() {
  asio::dispatch(stream_.get_executor(), [self = this->shared_from_this()] {
    if constexpr (kTls) {
      self->lowest().expires_after(self->shared_.limits.request_time);
      self->stream_.async_handshake(asio::ssl::stream_base::server, [self](beast::error_code problem) {
        if (!problem) self->read();
      });
    } else {
      self->read();
    }
  });
}

template <class Stream>
void Session<Stream>::read() {
  if (shared_.stopping) return;
  parser_.emplace();
  parser_->header_limit(shared_.limits.head_bytes);
  parser_->body_limit(shared_.limits.body_bytes);
  lowest().expires_after(shared_.limits.request_time);
  waiting_ = true;
  beast::http::async_read(stream_, buffer_, *parser_, [self = this->shared_from_this()](beast::error_code problem, std::size_t) {
    self->waiting_ = false;
    if (!problem) return self->answer();
    using Error = beast::http::error;
    if (problem == Error::header_limit || problem == Error::buffer_overflow) {
      return self->write(text(431, "the head of the request is too large\n"), false, false);
    }
    if (problem == Error::body_limit) {  // programs send such bodies, so it is said as docs/api.md tells failures
      return self->write({413, {{"Content-Type", "application/json; charset=utf-8"}, {"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"}},
                          "{\"error\":{\"code\":\"too_large\",\"message\":\"the body of the request is too large\"}}\n"}, false, false);
    }
    if (problem == Error::end_of_stream || problem == beast::error::timeout || problem == asio::error::operation_aborted ||
        problem.category() == boost::system::system_category() || problem.category() == asio::error::get_misc_category() ||
        problem.category() == asio::error::get_ssl_category() || problem.category() == asio::ssl::error::get_stream_category()) {
      return;  // the client has gone, or never came to the point
    }
    self->write(text(400, "this is no HTTP request\n"), false, false);
  });
}

template <class Stream>
void Session<Stream>::answer() {
  auto message = parser_->release();
  const bool keep = message.keep_alive();
  const bool head_only = message.method() == beast::http::verb::head;
  Response response;
  if (auto request = read_request(message, remote_, shared_.limits.behind_proxy); !request) {
    response = text(400, "the address of the request cannot be read\n");
  } else {
    try {
      response = shared_.handler(*request);
    } catch (const std::exception& problem) {
      base::log(base::Level::error, "request_threw", problem.what(), {{"method", request->method}, {"under", request->segments.empty() ? "" : request->segments.front()}});
      response = text(500, "something went wrong here; it is noted\n");
    }
  }
  write(std::move(response), head_only, keep);
}

template <class Stream>
void Session<Stream>::write(Response response, bool head_only, bool keep) {
  response_ = {};
  response_.version(11);
  response_.result(static_cast<unsigned>(response.status));
  response_.keep_alive(keep && !shared_.stopping);
  for (const auto& [name, value] : response.headers) {
    // A line break in a value would be a header, or an answer, of somebody else's making.
    if (value.find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos) response_.insert(name, value);
  }
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) response_.content_length(response.body.size());
  if (!head_only && !bodiless) response_.body() = std::move(response.body);
  lowest().expires_after(shared_.limits.request_time);
  beast::http::async_write(stream_, response_, [self = this->shared_from_this()](beast::error_code problem, std::size_t) {
    if (problem) return;
    if (self->response_.keep_alive()) return self->read();
    self->end();
  });
}

template <class Stream>
void Session<Stream>::end() {
  if constexpr (kTls) {
    lowest().expires_after(shared_.limits.request_time);
    stream_.async_shutdown([self = this->shared_from_this()](beast::error_code) {});
  } else {
    beast::error_code ignored;
    lowest().socket().shutdown(Tcp::socket::shutdown_send, ignored);
  }
}

/// A context that serves the certificate, or what is wrong with its files.
base::Result<std::shared_ptr<asio::ssl::context>> load_tls(const Tls& files) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");
  boost::system::error_code problem;
  context->use_certificate_chain_file(files.certificate, problem);
  if (problem) {
    return base::fail(base::Code::invalid_input, "the certificate {} cannot be used: {}; tls.certificate must name a PEM file with the whole chain", files.certificate, problem.message());
  }
  context->use_private_key_file(files.key, asio::ssl::context::pem, problem);
  if (!problem && SSL_CTX_check_private_key(native) != 1) problem = make_error_code(boost::system::errc::invalid_argument);
  if (problem) {
    return base::fail(base::Code::invalid_input, "the key {} cannot be used: {}; tls.key must name the PEM file of the certificate's private key, without a passphrase", files.key, problem.message());
  }
  return context;
}

}  // namespace

struct Server::State {
  Shared shared;
  asio::io_context context;
  std::optional<Tcp::acceptor> acceptor;
  std::uint16_t port = 0;
  std::optional<Tls> tls_files;
  std::vector<std::jthread> threads;
  std::once_flag stopped;

  void accept() {
    acceptor->async_accept(asio::make_strand(context), [this](beast::error_code problem, Tcp::socket socket) {
      if (shared.stopping || problem == asio::error::operation_aborted) return;
      if (!problem) {
        bool room = false;
        std::shared_ptr<asio::ssl::context> tls;
        {
          const std::lock_guard lock{shared.mutex};
          room = shared.sessions.size() < shared.limits.connections;
          tls = shared.tls;
        }
        if (room && tls) std::make_shared<Session<TlsStream>>(std::move(socket), shared, tls)->begin();
        if (room && !tls) std::make_shared<Session<PlainStream>>(std::move(socket), shared, nullptr)->begin();
      }
      accept();
    });
  }
};

Server::Server() : state_(std::make_unique<State>()) {}
Server::~Server() { stop(); }
std::uint16_t Server::port() const { return state_->port; }

base::Result<std::unique_ptr<Server>> Server::open(std::string_view listen, Handler handler, Limits limits, std::optional<Tls> tls) {
  const std::size_t colon = listen.rfind(':');
  std::string host{listen.substr(0, colon == std::string_view::npos ? 0 : colon)};
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const std::string_view digits = colon == std::string_view::npos ? std::string_view{} : listen.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  boost::system::error_code problem;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, problem);
  if (problem || wrong != std::errc{} || end != digits.data() + digits.size()) {
    return base::fail(base::Code::invalid_input, "'{}' is no address to listen on; write it as 127.0.0.1:8080 or [::1]:8080", listen);
  }
  std::unique_ptr<Server> server{new Server};
  State& state = *server->state_;
  state.shared.handler = std::move(handler);
  state.shared.limits = limits;
  state.tls_files = std::move(tls);
  if (state.tls_files) WB_TRY(server->renew_certificate());
  const Tcp::endpoint endpoint{address, port};
  state.acceptor.emplace(state.context);
  state.acceptor->open(endpoint.protocol(), problem);
  if (!problem) state.acceptor->set_option(asio::socket_base::reuse_address{true}, problem);
  if (!problem) state.acceptor->bind(endpoint, problem);
  if (!problem) state.acceptor->listen(asio::socket_base::max_listen_connections, problem);
  if (problem) {
    return base::fail(base::Code::conflict, "cannot listen on {}: {}; choose another address or port", listen, problem.message());
  }
  state.port = state.acceptor->local_endpoint(problem).port();
  state.accept();
  for (std::size_t i = 0; i < std::max<std::size_t>(limits.threads, 1); ++i) {
    state.threads.emplace_back([&state] { state.context.run(); });
  }
  return server;
}

base::Result<void> Server::renew_certificate() {
  if (!state_->tls_files) return {};
  WB_ASSIGN(auto context, load_tls(*state_->tls_files));
  const std::lock_guard lock{state_->shared.mutex};
  state_->shared.tls = std::move(context);
  return {};
}

void Server::stop() {
  std::call_once(state_->stopped, [this] {
    State& state = *state_;
    state.shared.stopping = true;
    asio::post(state.context, [&state] {
      beast::error_code ignored;
      if (state.acceptor) state.acceptor->close(ignored);
    });
    std::vector<std::shared_ptr<Connection>> alive;
    {
      const std::lock_guard lock{state.shared.mutex};
      for (Connection* session : state.shared.sessions) {
        if (auto owned = session->shared()) alive.push_back(std::move(owned));
      }
    }
    for (const auto& session : alive) session->end_when_idle();
    alive.clear();  // without the lock: the end of a session takes it
    {
      std::unique_lock lock{state.shared.mutex};
      state.shared.gone.wait_for(lock, std::chrono::seconds{3}, [&] { return state.shared.sessions.empty(); });
    }
    state.context.stop();
    state.threads.clear();  // joins
  });
}

}  // namespace http
