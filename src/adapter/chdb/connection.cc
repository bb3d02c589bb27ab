#include "adapter/chdb/connection.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/detail/base64.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <limits>
#include <utility>  // before Asio: its 1.74 headers use std::exchange without it

namespace adapter::chdb {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Socket = asio::generic::stream_protocol::socket;
using Parser = http::request_parser<http::buffer_body>;

constexpr std::uint32_t kLongestHead = 4 << 20;  // statements and their parameters may stand in the URL

std::string decode(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Request read_head(const Parser& parser) {
  const auto& message = parser.get();
  Request request;
  request.method = std::string{message.method_string()};
  const std::string_view target{message.target().data(), message.target().size()};
  const auto mark = target.find('?');
  request.path = std::string{target.substr(0, mark)};
  std::string_view rest = mark == target.npos ? std::string_view{} : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (!pair.empty()) {
      request.query.emplace_back(decode(pair.substr(0, equals)),
                                 equals == pair.npos ? std::string{} : decode(pair.substr(equals + 1)));
    }
  }
  request.user = std::string{message["X-ClickHouse-User"]};
  request.key = std::string{message["X-ClickHouse-Key"]};
  const auto authorization = message[http::field::authorization];
  if (authorization.starts_with("Basic ")) {
    const auto coded = authorization.substr(6);
    std::string pair(beast::detail::base64::decoded_size(coded.size()), '\0');
    pair.resize(beast::detail::base64::decode(pair.data(), coded.data(), coded.size()).first);
    const auto colon = pair.find(':');
    request.user = pair.substr(0, colon);
    request.key = colon == pair.npos ? std::string{} : pair.substr(colon + 1);
  }
  return request;
}

class BeastExchange final : public Exchange {
 public:
  BeastExchange(Socket& socket, beast::flat_buffer& buffer, Parser& parser, int descriptor)
      : socket_(socket), buffer_(buffer), parser_(parser), descriptor_(descriptor) {}

  std::expected<std::size_t, std::string> read(char* to, std::size_t size) override {
    if (parser_.is_done()) return 0;
    if (!std::exchange(continued_, true) && beast::iequals(parser_.get()[http::field::expect], "100-continue")) {
      if (!send("HTTP/1.1 100 Continue\r\n\r\n")) return std::unexpected("the client is gone");
    }
    auto& body = parser_.get().body();
    body.data = to;
    body.size = size;
    body.more = true;
    beast::error_code error;
    http::read(socket_, buffer_, parser_, error);
    if (error == http::error::need_buffer) error = {};
    if (error) {
      broken_ = true;
      return std::unexpected("the body ended early: " + error.message());
    }
    return size - body.size;
  }

  void answer(int status, int code, std::string_view text) override {
    const std::string line = text.empty() || text.back() == '\n' || code == 0 ? "" : "\n";
    std::string head =
        fmt::format("HTTP/1.1 {} {}\r\n{}Content-Type: text/plain; charset=UTF-8\r\nContent-Length: {}\r\n", status,
                    reason(status), server_header(), text.size() + line.size());
    if (code != 0) head += fmt::format("X-ClickHouse-Exception-Code: {}\r\n", code);
    if (!keeps()) head += "Connection: close\r\n";
    send(head + "\r\n" + std::string{text} + line);
  }

  void begin(std::string_view content_type) override {
    begun_ = true;
    send(
        fmt::format("HTTP/1.1 200 OK\r\n{}Content-Type: {}\r\nTransfer-Encoding: "
                    "chunked\r\nX-ClickHouse-Exception-Tag: {}\r\n{}\r\n",
                    server_header(), content_type, kTag, keeps() ? "" : "Connection: close\r\n"));
  }

  bool write(std::string_view bytes) override {
    if (bytes.empty()) return !broken_;
    const std::string head = fmt::format("{:x}\r\n", bytes.size());
    const std::array<asio::const_buffer, 3> parts{asio::buffer(head), asio::buffer(bytes.data(), bytes.size()),
                                                  asio::buffer("\r\n", 2)};
    beast::error_code error;
    asio::write(socket_, parts, error);
    if (error) broken_ = true;
    return !error;
  }

  void end() override { send("0\r\n\r\n"); }

  void abort(std::string_view text) override {
    // ClickHouse names the reason between marks at the end of what it sent, then leaves the chunks without an end.
    if (begun_ && !broken_) {
      write(
          fmt::format("\r\n__exception__\r\n{}\r\n{}\n{} {}\r\n__exception__\r\n", kTag, text, text.size() + 1, kTag));
    }
    broken_ = true;
  }

  int descriptor() const override { return descriptor_; }

  /// Whether the connection may carry another request.
  bool keeps() const { return !broken_ && parser_.get().keep_alive(); }

 private:
  static constexpr std::string_view kTag = "winbackwarehouse";
  static std::string_view server_header() { return "X-ClickHouse-Server-Display-Name: winback-warehouse\r\n"; }
  static std::string_view reason(int status) {
    const auto text = http::obsolete_reason(static_cast<http::status>(status));
    return {text.data(), text.size()};
  }

  bool send(std::string_view bytes) {
    beast::error_code error;
    asio::write(socket_, asio::buffer(bytes.data(), bytes.size()), error);
    if (error) broken_ = true;
    return !error;
  }

  Socket& socket_;
  beast::flat_buffer& buffer_;
  Parser& parser_;
  int descriptor_;
  bool continued_ = false;
  bool begun_ = false;
  bool broken_ = false;
};

bool wait_readable(int descriptor, int other, int timeout_ms) {
  pollfd polls[2] = {{.fd = descriptor, .events = POLLIN, .revents = 0}, {.fd = other, .events = POLLIN, .revents = 0}};
  while (::poll(polls, 2, timeout_ms) < 0) {
    if (errno != EINTR) return false;
  }
  return polls[1].revents == 0 && polls[0].revents != 0;
}

}  // namespace

void serve_connection(int descriptor, bool unix_socket, int stopping, const Credentials& credentials,
                      Service& service) {
  asio::io_context context{1};
  Socket socket{context};
  beast::error_code error;
  socket.assign(
      unix_socket ? asio::generic::stream_protocol{AF_UNIX, 0} : asio::generic::stream_protocol{AF_INET, IPPROTO_TCP},
      descriptor, error);
  if (error) {
    ::close(descriptor);
    return;
  }
  beast::flat_buffer buffer;
  for (;;) {
    if (buffer.size() == 0 && !wait_readable(descriptor, stopping, -1)) return;
    Parser parser;
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    parser.header_limit(kLongestHead);
    http::read_header(socket, buffer, parser, error);
    if (error) return;
    BeastExchange exchange{socket, buffer, parser, descriptor};
    service.handle(read_head(parser), credentials, exchange);
    if (!exchange.keeps() || !parser.is_done()) return;
  }
}

}  // namespace adapter::chdb
