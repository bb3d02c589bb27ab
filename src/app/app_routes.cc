#include "app/app_routes.h"

#include <nlohmann/json.hpp>

#include "access/answer.h"

namespace app {

using act::respond::Use;
using base::Instant;
using http::Request;
using http::Response;
using nlohmann::ordered_json;

namespace {

constexpr std::chrono::days kDeferredFor{7};
constexpr std::size_t kMostJson = 4096;

}  // namespace

void AppRoutes::mount(http::Router& router) {
  router.add("POST", "/v1/deferred", [this](const Request& request) {
    Response response = deferred(request);
    keys_.allow_origin(request, response);
    return response;
  });
}

Response AppRoutes::deferred(const Request& request) {
  const Instant now = door_.clock().now();
  if (!by_sender_.allow(request.remote_ip, now)) return entry::too_many(10);
  if (request.body.size() > kMostJson) return entry::refuse(400, "invalid_input", "the body is too large");
  const auto known = keys_.knows(request);
  if (!known) return entry::failed(known.error());
  if (!*known) return entry::refuse(401, "unauthorized", "the write key is not known");
  const auto body = ordered_json::parse(request.body, nullptr, false);
  const auto text = [&](const char* name) { return body.is_object() && body.contains(name) && body[name].is_string() ? body[name].get<std::string>() : std::string{}; };
  const std::string link = text("link");
  std::string referrer = text("referrer");
  // Among other parameters, as stores hand it over: "utm_source=x&wb_…".
  if (const std::size_t at = referrer.find("wb_"); at != std::string::npos) referrer = referrer.substr(at + 3, referrer.find('&', at) - at - 3);
  else referrer.clear();
  if (link.empty() == referrer.empty()) return entry::refuse(400, "invalid_input", "either link, or a referrer that begins with wb_, must say which link was followed");
  const auto token = act::respond::read_token(door_.links().sign(), Use::app, link.empty() ? referrer : link);
  const ordered_json nothing{{"target", nullptr}};
  if (!token) return entry::json_answer(200, nothing.dump());
  const auto message = door_.store().outbox().find(token->message_id);
  if (!message) return entry::failed(message.error());
  if (!*message) return entry::json_answer(200, nothing.dump());
  if (link.empty()) {
    const auto claimed = door_.store().back().claim_deferred(token->message_id, now - kDeferredFor, now);
    if (!claimed) return entry::failed(claimed.error());
    if (!*claimed) return entry::json_answer(200, nothing.dump());
    return entry::json_answer(200, ordered_json{{"target", (*claimed)->target}}.dump());
  }
  // The app was opened instead of the page: this is the click.
  door_.record(request, **message, model::ResponseKind::clicked, 0);
  const auto target = landing_.target(**message);
  if (!target) return entry::failed(target.error());
  return entry::json_answer(200, ordered_json{{"target", *target}}.dump());
}

}  // namespace app
