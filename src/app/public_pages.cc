#include "app/public_pages.h"

#include <algorithm>
#include <memory>
#include <mutex>

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

PublicPages::PublicPages(Doorway& door)
    : door_(door), store_(door.store()), clock_(door.clock()), actions_(door.actions()), links_(door.links()),
      centre_(store_, door.identity().zone, door.identity().offers_non_personalised) {}

void PublicPages::mount(http::Router& router) {
  router.add("GET", "/c/:token", [this](const Request& r) { return click(r); });
  router.add("GET", "/o/:token", [this](const Request& r) { return open(r); });
  router.add("GET", "/u/:token", door_.opened_by(Use::unsubscribe, [this](const Request& r, const Message& m) { return ask_unsubscribe(r, m); }));
  router.add("POST", "/u/:token", door_.opened_by(Use::unsubscribe, [this](const Request& r, const Message& m) { return unsubscribe(r, m); }));
  router.add("GET", "/p/:token", door_.opened_by(Use::preferences, [this](const Request& r, const Message& m) { return show_preferences(r, m); }));
  router.add("POST", "/p/:token", door_.opened_by(Use::preferences, [this](const Request& r, const Message& m) { return save_preferences(r, m); }));
  router.add("GET", "/p/:token/erase", door_.opened_by(Use::preferences, [this](const Request& r, const Message& m) { return ask_erase(r, m); }));
  router.add("POST", "/p/:token/erase", door_.opened_by(Use::preferences, [this](const Request& r, const Message& m) { return erase(r, m); }));
  router.add("GET", "/pages.css", [](const Request&) {
    return Response{200,
                    {{"Content-Type", "text/css; charset=utf-8"}, {"Cache-Control", "public, max-age=3600"}, {"X-Content-Type-Options", "nosniff"}},
                    std::string{pages::style()}};
  });
  router.otherwise([this](const Request& r) { return door_.stranger(r); });
}

Response PublicPages::click(const Request& request) {
  const auto token = act::respond::read_token(links_.sign(), Use::click, request.part("token"));
  if (!token) return door_.stranger(request);
  const auto url = store_.responses().link_url(token->link_id);
  if (!url) return door_.failed(request, url.error(), nullptr);
  if (!*url) return http::html(404, pages::expired(door_.frame(request, nullptr)));
  if (request.method != "HEAD" && door_.may(request)) {
    const auto message = store_.outbox().find(token->message_id);
    if (message && *message) door_.record(request, **message, ResponseKind::clicked, token->link_id);
  }
  return http::redirect(**url);
}

Response PublicPages::open(const Request& request) {
  const auto token = act::respond::read_token(links_.sign(), Use::open, request.part("token"));
  if (!token) return door_.stranger(request);
  if (request.method != "HEAD" && door_.may(request)) {
    const auto message = store_.outbox().find(token->message_id);
    if (message && *message) door_.record(request, **message, ResponseKind::opened, 0);
  }
  return picture();
}

std::string PublicPages::path(const Message& message, Use use, std::string_view more, const Request& request) const {
  return fmt::format("{}/{}/{}{}{}", links_.prefix(), use == Use::unsubscribe ? "u" : "p",
                     act::respond::make_token(links_.sign(), use, {message.id, 0}), more, Doorway::language_mark(request));
}

Response PublicPages::ask_unsubscribe(const Request& request, const Message& message) {
  const auto address = centre_.address(message);
  if (!address) return door_.failed(request, address.error(), &message);
  return http::html(200, pages::unsubscribe(door_.frame(request, &message), {path(message, Use::unsubscribe, "", request), *address,
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
  if (const auto done = opt_out(message, ""); !done) return door_.failed(request, done.error(), &message);
  if (one_click) return http::text(200, "unsubscribed\n");
  return http::html(200, pages::unsubscribed(door_.frame(request, &message), path(message, Use::preferences, "", request)));
}

Response PublicPages::preferences_page(const Request& request, const Message& message, bool saved) {
  const pages::Frame frame = door_.frame(request, &message);
  auto what = centre_.load(message, frame.language, clock_.now());
  if (!what) return door_.failed(request, what.error(), &message);
  what->saved = saved;
  what->action = path(message, Use::preferences, "", request);
  what->erase = path(message, Use::preferences, "/erase", request);
  return http::html(200, pages::preferences(frame, *what));
}

Response PublicPages::show_preferences(const Request& request, const Message& message) {
  // Coming here is an answer to the letter: "keep writing to me" leads here.
  door_.record(request, message, model::ResponseKind::clicked, 0);
  return preferences_page(request, message, false);
}

Response PublicPages::save_preferences(const Request& request, const Message& message) {
  const auto left = centre_.save(message, http::parse_form(request.body), clock_.now());
  if (!left) return door_.failed(request, left.error(), &message);
  for (const std::string& topic : *left) {
    if (const auto told = opt_out(message, topic == "*" ? "" : topic); !told) return door_.failed(request, told.error(), &message);
  }
  return preferences_page(request, message, true);
}

Response PublicPages::ask_erase(const Request& request, const Message& message) {
  return http::html(200, pages::erase(door_.frame(request, &message), {path(message, Use::preferences, "/erase", request),
                                                                 path(message, Use::preferences, "", request), false}));
}

Response PublicPages::erase(const Request& request, const Message& message) {
  if (http::find(http::parse_form(request.body), "sure") != "yes") {
    return http::html(400, pages::erase(door_.frame(request, &message), {path(message, Use::preferences, "/erase", request),
                                                                   path(message, Use::preferences, "", request), true}));
  }
  const pages::Frame before = door_.frame(request, &message);  // the language goes with the person
  if (const auto done = actions_.erase(message.customer_id, clock_.now()); !done) return door_.failed(request, done.error(), &message);
  return http::html(200, pages::erased(before));
}

}  // namespace app
