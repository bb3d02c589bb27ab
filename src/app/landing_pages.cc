#include "app/landing_pages.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "act/respond/mime_read.h"
#include "app/reply_intake.h"
#include "pages/landing.h"

namespace app {

using act::respond::Use;
using base::Instant;
using base::Result;
using http::Request;
using http::Response;
using model::Message;
using text::Word;

namespace {

bool confirmed(const Request& request, std::string_view field) { return request.method == "POST" && http::find(http::parse_form(request.body), field) == "yes"; }

/// A visit is a click on the letter.
void visited(Doorway& door, const Request& request, const Message& message) {
  if (request.method == "GET") door.record(request, message, model::ResponseKind::clicked, 0);
}

Result<void> tell(Doorway& door, std::string_view name, const Message& message) {
  const auto& say = door.actions().tell;
  if (!say) return {};
  return say({.key = fmt::format("page/{}/{}", name, message.id), .customer_id = message.customer_id, .name = std::string{name}, .message_id = message.id});
}

/// Texts in the middle of an address.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string with(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
  return text;
}

Response json(const nlohmann::ordered_json& body) {
  return {200, {{"Content-Type", "application/json"}, {"Cache-Control", "public, max-age=3600"}, {"X-Content-Type-Options", "nosniff"}}, body.dump() + "\n"};
}

}  // namespace

LandingPages::LandingPages(Doorway& door, Config config) : door_(door), config_(std::move(config)) {}

void LandingPages::mount(http::Router& router) {
  const auto both = [&](std::string_view pattern, Use use, auto page) {
    for (const char* method : {"GET", "POST"}) router.add(method, pattern, door_.opened_by(use, page));
  };
  both("/m/:token", Use::reveal, [this](const Request& r, const Message& m) { return reveal(r, m); });
  both("/t/:token", Use::trial, [this](const Request& r, const Message& m) { return ask(r, m, true); });
  both("/a/:token", Use::restore, [this](const Request& r, const Message& m) { return ask(r, m, false); });
  both("/r/:token", Use::resubscribe, [this](const Request& r, const Message& m) { return resubscribe(r, m); });
  router.add("GET", "/l/:token", door_.opened_by(Use::app, [this](const Request& r, const Message& m) { return app_link(r, m); }));
  router.add("GET", "/.well-known/apple-app-site-association", [this](const Request& r) { return apple(r); });
  router.add("GET", "/.well-known/assetlinks.json", [this](const Request& r) { return android(r); });
}

std::string LandingPages::here(const Request& request) const { return door_.links().prefix() + request.path + Doorway::language_mark(request); }

Response LandingPages::reveal(const Request& request, const Message& message) {
  visited(door_, request, message);
  const pages::Frame frame = door_.frame(request, &message);
  pages::Reveal page{.action = here(request), .shop_url = config_.shop_url};
  if (!confirmed(request, "open")) return http::html(200, pages::reveal(frame, page));
  const auto enrolment = door_.store().enrolments().find(message.enrolment_id);
  if (!enrolment) return door_.failed(request, enrolment.error(), &message);
  if (!*enrolment || (*enrolment)->code.empty()) return http::html(404, pages::expired(frame));
  const auto code = door_.store().codes().find((*enrolment)->code);
  if (!code) return door_.failed(request, code.error(), &message);
  const Instant now = door_.clock().now();
  const model::Texts name = config_.offer_name ? config_.offer_name((*enrolment)->offer_id, message.campaign_id) : model::Texts{};
  const std::string& own = name[static_cast<std::size_t>(frame.language)];
  page.open = true;
  page.name = own.empty() ? name[0] : own;
  page.code = (*enrolment)->code;
  page.over = !*code || (*code)->state != model::CodeState::issued || ((*code)->ends_at && now >= *(*code)->ends_at);
  if (*code && (*code)->ends_at) {
    const auto person = door_.store().people().find(message.customer_id);
    const auto zone = person && *person && !(*person)->zone.empty() ? base::Zone::open((*person)->zone) : base::Result<base::Zone>{door_.identity().zone};
    page.ends_at = moment_text(static_cast<act::letter::Language>(frame.language), *(*code)->ends_at, zone ? *zone : door_.identity().zone);
  }
  if (const auto told = tell(door_, "revealed", message); !told) return door_.failed(request, told.error(), &message);
  return http::html(200, pages::reveal(frame, page));
}

Response LandingPages::ask(const Request& request, const Message& message, bool trial) {
  visited(door_, request, message);
  const pages::Frame frame = door_.frame(request, &message);
  pages::RequestPage page{.kind = trial ? pages::Request::trial : pages::Request::restore, .action = here(request)};
  if (!confirmed(request, "confirm")) return http::html(200, pages::request(frame, page));
  const std::string_view name = trial ? "trial_requested" : "restore_requested";
  std::string words{act::respond::trimmed(http::find(http::parse_form(request.body), "words").value_or(""))};
  words.resize(std::min<std::size_t>(words.size(), 3000));
  // The event first: asked again it is no second one, and the task is made once.
  if (const auto told = tell(door_, name, message); !told) return door_.failed(request, told.error(), &message);
  const auto done = door_.store().transact([&] {
    return ask_people({.key = fmt::format("page/{}/{}", name, message.id),
                       .queue = "care",
                       .customer_id = message.customer_id,
                       .campaign_id = message.campaign_id,
                       .title = std::string{text::say(config_.task_language, trial ? Word::request_task_trial : Word::request_task_restore)},
                       .script = words},
                      door_.store(), door_.clock().now());
  });
  if (!done) return door_.failed(request, done.error(), &message);
  page.done = true;
  return http::html(200, pages::request(frame, page));
}

/// Who reported us as spam, or is erased, is never asked again on that channel.
Result<bool> LandingPages::may_ask_again(const Message& message) {
  WB_ASSIGN(const auto point, door_.store().people().contact(message.customer_id, message.channel));
  if (point) {
    WB_ASSIGN(const auto suppressed, door_.store().people().suppressed(message.channel, point->address));
    if (suppressed) return false;
  }
  WB_ASSIGN(const auto said, door_.store().people().consents(message.customer_id));
  return std::ranges::none_of(said, [&](const model::ConsentRecord& one) {
    const bool here = one.channel == message.channel || one.channel == "*";
    return here && (one.source == "erased" || one.source == model::name_of(model::ResponseKind::complained));
  });
}

Response LandingPages::resubscribe(const Request& request, const Message& message) {
  visited(door_, request, message);
  const pages::Frame frame = door_.frame(request, &message);
  const auto may = may_ask_again(message);
  if (!may) return door_.failed(request, may.error(), &message);
  pages::Resubscribe page{.action = here(request), .refused = !*may};
  page.preferences = fmt::format("{}/p/{}{}", door_.links().prefix(), act::respond::make_token(door_.links().sign(), Use::preferences, {message.id, 0}), Doorway::language_mark(request));
  if (const auto point = door_.store().people().contact(message.customer_id, message.channel); point && *point) page.address = pages::masked((*point)->address);
  if (page.refused || !confirmed(request, "confirm")) return http::html(200, pages::resubscribe(frame, page));
  const Instant now = door_.clock().now();
  // The text itself is the proof: what stood on the page, in the language it was read in.
  const model::ConsentRecord granted{message.customer_id, message.channel, message.topic.empty() ? "*" : message.topic, model::ConsentState::granted, now, now,
                                     "resubscribe page", fmt::format("message {}: {}", message.id, pages::resubscribe_text(frame.language, frame.shop))};
  const Result<void> done = door_.store().transact([&]() -> Result<void> {
    WB_TRY(door_.store().people().add_consents({&granted, 1}));
    return {};
  });
  if (!done) return door_.failed(request, done.error(), &message);
  if (const auto told = tell(door_, "resubscribed", message); !told) return door_.failed(request, told.error(), &message);
  page.done = true;
  return http::html(200, pages::resubscribe(frame, page));
}

Result<std::string> LandingPages::target(const Message& message) {
  WB_ASSIGN(const auto enrolment, door_.store().enrolments().find(message.enrolment_id));
  return with(with(config_.deep_links.target, "{code}", escaped(enrolment ? enrolment->code : "")), "{campaign}", escaped(message.campaign_id));
}

Response LandingPages::app_link(const Request& request, const Message& message) {
  if (!config_.deep_links.any()) return door_.stranger(request);
  if (request.method != "HEAD") door_.record(request, message, model::ResponseKind::clicked, 0);
  const auto to = target(message);
  if (!to) return door_.failed(request, to.error(), &message);
  if (request.method != "HEAD") {
    const auto kept = door_.store().back().defer({message.id, message.customer_id, *to, door_.clock().now()});
    if (!kept) return door_.failed(request, kept.error(), &message);
  }
  pages::AppLink page{.open_url = *to, .ios_store = config_.deep_links.ios_store, .web = config_.deep_links.web.empty() ? config_.shop_url : config_.deep_links.web};
  if (!config_.deep_links.android_package.empty()) {
    page.android_store = fmt::format("https://play.google.com/store/apps/details?id={}&referrer=wb_{}", escaped(config_.deep_links.android_package), request.part("token"));
  }
  return http::html(200, pages::app_link(door_.frame(request, &message), page));
}

Response LandingPages::apple(const Request& request) {
  if (config_.deep_links.ios_app_id.empty()) return door_.stranger(request);
  return json({{"applinks", {{"details", {{{"appIDs", {config_.deep_links.ios_app_id}}, {"components", {{{"/", door_.links().prefix() + "/l/*"}}}}}}}}}});
}

Response LandingPages::android(const Request& request) {
  if (config_.deep_links.android_package.empty() || config_.deep_links.android_sha256.empty()) return door_.stranger(request);
  return json(nlohmann::ordered_json::array({{{"relation", {"delegate_permission/common.handle_all_urls"}},
                                              {"target", {{"namespace", "android_app"}, {"package_name", config_.deep_links.android_package}, {"sha256_cert_fingerprints", config_.deep_links.android_sha256}}}}}));
}

}  // namespace app
