#include "app/api.h"

#include <charconv>

#include <nlohmann/json.hpp>

#include "app/bounce_intake.h"
#include "app/inbox_answer.h"
#include "app/json_object.h"
#include "app/provider_event.h"
#include "app/redeem.h"
#include "base/log.h"

namespace app {

using base::Code;
using base::fail;
using base::Instant;
using base::Result;
using http::Request;
using http::Response;
using model::ResponseKind;
using nlohmann::ordered_json;

namespace {

constexpr std::size_t kMostJson = 64 * 1024;

Response answer(int status, const ordered_json& json) {
  return {status,
          {{"Content-Type", "application/json; charset=utf-8"}, {"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"}},
          json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"};
}

Response refuse(int status, std::string_view code, std::string_view message) {
  return answer(status, {{"error", {{"code", code}, {"message", message}}}});
}

Response failed(const base::Error& error) {
  switch (error.code) {
    case Code::invalid_input: return refuse(400, base::name_of(error.code), error.message);
    case Code::not_found: return refuse(404, base::name_of(error.code), error.message);
    case Code::conflict: return refuse(409, base::name_of(error.code), error.message);
    default: break;
  }
  // What went wrong inside is for the log, not for the caller.
  base::log(base::Level::error, "api_call_failed", error.message, {{"code", base::name_of(error.code)}});
  const bool later = base::is_retryable(error.code) || error.code == Code::exhausted;
  Response response = refuse(later ? 503 : 500, later ? "unavailable" : "internal",
                             later ? "this cannot be done now; try again in a minute" : "this failed inside winback; its log says why");
  if (later) response.headers.emplace_back("Retry-After", "60");
  return response;
}

ordered_json moment(const std::optional<Instant>& at) { return at ? ordered_json(base::to_string(*at)) : ordered_json(nullptr); }

ordered_json money(std::int64_t hundredths) { return static_cast<double>(hundredths) / 100; }

Result<JsonObject> body_of(const Request& request) {
  if (request.body.size() > kMostJson) return fail(Code::invalid_input, "the body is larger than {} bytes", kMostJson);
  return JsonObject::parse(request.body);
}

ordered_json describe(const model::Code& code, Instant now) {
  const bool over = code.state == model::CodeState::issued && code.ends_at && now >= *code.ends_at;
  ordered_json json{{"code", code.code},
                    {"state", model::name_of(over ? model::CodeState::expired : code.state)},
                    {"offer", code.offer_id},
                    {"ends_at", moment(code.ends_at)}};
  if (code.state == model::CodeState::redeemed) {
    json["order_id"] = code.order_id;
    json["amount"] = money(code.cost);
    json["redeemed_at"] = moment(code.redeemed_at);
  }
  return json;
}

}  // namespace

Api::Api(port::ActStore& store, const port::Clock& clock, PublicActions actions, act::respond::Sign sign)
    : store_(store), clock_(clock), actions_(std::move(actions)), sign_(std::move(sign)) {}

void Api::mount(http::Router& router, entry::Gate& gate) {
  const auto add = [&](std::string_view http_method, std::string_view pattern, Method method) {
    gate.guard(router, http_method, pattern, [this, method](const Request& request, const entry::Caller&) { return (this->*method)(request); });
  };
  add("GET", "/api/inbox", &Api::inbox);
  add("POST", "/api/inbox/:id/read", &Api::inbox_read);
  add("POST", "/api/inbox/:id/click", &Api::inbox_click);
  add("GET", "/api/codes/:code", &Api::code);
  add("POST", "/api/codes/:code/redeem", &Api::redeem_code);
  add("POST", "/api/responses", &Api::response);
  add("POST", "/api/bounces", &Api::bounce);
}

Response Api::inbox(const Request& request) {
  const std::string_view customer = request.field("customer_id").value_or("");
  if (const auto good = check_text("customer_id", customer); !good) return failed(good.error());
  const auto messages = store_.inbox().of_customer(customer, clock_.now());
  if (!messages) return failed(messages.error());
  ordered_json list = ordered_json::array();
  for (const model::InboxMessage& message : *messages) {
    list.push_back({{"id", message.id},
                    {"subject", message.content.subject},
                    {"html", message.content.html},
                    {"text", message.content.text},
                    {"language", message.content.language},
                    {"created_at", moment(message.created_at)},
                    {"expires_at", moment(message.expires_at)},
                    {"read_at", moment(message.read_at)}});
  }
  return answer(200, {{"customer_id", customer}, {"messages", std::move(list)}});
}

Response Api::inbox_read(const Request& request) { return inbox_answer(request, ResponseKind::opened); }
Response Api::inbox_click(const Request& request) { return inbox_answer(request, ResponseKind::clicked); }

Response Api::inbox_answer(const Request& request, ResponseKind kind) {
  const auto body = body_of(request);
  if (!body) return failed(body.error());
  const auto customer = body->text("customer_id");
  if (!customer) return failed(customer.error());
  const std::string_view part = request.part("id");
  std::int64_t id = 0;
  const auto [end, wrong] = std::from_chars(part.data(), part.data() + part.size(), id);
  if (wrong != std::errc{} || end != part.data() + part.size()) return refuse(404, "not_found", "a message's id is a number");
  const Instant now = clock_.now();
  const Result<void> done = actions_.conduct([&](act::deliver::Conductor& conductor) { return note_inbox(id, *customer, kind, store_, conductor, now); });
  if (!done) return failed(done.error());
  return answer(200, {{"id", id}, {"read", true}});
}

Response Api::code(const Request& request) {
  if (const auto good = check_text("the code", request.part("code"), 64); !good) return failed(good.error());
  const auto found = find_code(request.part("code"), store_.codes());
  if (!found) return failed(found.error());
  if (!*found || (*found)->state == model::CodeState::pool) return refuse(404, "not_found", "no such code was given out");
  return answer(200, describe(**found, clock_.now()));
}

Response Api::redeem_code(const Request& request) {
  if (const auto good = check_text("the code", request.part("code"), 64); !good) return failed(good.error());
  const auto body = body_of(request);
  if (!body) return failed(body.error());
  auto order = body->text("order_id");
  if (!order) return failed(order.error());
  const auto amount = body->money_if_there("amount");
  if (!amount) return failed(amount.error());
  const Redemption redemption{std::string{request.part("code")}, std::move(*order), *amount, clock_.now()};
  model::Code code;
  const Result<void> done = actions_.conduct([&](act::deliver::Conductor& conductor) -> Result<void> {
    WB_ASSIGN(code, redeem(redemption, store_, conductor, redemption.at));
    return {};
  });
  if (!done) return failed(done.error());
  return answer(200, describe(code, redemption.at));
}

Response Api::response(const Request& request) {
  const auto body = body_of(request);
  if (!body) return failed(body.error());
  ProviderEvent event;
  const Instant now = clock_.now();
  const Result<void> read = [&]() -> Result<void> {
    WB_ASSIGN(event.key, body->text("key"));
    WB_ASSIGN(event.kind, body->text("kind"));
    if (!is_provider_event(event.kind)) return fail(Code::invalid_input, "kind must be one of {}", provider_events());
    WB_ASSIGN(auto send_key, body->text_if_there("send_key"));
    WB_ASSIGN(auto reference, body->text_if_there("reference"));
    event.send_key = send_key.value_or("");
    event.reference = reference.value_or("");
    if (event.send_key.empty() == event.reference.empty()) return fail(Code::invalid_input, "either send_key or reference must say which message it is");
    WB_ASSIGN(const auto at, body->moment_if_there("at"));
    event.at = at.value_or(now);
    if (event.at > now + std::chrono::hours{1}) return fail(Code::invalid_input, "at lies in the future");
    WB_ASSIGN(auto detail, body->text_if_there("detail", 1000));
    event.detail = detail.value_or("");
    return {};
  }();
  if (!read) return failed(read.error());
  EventFate fate{};
  const Result<void> done = actions_.conduct([&](act::deliver::Conductor& conductor) -> Result<void> {
    WB_ASSIGN(fate, take_event(event, store_, sign_, conductor, now));
    return {};
  });
  if (!done) return failed(done.error());
  if (fate == EventFate::unknown_message) return refuse(404, "not_found", "no message of ours has this send_key or reference");
  return answer(200, {{"result", fate == EventFate::taken ? "taken" : "known"}});
}

Response Api::bounce(const Request& request) {
  if (request.body.empty()) return refuse(400, "invalid_input", "the body must be one raw message, as the mail server delivered it");
  BounceCounts counts;
  const Result<void> done = actions_.conduct([&](act::deliver::Conductor& conductor) {
    counts = {};
    return take_bounce(request.body, store_, sign_, conductor, clock_.now(), counts);
  });
  if (!done) return failed(done.error());
  const std::pair<std::string_view, std::uint64_t> results[] = {{"hard", counts.hard},         {"soft", counts.soft},       {"complained", counts.complained},
                                                                {"opted_out", counts.opted_out}, {"known", counts.known}, {"unknown_letter", counts.unknown}};
  for (const auto& [name, count] : results) {
    if (count > 0) return answer(200, {{"result", name}});
  }
  return answer(200, {{"result", "no_report"}});
}

}  // namespace app
