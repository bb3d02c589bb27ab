#include "app/console_files.h"

#include <sys/random.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "access/answer.h"
#include "base/base64.h"
#include "base/block.h"
#include "base/error.h"
#include "gen/web.h"

namespace app {
namespace {

constexpr std::string_view kMark = "name=\"csp-nonce\" content=\"";

std::string new_nonce() {
  std::array<char, 16> bytes;
  WB_CHECK(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  return base::to_base64({bytes.data(), bytes.size()});
}

const gen::WebFile* find_file(std::string_view path) {
  const auto files = gen::web_files();
  const auto found = std::ranges::lower_bound(files, path, {}, &gen::WebFile::path);
  return found != files.end() && found->path == path ? &*found : nullptr;
}

/// Whether Accept-Encoding lets gzip through: named (or "*") and not with q=0.
bool takes_gzip(std::string_view header) {
  bool any = false;
  while (!header.empty()) {
    const std::size_t comma = std::min(header.find(','), header.size());
    std::string one;
    for (const char c : header.substr(0, comma)) {
      if (c != ' ' && c != '\t') one += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    header.remove_prefix(std::min(header.size(), comma + 1));
    const std::string_view coding = std::string_view{one}.substr(0, one.find(';'));
    const std::size_t q = one.find(";q=");
    const bool refused = q != std::string::npos && one.find_first_not_of("0.", q + 3) == std::string::npos;
    if (coding == "gzip") return !refused;
    if (coding == "*") any = !refused;
  }
  return any;
}

http::Response file_response(const gen::WebFile& file, const http::Request& request) {
  http::Response response;
  const bool hashed = file.path.starts_with("/assets/");
  response.headers = {{"Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache"},
                      {"ETag", std::string{file.etag}},
                      {"Vary", "Accept-Encoding"},
                      {"X-Content-Type-Options", "nosniff"}};
  if (request.header("if-none-match") == file.etag) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", std::string{file.type});
  if (file.type == "image/svg+xml") response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  if (takes_gzip(request.header("accept-encoding"))) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = file.gzip;
  } else {
    response.body = unpacked(file.gzip);
  }
  return response;
}

}  // namespace

std::string unpacked(std::string_view gzip) {
  WB_CHECK(gzip.size() < std::numeric_limits<uInt>::max());
  z_stream stream{};
  WB_CHECK(inflateInit2(&stream, 15 + 16) == Z_OK);
  // zlib reads through a pointer that is not const, and writes nothing there.
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(gzip.data()));
  stream.avail_in = static_cast<uInt>(gzip.size());
  std::string text;
  std::array<char, 64 * 1024> piece;
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(piece.data(), piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  WB_CHECK(state == Z_STREAM_END);
  return text;
}

ConsoleFiles::ConsoleFiles() {
  const gen::WebFile* const index = find_file("/index.html");
  WB_CHECK(index != nullptr);
  std::string text = unpacked(index->gzip);
  const std::size_t at = text.find(kMark);
  WB_CHECK(at != std::string::npos);
  before_nonce_ = text.substr(0, at + kMark.size());
  after_nonce_ = text.substr(at + kMark.size());
}

http::Response ConsoleFiles::page() const {
  const std::string nonce = new_nonce();
  http::Response response;
  response.headers = entry::console_headers(nonce);
  response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = before_nonce_ + nonce + after_nonce_;
  return response;
}

void ConsoleFiles::mount(http::Router& router) const {
  router.otherwise([this](const http::Request& request) {
    if (auto found = answer(request)) return *std::move(found);
    http::Response response = http::text(404, R"({"error": {"code": "not_found", "message": "there is no such address"}})" "\n");
    for (auto& [name, value] : response.headers) {
      if (name == "Content-Type") value = "application/json";
    }
    return response;
  });
}

std::optional<http::Response> ConsoleFiles::answer(const http::Request& request) const {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  const std::string_view first = request.segments.empty() ? std::string_view{} : std::string_view{request.segments.front()};
  if (first == "api" || first == "v1") return std::nullopt;
  if (request.path != "/index.html") {
    if (const gen::WebFile* const file = find_file(request.path)) return file_response(*file, request);
  }
  // A file of an older version, kept by an open page: 404 tells its loader to reload; the page would be run as a script.
  if (first == "assets") return http::text(404, "There is no such file.\n");
  return page();
}

}  // namespace app
