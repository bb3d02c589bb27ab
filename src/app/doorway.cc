#include "app/doorway.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "base/log.h"

namespace app {

using act::respond::Use;
using base::Instant;
using http::Request;
using http::Response;
using model::Message;
using model::ResponseKind;

namespace {

bool is_prefetch(const Request& request) {
  for (const char* header : {"purpose", "sec-purpose", "x-purpose", "x-moz"}) {
    if (request.header(header).find("prefetch") != std::string_view::npos) return true;
  }
  return false;
}

std::optional<text::Language> asked_language(const Request& request) {
  const auto field = request.field("lang");
  if (!field) return std::nullopt;
  const auto language = text::parse_language(*field);
  return language ? std::optional{*language} : std::nullopt;
}

}  // namespace

std::string event_body(const PageEvent& event) {
  const nlohmann::ordered_json body{{"messageId", event.key}, {"userId", event.customer_id}, {"event", event.name}, {"properties", {{"message_id", event.message_id}}}};
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Doorway::Doorway(port::ActStore& store, const port::Clock& clock, PublicActions actions, PublicIdentity identity, PublicLinks links, act::respond::Robots robots)
    : store_(store),
      clock_(clock),
      actions_(std::move(actions)),
      identity_(std::move(identity)),
      links_(std::move(links)),
      robots_(std::move(robots)) {}

bool Doorway::may(const Request& request) {
  const bool changes = request.method == "POST";
  return by_token_.allow(request.part("token"), clock_.now()) && (!changes || by_sender_.allow(request.remote_ip, clock_.now()));
}

Response Doorway::busy(const Request& request) { return http::html(429, pages::busy(frame(request, nullptr))); }

std::string Doorway::language_mark(const Request& request) {
  const auto chosen = asked_language(request);
  return chosen ? fmt::format("?lang={}", text::name_of(*chosen)) : std::string{};
}

http::Handler Doorway::opened_by(Use use, Page page) {
  return [this, use, page = std::move(page)](const Request& request) -> Response {
    const auto token = act::respond::read_token(links_.sign(), use, request.part("token"));
    if (!token) return stranger(request);
    if (!may(request)) return busy(request);
    const auto message = store_.outbox().find(token->message_id);
    if (!message) return failed(request, message.error(), nullptr);
    if (!*message) return http::html(404, pages::expired(frame(request, nullptr)));
    return page(request, **message);
  };
}

Response Doorway::stranger(const Request& request) {
  if (!by_stranger_.allow(request.remote_ip, clock_.now())) return http::html(429, pages::busy(frame(request, nullptr)));
  return http::html(404, pages::expired(frame(request, nullptr)));
}

Response Doorway::failed(const Request& request, const base::Error& error, const Message* message) {
  base::log(base::Level::error, "page_failed", error.message, {{"code", base::name_of(error.code)}});
  Response response = http::html(503, pages::failed(frame(request, message)));
  response.headers.emplace_back("Retry-After", "60");
  return response;
}

double Doorway::record(const Request& request, const Message& message, ResponseKind kind, std::int64_t link) {
  const Instant now = clock_.now();
  act::respond::Hit hit;
  hit.click = kind == ResponseKind::clicked;
  hit.method = request.method;
  hit.user_agent = request.header("user-agent");
  hit.since_sent = now - message.attempted_at.value_or(message.created_at);
  hit.prefetch = is_prefetch(request);
  if (hit.click) {
    if (const auto before = store_.responses().of_message(message.id); before) {
      std::set<std::string_view> others;
      for (const model::Response& one : *before) {
        const bool just_now = one.kind == ResponseKind::clicked && one.at <= now && now - one.at <= act::respond::kJustNow;
        if (just_now && one.detail != std::to_string(link)) others.insert(one.detail);
      }
      hit.other_links_just_now = static_cast<std::uint32_t>(others.size());
    }
  }
  model::Response response;
  // Within one second the same link of the same letter is one click, however often a mailbox asks.
  response.key = fmt::format("{}/{}/{}/{}", model::name_of(kind), message.id, link,
                             std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  response.kind = kind;
  response.message_id = message.id;
  response.enrolment_id = message.enrolment_id;
  response.campaign_id = message.campaign_id;
  response.customer_id = message.customer_id;
  response.step = message.step;
  response.at = now;
  response.human = act::respond::human_probability(hit, robots_);
  if (hit.click) response.detail = std::to_string(link);
  // The customer is not kept waiting for our books: what cannot be noted is said in the log only.
  if (const auto taken = actions_.take(response); !taken) {
    base::log(base::Level::error, "response_not_noted", taken.error().message, {{"kind", model::name_of(kind)}, {"message_id", message.id}});
  }
  return response.human;
}

text::Language Doorway::language_of(const Request& request, const Message* message) {
  if (const auto chosen = asked_language(request); chosen) return *chosen;
  if (message != nullptr) {
    const auto point = store_.people().contact(message->customer_id, message->channel);
    if (point && *point && !(*point)->language.empty()) {
      if (const auto language = text::parse_language((*point)->language); language) return *language;
    }
  }
  return pages::preferred_language(request.header("accept-language"));
}

pages::Frame Doorway::frame(const Request& request, const Message* message) {
  pages::Frame frame;
  frame.language = language_of(request, message);
  frame.shop = identity_.shop[static_cast<std::size_t>(frame.language)];
  if (frame.shop.empty()) frame.shop = *std::ranges::max_element(identity_.shop, {}, &std::string::size);
  frame.imprint = identity_.imprint;
  frame.style = links_.prefix() + "/pages.css";
  // A page that answers a POST has no address that could be asked for again; only known messages have pages of their own.
  if (message != nullptr && request.method != "POST") frame.self = links_.prefix() + request.path;
  return frame;
}

}  // namespace app
