#include "app/campaign_file.h"

#include <fmt/ranges.h>
#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>

#include "act/journey/check.h"
#include "act/letter/check.h"
#include "app/journey_yaml.h"
#include "app/presets.h"
#include "app/saved_plan.h"
#include "base/outgoing_url.h"

namespace app {

namespace fs = std::filesystem;
using base::Result;

namespace {

constexpr double kUsualBasket = 100;  ///< only compares offers with each other

std::vector<act::journey::KnownOffer> known_offers(port::ActStore& store, const std::vector<model::Offer>& presets) {
  std::vector<model::Offer> offers = presets;
  if (auto saved = load_plan(store, {}); saved) {
    for (model::Offer& planned : saved->offers) {
      const auto same = std::ranges::find(offers, planned.id, &model::Offer::id);
      if (same == offers.end()) offers.push_back(std::move(planned));
    }
  }
  std::vector<act::journey::KnownOffer> known;
  for (const model::Offer& offer : offers) {
    known.push_back({.id = offer.id,
                     .generosity = offer.redemption_cost + offer.basket_share * kUsualBasket,
                     .in_stock = offer.stock > 0});
  }
  return known;
}

}  // namespace

Result<CampaignFile> read_campaign_file(const std::string& name) {
  CampaignFile file;
  std::error_code problem;
  if (fs::exists(name, problem)) {
    std::ifstream in{name, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    file.source = text.str();
    file.name = fs::path{name}.filename().string();
  } else {
    auto shipped = shipped_journey(name);
    if (!shipped) return base::fail(base::Code::not_found, "there is no file {}, and {}", name, shipped.error().message);
    file.source = *shipped;
    file.name = name + ".yaml";
  }
  WB_ASSIGN(file.journey, read_journey(file.source, file.name));
  return file;
}

std::vector<std::string> letters_of(const model::Journey& journey) {
  std::vector<std::string> letters;
  for (const model::Step& step : journey.steps) {
    const auto* message = std::get_if<model::MessageStep>(&step.what);
    if (message != nullptr && std::ranges::find(letters, message->letter) == letters.end()) letters.push_back(message->letter);
  }
  return letters;
}

Result<void> refuse_personal_depth(const SavedPlan& saved, const model::Manners& manners) {
  if (manners.depth_may_be_personal) return {};
  for (const model::Offer& one : saved.offers) {
    for (const model::Offer& other : saved.offers) {
      const auto given = [&](const model::Offer& o) { return std::ranges::find(saved.chosen, o.id) != saved.chosen.end(); };
      const bool deeper = one.kind == other.kind && (one.basket_share > other.basket_share || one.redemption_cost > other.redemption_cost);
      if (deeper && one.gives_money() && other.gives_money() && given(one) && given(other)) {
        return base::fail(base::Code::invalid_input,
                    "plan {} gives some customers {} and others {}: the same form in two depths, chosen by what is known of the person, which the manners of {} "
                    "do not allow; keep one of them in --offers, or set `manners: {{depth_may_be_personal: true}}` where it is lawful and the letter says so",
                    saved.plan.id, one.id, other.id, manners.name);
      }
    }
  }
  return {};
}

Result<std::vector<CampaignProblem>> problems_of(const CampaignFile& file, Desk& desk, port::ActStore& store, base::Day today) {
  std::vector<CampaignProblem> problems;
  const auto add = [&](std::string sentence, bool refuses = true) {
    if (std::ranges::find(problems, sentence, &CampaignProblem::sentence) == problems.end()) problems.push_back({std::move(sentence), refuses});
  };
  WB_ASSIGN(const auto presets, all_preset_offers());
  const auto offers = known_offers(store, presets);
  const std::vector<std::string> letters = desk.config().letters.ids();
  const std::vector<std::string> channels{model::kChannels.begin(), model::kChannels.end()};
  for (const auto& problem : act::journey::check(file.journey, {.letters = letters, .offers = offers, .channels = channels})) {
    add(problem.line > 0 ? fmt::format("{}, line {}: {}", file.name, problem.line, problem.sentence)
                         : fmt::format("{}: {}", file.name, problem.sentence),
        problem.refuses);
  }
  std::vector<act::letter::KnownFact> facts;
  for (const Claim& claim : desk.config().claims) facts.push_back({claim.key, claim.expires});
  for (const std::string& id : letters_of(file.journey)) {
    const act::letter::Letter* letter = desk.letter(id);
    if (letter == nullptr) continue;  // the journey's check said so
    for (const auto& problem : act::letter::check(desk.config().letters, *letter, {.facts = facts, .today = today})) {
      add(fmt::format("{}, line {}: {}", problem.file, problem.line, problem.sentence));
    }
  }
  const ActSettings& act = desk.config().act;
  // With an invented customer but the real shop: what the shop does not say of itself is missing in every letter.
  for (const std::string& id : letters_of(file.journey)) {
    const act::letter::Letter* letter = desk.letter(id);
    if (letter == nullptr) continue;
    for (const act::letter::Variant& variant : letter->variants) {
      act::letter::LetterData data = act::letter::sample_data(variant.language);
      desk.speak_for_shop(data, variant.language, today);
      add_sample_event(file.journey, data);
      const liquid::Value value = act::letter::value_of(data);
      const auto rendered = act::letter::render(desk.config().letters, *letter, value,
                                                {.reader = variant.language, .shop = variant.language, .now = base::Instant{today}});
      if (!rendered) add(rendered.error().message);
      if (variant.brief) {
        const auto brief = act::letter::render(desk.config().letters, *letter, value,
                                               {.reader = variant.language, .shop = variant.language, .now = base::Instant{today}, .channel = "sms"});
        if (!brief) add(brief.error().message);
      }
    }
  }
  for (const model::Step& step : file.journey.steps) {
    const auto* message = std::get_if<model::MessageStep>(&step.what);
    if (message == nullptr) continue;
    const auto set_up = [&](const std::string& one) {
      return one == model::kBestChannel || one == "email" || std::ranges::find(desk.config().channels, one) != desk.config().channels.end();
    };
    for (const std::string& channel : message->channels) {
      if (message->purpose != model::Purpose::marketing || !refuses_marketing(channel)) continue;
      add(fmt::format("{}, line {}: WeChat carries service notices only, and bars who sells by them, so '{}' cannot go by {}; send it by another channel, or, where "
                      "the customer is owed it, write `purpose: service`", file.name, step.line, step.id, channel));
    }
    if (std::ranges::none_of(message->channels, set_up)) {
      add(fmt::format("{}, line {}: no channel of '{}' is set up ({}), so nobody will get it; see `channels:` in docs/channels.md", file.name, step.line, step.id,
                      fmt::join(message->channels, ", ")), false);
    }
  }
  const bool writes_letters = std::ranges::any_of(file.journey.steps, [](const model::Step& step) {
    const auto* message = std::get_if<model::MessageStep>(&step.what);
    return message != nullptr && std::ranges::find(message->channels, "email") != message->channels.end();
  });
  if (writes_letters) {
    if (act.shop.name[0].empty()) add("winback.yaml: letters need the shop's name: `shop: {name: …, address: …, url: …}`");
    if (act.shop.address.empty()) add("winback.yaml: marketing letters must carry a postal address (CAN-SPAM, and good manners): `shop: {address: …}`");
    if (act.shop.url.empty()) add("winback.yaml: letters link to the shop: `shop: {url: https://…}`");
    if (act.public_url.empty()) add("winback.yaml: unsubscribing and the preference page need an address customers reach: `public_url: https://news.shop.example`");
    else if (!act.public_url.starts_with("https://")) add("winback.yaml: one-click unsubscribing needs https (RFC 8058), so public_url must begin with https://");
    if (!act.sends_letters()) add("winback.yaml: no mail server is set: `mail: {from: news@shop.example, smtp: smtp://host:587}`", false);
  }
  for (const model::Step& step : file.journey.steps) {
    const auto* webhook = std::get_if<model::WebhookStep>(&step.what);
    if (webhook == nullptr) continue;
    if (act.webhook_secret.empty())
      add(fmt::format("{}, line {}: webhooks are signed; set webhook_secret in winback.yaml", file.name, step.line));
    const auto judged = base::judge_outgoing_url(webhook->url, {.allow_http = act.webhook_http, .allowed_hosts = act.webhook_hosts});
    if (!judged) add(fmt::format("{}, line {}: {}", file.name, step.line, judged.error().message));
  }
  return problems;
}

}  // namespace app
