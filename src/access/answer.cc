#include "access/answer.h"

#include <nlohmann/json.hpp>

#include "base/log.h"

namespace entry {

using base::Code;
using http::Response;
using nlohmann::ordered_json;

Response json_answer(int status, std::string body) {
  return {status,
          {{"Content-Type", "application/json; charset=utf-8"},
           {"X-Content-Type-Options", "nosniff"},
           {"Cache-Control", "no-store"},
           {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
           {"Referrer-Policy", "no-referrer"},
           {"Cross-Origin-Resource-Policy", "same-origin"}},
          std::move(body) + "\n"};
}

Response refuse(int status, std::string_view code, std::string_view message) {
  return json_answer(status, ordered_json{{"error", {{"code", code}, {"message", message}}}}.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

Response failed(const base::Error& error) {
  switch (error.code) {
    case Code::invalid_input: return refuse(400, base::name_of(error.code), error.message);
    case Code::not_found: return refuse(404, base::name_of(error.code), error.message);
    case Code::conflict: return refuse(409, base::name_of(error.code), error.message);
    default: break;
  }
  base::log(base::Level::error, "request_failed", error.message, {{"code", base::name_of(error.code)}});
  const bool later = base::is_retryable(error.code) || error.code == Code::exhausted;
  Response response = refuse(later ? 503 : 500, later ? "unavailable" : "internal",
                             later ? "this cannot be done now; try again in a minute" : "this failed inside winback; its log says why");
  if (later) response.headers.emplace_back("Retry-After", "60");
  return response;
}

Response too_many(int retry_after_seconds) {
  Response busy = refuse(429, "too_many_requests", "too many requests; slow down");
  busy.headers.emplace_back("Retry-After", std::to_string(retry_after_seconds));
  return busy;
}

void harden(Response& response, bool secure) {
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!http::find(response.headers, name)) response.headers.emplace_back(name, value);
  };
  add("X-Content-Type-Options", "nosniff");
  add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  add("Referrer-Policy", "no-referrer");
  if (secure) add("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
}

http::Pairs console_headers(std::string_view nonce) {
  return {{"Content-Security-Policy",
           fmt::format("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{}'; img-src 'self' data:; connect-src 'self'; "
                       "font-src 'self'; frame-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
                       nonce)},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"},
          {"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"},
          {"Cross-Origin-Opener-Policy", "same-origin"},
          {"Cross-Origin-Resource-Policy", "same-origin"}};
}

}  // namespace entry
