#include <nlohmann/json.hpp>

#include "app/act_settings.h"
#include "app/manners_yaml.h"
#include "console/mount.h"
#include "console/snapshot.h"
#include "console/words.h"
#include "pages/pages.h"

namespace console {

using base::Result;
using nlohmann::ordered_json;
using text::say;
using text::Word;

namespace {

constexpr std::size_t kLately = 50;
/// The page's own style sheet, and nothing that could be sent.
constexpr std::string_view kPagePolicy = "default-src 'none'; style-src 'self'; frame-ancestors 'self'; sandbox";

std::string clock(std::int32_t minute) { return fmt::format("{}:{:02}", minute / 60, minute % 60); }

ordered_json rules(const model::Manners& m, text::Language l) {
  ordered_json list = ordered_json::array();
  const auto add = [&](Word rule, std::string value) { list.push_back({{"rule", say(l, rule)}, {"value", std::move(value)}}); };
  add(Word::manners_jurisdiction, m.name);
  add(Word::manners_opt_in, std::string{say(l, m.opt_in ? Word::manners_opt_in_yes : Word::manners_opt_in_no)});
  add(Word::manners_quiet, m.quiet_from == m.quiet_to ? std::string{say(l, Word::manners_none)} : clock(m.quiet_from) + "–" + clock(m.quiet_to));
  for (const model::Cap& cap : m.caps) {
    add(Word::manners_cap, say(l, Word::manners_cap_value, fmt::arg("most", cap.most), fmt::arg("days", cap.days)) + (cap.channel.empty() ? "" : " · " + say_channel(l, cap.channel)));
  }
  add(Word::manners_fatigue, say(l, Word::manners_unanswered, fmt::arg("n", m.fatigue_after)));
  add(Word::manners_sunset, say(l, Word::manners_sunset_value, fmt::arg("n", m.sunset_after), fmt::arg("days", m.sunset_days)));
  add(Word::manners_end, say(l, Word::manners_months, fmt::arg("n", m.end_months)));
  return list;
}

Result<Reply> consent(const Ask& ask) {
  WB_ASSIGN(const app::Settings settings, settings_now(ask.at));
  WB_ASSIGN(const model::Manners manners, app::load_manners(settings, ask.at.data / "winback.yaml"));
  ordered_json channels = ordered_json::array();
  WB_ASSIGN(const auto contacts, ask.at.store.findings().contacts());
  for (const auto& one : contacts) channels.push_back({{"channel", one.channel}, {"addresses", one.addresses}, {"opted_out", one.opted_out}, {"suppressed", one.suppressed}});
  ordered_json topics = ordered_json::array();
  WB_ASSIGN(const auto campaigns, ask.at.store.campaigns().list());
  for (const model::Campaign& campaign : campaigns) {
    if (std::ranges::find(topics, ordered_json(campaign.topic)) == topics.end()) topics.push_back(campaign.topic);
  }
  ordered_json lately = ordered_json::array();
  WB_ASSIGN(const auto statements, ask.at.store.findings().latest_consents(kLately));
  for (const model::ConsentRecord& one : statements) {
    lately.push_back({{"at", base::to_string(one.recorded_at)}, {"customer_id", one.customer_id}, {"channel", one.channel}, {"topic", one.topic}, {"granted", one.state == model::ConsentState::granted}, {"source", one.source}});
  }
  const ordered_json json{{"channels", std::move(channels)}, {"rules", rules(manners, ask.language)}, {"topics", std::move(topics)}, {"lately", std::move(lately)}};
  return Reply{json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"};
}

Result<Reply> preference_page(const Ask& ask) {
  WB_ASSIGN(const app::ActSettings act, app::load_act_settings(ask.at.data / "winback.yaml"));
  WB_ASSIGN(const app::Settings settings, settings_now(ask.at));
  WB_ASSIGN(const model::Manners manners, app::load_manners(settings, ask.at.data / "winback.yaml"));
  const auto language = static_cast<std::size_t>(ask.language);
  const std::string name = act.shop.name[language].empty() ? act.shop.name[0] : act.shop.name[language];
  const base::Day today = std::chrono::floor<std::chrono::days>(ask.at.clock.now());
  const std::string page = pages::preferences(
      {.language = ask.language, .shop = name.empty() ? "Harbour & Hill" : name, .imprint = name.empty() ? "" : name + ", " + act.shop.address, .style = "/pages.css"},
      {.action = "#", .address = "m…@example.com", .topics = {{"win_back", true}, {"tips", true}}, .channels = {{"email", true}, {"in_app", true}},
       .offers_non_personalised = manners.offers_non_personalised, .erase = "#",
       .why = {.sent_on = today, .journey = "five-letters", .last_order = today - std::chrono::days{84}, .as_customer = true}});
  return Reply{.body = page, .type = "text/html; charset=utf-8", .policy = std::string{kPagePolicy}};
}

}  // namespace

void mount_consent(Routes& routes) {
  routes.get("/api/consent", consent);
  routes.get("/api/consent/page", preference_page);
}

}  // namespace console
