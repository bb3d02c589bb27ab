#include "app/public_pages.h"
#include "base/log.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <set>

namespace app {

using act::respond::Use;
using base::Instant;
using base::Result;
using http::Request;
using http::Response;
using model::Message;
using model::ResponseKind;

namespace {

/// A picture of one transparent point (GIF89a).
constexpr std::string_view kPicture{
    "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xFF\xFF\xFF!\xF9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00"
    "\x02\x02\x44\x01\x00;", 43};

Response picture() {
  return {200, {{"Content-Type", "image/gif"}, {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}}, std::string{kPicture}};
}

/// RFC 8058: the body is a form of either kind with List-Unsubscribe=One-Click.
bool is_one_click(const Request& request) {
  if (http::find(http::parse_form(request.body), "List-Unsubscribe") == "One-Click") return true;
  if (!request.header("content-type").starts_with("multipart/form-data")) return false;
  const std::size_t name = request.body.find("name=\"List-Unsubscribe\"");
  return name != std::string::npos && request.body.find("\r\n\r\nOne-Click\r\n", name) != std::string::npos;
}

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

PublicActions conducted(port::ActStore& store, act::deliver::Conductor& conductor) {
  const auto one_at_a_time = std::make_shared<std::mutex>();  // shared: by both actions and their copies
  return {[one_at_a_time, &conductor](const model::Response& response) {
            const std::lock_guard lock{*one_at_a_time};
            return conductor.take(response, response.at);
          },
          [one_at_a_time, &conductor, &store](std::string_view customer, Instant now) {
            const std::lock_guard lock{*one_at_a_time};
            return store.transact([&]() -> Result<void> {
              WB_TRY(conductor.happened(customer, "erased", now));
              return store.people().erase(customer, now);
            });
          },
          [one_at_a_time, &conductor, &store](const PublicActions::Work& work) {
            const std::lock_guard lock{*one_at_a_time};
            return store.transact([&] { return work(conductor); });
          }};
}

PublicPages::PublicPages(port::ActStore& store, const port::Clock& clock, PublicActions actions, PublicIdentity identity,
                         PublicLinks links, act::respond::Robots robots)
    : store_(store),
      clock_(clock),
      actions_(std::move(actions)),
      identity_(std::move(identity)),
      links_(std::move(links)),
      robots_(std::move(robots)),
      centre_(store, identity_.zone, identity_.offers_non_personalised) {}

void PublicPages::mount(http::Router& router) {
  router.add("GET", "/c/:token", [this](const Request& r) { return click(r); });
  router.add("GET", "/o/:token", [this](const Request& r) { return open(r); });
  router.add("GET", "/u/:token", opened_by(Use::unsubscribe, &PublicPages::ask_unsubscribe));
  router.add("POST", "/u/:token", opened_by(Use::unsubscribe, &PublicPages::unsubscribe));
  router.add("GET", "/p/:token", opened_by(Use::preferences, &PublicPages::show_preferences));
  router.add("POST", "/p/:token", opened_by(Use::preferences, &PublicPages::save_preferences));
  router.add("GET", "/p/:token/erase", opened_by(Use::preferences, &PublicPages::ask_erase));
  router.add("POST", "/p/:token/erase", opened_by(Use::preferences, &PublicPages::erase));
  router.add("GET", "/pages.css", [](const Request&) {
    return Response{200,
                    {{"Content-Type", "text/css; charset=utf-8"}, {"Cache-Control", "public, max-age=3600"}, {"X-Content-Type-Options", "nosniff"}},
                    std::string{pages::style()}};
  });
  router.otherwise([this](const Request& r) { return stranger(r); });
}

http::Handler PublicPages::opened_by(Use use, Page page) {
  return [this, use, page](const Request& request) -> Response {
    const auto token = act::respond::read_token(links_.sign(), use, request.part("token"));
    if (!token) return stranger(request);
    const bool changes = request.method == "POST";
    if (!by_token_.allow(request.part("token"), clock_.now()) || (changes && !by_sender_.allow(request.remote_ip, clock_.now()))) {
      return http::html(429, pages::busy(frame(request, nullptr)));
    }
    const auto message = store_.outbox().find(token->message_id);
    if (!message) return failed(request, message.error(), nullptr);
    if (!*message) return http::html(404, pages::expired(frame(request, nullptr)));
    return (this->*page)(request, **message);
  };
}

Response PublicPages::stranger(const Request& request) {
  if (!by_stranger_.allow(request.remote_ip, clock_.now())) return http::html(429, pages::busy(frame(request, nullptr)));
  return http::html(404, pages::expired(frame(request, nullptr)));
}

Response PublicPages::failed(const Request& request, const base::Error& error, const Message* message) {
  base::log(base::Level::error, "page_failed", error.message, {{"code", base::name_of(error.code)}});
  Response response = http::html(503, pages::failed(frame(request, message)));
  response.headers.emplace_back("Retry-After", "60");
  return response;
}

void PublicPages::record(const Request& request, const Message& message, ResponseKind kind, std::int64_t link) {
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
}

Response PublicPages::click(const Request& request) {
  const auto token = act::respond::read_token(links_.sign(), Use::click, request.part("token"));
  if (!token) return stranger(request);
  const auto url = store_.responses().link_url(token->link_id);
  if (!url) return failed(request, url.error(), nullptr);
  if (!*url) return http::html(404, pages::expired(frame(request, nullptr)));
  if (request.method != "HEAD" && by_token_.allow(request.part("token"), clock_.now())) {
    const auto message = store_.outbox().find(token->message_id);
    if (message && *message) record(request, **message, ResponseKind::clicked, token->link_id);
  }
  return http::redirect(**url);
}

Response PublicPages::open(const Request& request) {
  const auto token = act::respond::read_token(links_.sign(), Use::open, request.part("token"));
  if (!token) return stranger(request);
  if (request.method != "HEAD" && by_token_.allow(request.part("token"), clock_.now())) {
    const auto message = store_.outbox().find(token->message_id);
    if (message && *message) record(request, **message, ResponseKind::opened, 0);
  }
  return picture();
}

std::string PublicPages::path(const Message& message, Use use, std::string_view more, const Request& request) const {
  const auto chosen = asked_language(request);
  return fmt::format("{}/{}/{}{}{}{}", links_.prefix(), use == Use::unsubscribe ? "u" : "p",
                     act::respond::make_token(links_.sign(), use, {message.id, 0}), more, chosen ? "?lang=" : "",
                     chosen ? text::name_of(*chosen) : std::string_view{});
}

text::Language PublicPages::language_of(const Request& request, const Message* message) {
  if (const auto chosen = asked_language(request); chosen) return *chosen;
  if (message != nullptr) {
    const auto point = store_.people().contact(message->customer_id, message->channel);
    if (point && *point && !(*point)->language.empty()) {
      if (const auto language = text::parse_language((*point)->language); language) return *language;
    }
  }
  return pages::preferred_language(request.header("accept-language"));
}

pages::Frame PublicPages::frame(const Request& request, const Message* message) {
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

Response PublicPages::ask_unsubscribe(const Request& request, const Message& message) {
  const auto address = centre_.address(message);
  if (!address) return failed(request, address.error(), &message);
  return http::html(200, pages::unsubscribe(frame(request, &message), {path(message, Use::unsubscribe, "", request), *address,
                                                                       path(message, Use::preferences, "", request)}));
}

Result<bool> PublicPages::opt_out(const Message& message, std::string_view topic) {
  const Instant now = clock_.now();
  model::Response response;
  response.key = fmt::format("opted_out/{}/{}/{}", message.id, topic, base::millis(now));
  response.kind = ResponseKind::opted_out;
  response.message_id = message.id;
  response.enrolment_id = message.enrolment_id;
  response.campaign_id = message.campaign_id;
  response.customer_id = message.customer_id;
  response.step = message.step;
  response.at = now;
  response.detail = topic;
  return actions_.take(response);
}

Response PublicPages::unsubscribe(const Request& request, const Message& message) {
  const bool one_click = is_one_click(request);
  if (!one_click && http::find(http::parse_form(request.body), "confirm") != "yes") {
    Response asked = ask_unsubscribe(request, message);
    if (asked.status == 200) asked.status = 400;
    return asked;
  }
  if (const auto done = opt_out(message, ""); !done) return failed(request, done.error(), &message);
  if (one_click) return http::text(200, "unsubscribed\n");
  return http::html(200, pages::unsubscribed(frame(request, &message), path(message, Use::preferences, "", request)));
}

Response PublicPages::preferences_page(const Request& request, const Message& message, bool saved) {
  const pages::Frame frame = this->frame(request, &message);
  auto what = centre_.load(message, frame.language, clock_.now());
  if (!what) return failed(request, what.error(), &message);
  what->saved = saved;
  what->action = path(message, Use::preferences, "", request);
  what->erase = path(message, Use::preferences, "/erase", request);
  return http::html(200, pages::preferences(frame, *what));
}

Response PublicPages::show_preferences(const Request& request, const Message& message) {
  // Coming here is an answer to the letter: "keep writing to me" leads here.
  record(request, message, model::ResponseKind::clicked, 0);
  return preferences_page(request, message, false);
}

Response PublicPages::save_preferences(const Request& request, const Message& message) {
  const auto left = centre_.save(message, http::parse_form(request.body), clock_.now());
  if (!left) return failed(request, left.error(), &message);
  for (const std::string& topic : *left) {
    if (const auto told = opt_out(message, topic == "*" ? "" : topic); !told) return failed(request, told.error(), &message);
  }
  return preferences_page(request, message, true);
}

Response PublicPages::ask_erase(const Request& request, const Message& message) {
  return http::html(200, pages::erase(frame(request, &message), {path(message, Use::preferences, "/erase", request),
                                                                 path(message, Use::preferences, "", request), false}));
}

Response PublicPages::erase(const Request& request, const Message& message) {
  if (http::find(http::parse_form(request.body), "sure") != "yes") {
    return http::html(400, pages::erase(frame(request, &message), {path(message, Use::preferences, "/erase", request),
                                                                   path(message, Use::preferences, "", request), true}));
  }
  const pages::Frame before = frame(request, &message);  // the language goes with the person
  if (const auto done = actions_.erase(message.customer_id, clock_.now()); !done) return failed(request, done.error(), &message);
  return http::html(200, pages::erased(before));
}

}  // namespace app
