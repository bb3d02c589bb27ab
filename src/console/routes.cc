#include "console/routes.h"
#include "base/log.h"

#include <charconv>
#include <memory>

#include <nlohmann/json.hpp>

#include "console/contract.h"

namespace console {

using base::Code;
using base::fail;
using base::Result;

namespace {

http::Response refuse(int status, std::string_view code, std::string_view message) {
  const nlohmann::json json{{"error", {{"code", code}, {"message", message}}}};
  return {status,
          {{"Content-Type", "application/json; charset=utf-8"}, {"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"}},
          json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"};
}

http::Response failed(const http::Request& request, const base::Error& error) {
  switch (error.code) {
    case Code::invalid_input: return refuse(400, base::name_of(error.code), error.message);
    case Code::not_found: return refuse(404, base::name_of(error.code), error.message);
    case Code::conflict: return refuse(409, base::name_of(error.code), error.message);
    case Code::unsupported: return refuse(400, base::name_of(error.code), error.message);
    default: break;
  }
  // What went wrong inside is for the log, not for the caller.
  base::log(base::Level::error, "request_failed", error.message,
            {{"method", request.method}, {"under", request.segments.size() > 1 ? request.segments[0] + "/" + request.segments[1] : ""}, {"code", base::name_of(error.code)}});
  const bool later = base::is_retryable(error.code) || error.code == Code::exhausted;
  http::Response response = refuse(later ? 503 : 500, later ? "unavailable" : "internal",
                                   later ? "this cannot be done now; try again in a minute" : "this failed inside winback; its log says why");
  if (later) response.headers.emplace_back("Retry-After", "30");
  return response;
}

http::Response answer(Reply reply) {
  http::Response response{reply.status,
                          {{"Content-Type", std::move(reply.type)}, {"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"}},
                          std::move(reply.body)};
  if (!reply.file_name.empty()) {
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + reply.file_name + "\"");
  }
  if (!reply.policy.empty()) response.headers.emplace_back("Content-Security-Policy", std::move(reply.policy));
  return response;
}

}  // namespace

Result<std::size_t> Ask::limit() const {
  const auto text = request.field("limit");
  if (!text) return std::size_t{50};
  std::size_t value = 0;
  const auto [end, wrong] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (wrong != std::errc{} || end != text->data() + text->size() || value < 1 || value > 500) {
    return fail(Code::invalid_input, "limit must be a number from 1 to 500");
  }
  return value;
}

Result<std::string> Ask::choice(std::string_view name, std::initializer_list<std::string_view> words) const {
  const auto text = request.field(name);
  if (!text) return std::string{*words.begin()};
  std::string known;
  for (const std::string_view word : words) {
    if (word == *text) return std::string{word};
    known += (known.empty() ? "" : ", ") + std::string{word};
  }
  return fail(Code::invalid_input, "{} must be one of {}", name, known);
}

Reply begun(std::string body) { return {.body = std::move(body), .status = 202}; }

Reply csv_file(std::string csv, std::string_view name) {
  return {.body = std::move(csv), .type = "text/csv; charset=utf-8", .file_name = std::string{name}};
}

Reply done() { return {.body = "{\"done\": true}\n"}; }

void Routes::add(std::string_view method, std::string_view pattern, Handler handler) {
  // Shared because a handler can be copied.
  const auto contract = std::make_shared<const Contract>(method, pattern);
  gate_.guard(router_, method, pattern, [&at = at_, contract, handler = std::move(handler)](const http::Request& request, const entry::Caller& caller) {
    if (const auto held = contract->check(request); !held) return failed(request, held.error());
    text::Language language = text::Language::en;
    if (const auto tag = request.field("lang")) {
      const auto parsed = text::parse_language(*tag);
      if (!parsed) return refuse(400, "invalid_input", "lang must be en, zh-CN or zh-TW");
      language = *parsed;
    }
    auto reply = handler(Ask{request, caller, at, language});
    return reply ? answer(std::move(*reply)) : failed(request, reply.error());
  });
}

}  // namespace console
