#include "app/presets.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/yaml.h"
#include "app/yaml_fields.h"
#include "gen/files.h"
#include "model/profile.h"

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;
using model::Offer;

namespace {

std::optional<std::string> read_whole(const fs::path& file) {
  std::ifstream in{file};
  if (!in) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Result<void> read_business(const YAML::Node& node, std::string_view where, model::Business& business) {
  if (!node.IsMap()) return yaml_error(node, where, "expected the fields of a business");
  Fields fields{node, where};
  fields.number("light_gaps", business.light_gaps, 0, 100);
  fields.number("heavy_gaps", business.heavy_gaps, 0, 100);
  fields.days("light_days", business.light_days);
  fields.days("heavy_days", business.heavy_days);
  fields.days("horizon_days", business.horizon_days);
  fields.number("margin", business.margin, 0.001, 1);
  fields.number("discount_ceiling", business.discount_ceiling, 0, 1);
  std::string model{model::name_of(business.model)};
  fields.text("model", model);
  fields.number("newcomer_hours", business.newcomer_hours, 0, 10'000);
  fields.days("payer_days", business.payer_days);
  fields.number("big_spender_share", business.big_spender_share, 0, 1);
  fields.number("occasion_lead_days", business.occasion_lead_days, 1, 180);
  const std::vector<YAML::Node> offers = fields.list("offers");
  fields.other("reason");
  WB_TRY(fields.finish());
  bool known = false;
  for (std::size_t m = 0; m < model::kBusinessModels; ++m) {
    if (model::name_of(static_cast<model::BusinessModel>(m)) != model) continue;
    business.model = static_cast<model::BusinessModel>(m);
    known = true;
  }
  if (!known) return yaml_error(node["model"], where, fmt::format("'{}' is no model (orders, subscription, game, course, durables)", model));
  if (node["offers"]) business.offers.clear();
  for (const YAML::Node& id : offers) business.offers.push_back(id.Scalar());
  if (business.horizon_days < 1) return yaml_error(node, where, "horizon_days must be 1 or more");
  return {};
}

Result<void> read_rule(const YAML::Node& node, std::string_view where, model::OfferRule& rule) {
  if (!node.IsMap()) return yaml_error(node, where, "a rule has fields such as min_spend: 100");
  Fields fields{node, where};
  fields.number("min_spend", rule.min_spend, 0, 1e12);
  double purchases = rule.min_purchases;
  fields.number("min_purchases", purchases, 0, 1e6);
  rule.min_purchases = static_cast<std::uint32_t>(purchases);
  fields.flag("birthday_within_30_days", rule.birthday_within_30_days);
  fields.flag("anniversary_within_30_days", rule.anniversary_within_30_days);
  const std::vector<YAML::Node> stages = fields.list("stages");
  const std::vector<YAML::Node> categories = fields.list("categories");
  const std::vector<YAML::Node> situations = fields.list("situations");
  WB_TRY(fields.finish());
  for (const YAML::Node& situation : situations) {
    std::optional<std::uint8_t> found;
    for (std::size_t s = 0; s < model::kSituations; ++s) {
      if (model::name_of(static_cast<model::Situation>(s)) == situation.Scalar()) found = static_cast<std::uint8_t>(s);
    }
    if (!found) return yaml_error(situation, where, fmt::format("'{}' is no situation (big_spender, stuck, gift_buyer, …)", situation.Scalar()));
    rule.situations.push_back(*found);
  }
  for (const YAML::Node& stage : stages) {
    std::optional<std::uint8_t> found;
    for (std::size_t s = 0; s < model::kStages; ++s) {
      if (model::name_of(static_cast<model::Stage>(s)) == stage.Scalar()) found = static_cast<std::uint8_t>(s);
    }
    if (!found) return yaml_error(stage, where, fmt::format("'{}' is no lifecycle stage", stage.Scalar()));
    rule.stages.push_back(*found);
  }
  for (const YAML::Node& category : categories) rule.categories.push_back(category.Scalar());
  return {};
}

Result<Offer> read_offer(const std::string& id, const YAML::Node& node, std::string_view where) {
  if (!node.IsMap()) return yaml_error(node, where, fmt::format("offer '{}' has no fields", id));
  Offer offer;
  offer.id = id;
  offer.name = {id, id, id};
  std::string kind;
  Fields fields{node, where};
  fields.text("kind", kind);
  fields.text("channel", offer.channel);
  fields.number("contact_cost", offer.contact_cost, 0, 1e6);
  fields.number("redemption_cost", offer.redemption_cost, 0, 1e6);
  fields.number("basket_share", offer.basket_share, 0, 1);
  fields.number("redeem", offer.redeem, 0, 1);
  fields.number("basket_factor", offer.basket_factor, 0.01, 10);
  fields.days("expires_days", offer.expires_days);
  fields.number("staff_minutes", offer.staff_minutes, 0, 480);
  double stock = -1;
  fields.number("stock", stock, 0, 1e12);
  fields.other("name");
  fields.other("rule");
  WB_TRY(fields.finish());
  if (stock >= 0) offer.stock = static_cast<std::uint64_t>(stock);
  const auto known = model::parse_offer_kind(kind);
  if (!known) return yaml_error(node, where, fmt::format("offer '{}': '{}' is no kind of offer (percent, free_shipping, gift, …)", id, kind));
  offer.kind = *known;
  if (const YAML::Node name = node["name"]; name) {
    if (name.IsScalar()) offer.name = {name.Scalar(), name.Scalar(), name.Scalar()};
    constexpr std::array<const char*, 3> languages = {"en", "zh-CN", "zh-TW"};
    for (std::size_t l = 0; l < 3 && name.IsMap(); ++l) {
      if (const YAML::Node text = name[languages[l]]; text) offer.name[l] = text.Scalar();
    }
  }
  if (const YAML::Node rule = node["rule"]; rule) WB_TRY(read_rule(rule, where, offer.rule));
  return offer;
}

Result<std::vector<Offer>> read_offers(std::string_view text, std::string_view where) {
  WB_ASSIGN(const YAML::Node root, parse_yaml(text, where));
  if (!root.IsMap() || root.size() == 0) return fail(Code::invalid_input, "{}: expected offers by name, as in presets/offers.yaml", where);
  std::vector<Offer> offers;
  for (const auto& entry : root) {
    WB_ASSIGN(Offer offer, read_offer(entry.first.Scalar(), entry.second, where));
    offers.push_back(std::move(offer));
  }
  return offers;
}

Result<void> read_assumptions(std::string_view text, std::string_view where, model::Assumptions& a) {
  WB_ASSIGN(const YAML::Node root, parse_yaml(text, where));
  if (root.IsNull()) return {};
  if (!root.IsMap()) return yaml_error(root, where, "expected the fields of presets/priors.yaml");
  Fields sections{root, where};
  for (const char* section : {"effect", "comes_anyway", "permission_value", "return_error", "kinds_alike", "campaigns_differ", "depth", "exploration", "beyond"}) {
    sections.other(section);
    if (const YAML::Node node = root[section]; node && !node.IsMap()) return yaml_error(node, where, fmt::format("{} must have fields", section));
  }
  WB_TRY(sections.finish());
  for (const auto& entry : root["effect"]) {
    if (!entry.second.IsMap()) return yaml_error(entry.second, where, "an effect has fields such as {mean: 0.2, sd: 0.3}");
    const auto kind = model::parse_offer_kind(entry.first.Scalar());
    if (!kind) return yaml_error(entry.first, where, fmt::format("'{}' is no kind of offer", entry.first.Scalar()));
    model::EffectPrior& effect = a.effect[static_cast<std::size_t>(*kind)];
    Fields fields{entry.second, where};
    fields.number("mean", effect.mean, -5, 5);
    fields.number("sd", effect.sd, 0.001, 5);
    fields.number("opt_out", effect.opt_out, 0, 1);
    fields.text("reason", effect.reason);
    WB_TRY(fields.finish());
    // Until measured at least a quarter of the prior lies at or below no effect.
    if (effect.mean > 0.6745 * effect.sd + 1e-9) {
      return yaml_error(entry.second, where,
                        fmt::format("the effect of '{}' is surer than an unmeasured one may be: sd must be at least {:.2f} for a "
                                    "mean of {}", entry.first.Scalar(), effect.mean / 0.6745, effect.mean));
    }
  }
  const auto one = [&](const char* section, const char* field, double& target, double high) -> Result<void> {
    const YAML::Node node = root[section];
    if (!node) return {};
    Fields fields{node, where};
    fields.number(field, target, 0, high);
    fields.other("reason");
    return fields.finish();
  };
  if (const YAML::Node node = root["comes_anyway"]; node) {
    Fields fields{node, where};
    fields.number("begins", a.comes_anyway_begins, 0, 1);
    fields.number("from", a.comes_anyway_from, 0, 1);
    fields.other("reason");
    WB_TRY(fields.finish());
  }
  if (const YAML::Node node = root["depth"]; node) {
    Fields fields{node, where};
    fields.number("reference", a.depth_reference, 0.01, 0.9);
    fields.number("elasticity", a.depth_elasticity, 0, 3);
    fields.number("sensitivity", a.depth_sensitivity, 0, 5);
    fields.other("reason");
    WB_TRY(fields.finish());
  }
  WB_TRY(one("permission_value", "share", a.permission_value, 1));
  WB_TRY(one("return_error", "sd", a.return_error, 5));
  WB_TRY(one("kinds_alike", "correlation", a.kinds_alike, 0.99));
  WB_TRY(one("campaigns_differ", "sd", a.campaigns_differ, 5));
  WB_TRY(one("exploration", "share", a.exploration_share, 1));
  return one("beyond", "share", a.beyond, 5);
}

base::Day month_day(int year, std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned>(text[i] - '0'); };
  return base::Day{std::chrono::year{year} / std::chrono::month{at(0) * 10 + at(1)} / std::chrono::day{at(3) * 10 + at(4)}};
}

}  // namespace

std::vector<std::string> business_names() {
  std::vector<std::string> names;
  for (const auto& entry : YAML::Load(std::string{gen::file_text("presets/business.yaml")})) names.push_back(entry.first.Scalar());
  return names;
}

Result<model::Business> load_business(std::string_view name, const fs::path& settings_file) {
  constexpr std::string_view where = "presets/business.yaml";
  WB_ASSIGN(const YAML::Node root, parse_yaml(gen::file_text(where), where));
  const YAML::Node node = root[std::string{name}];
  if (!node) {
    std::string names;
    for (const std::string& known : business_names()) names += (names.empty() ? "" : ", ") + known;
    return fail(Code::invalid_input, "'{}' is no business type; known are {}", name, names);
  }
  model::Business business;
  business.name = name;
  WB_TRY(read_business(node, where, business));
  if (const auto text = read_whole(settings_file); text) {
    const std::string file = settings_file.filename().string();
    WB_ASSIGN(const YAML::Node own, parse_yaml(*text, file));
    if (own.IsMap() && own["business_settings"]) WB_TRY(read_business(own["business_settings"], file, business));
  }
  return business;
}

Result<decide::Preset> load_plan_preset(std::string_view name) {
  constexpr std::string_view where = "presets/plans.yaml";
  WB_ASSIGN(const YAML::Node root, parse_yaml(gen::file_text(where), where));
  const YAML::Node node = root[std::string{name}];
  decide::Preset preset;
  preset.name = name;
  if (!node) {
    std::string names;
    for (const auto& entry : root) names += (names.empty() ? "" : ", ") + entry.first.Scalar();
    return fail(Code::invalid_input, "'{}' is no plan preset; known are {}", name, names);
  }
  double from = -1, to = -1;
  Fields fields{node, where};
  fields.number("silent_from", from, 0, 36500);
  fields.number("silent_to", to, 0, 36500);
  fields.number("top_spend", preset.top_spend, 0, 1);
  fields.flag("quality_leavers", preset.quality_leavers);
  fields.other("name");
  WB_TRY(fields.finish());
  if (from >= 0) preset.silent_from = static_cast<std::int32_t>(from);
  if (to >= 0) preset.silent_to = static_cast<std::int32_t>(to);
  return preset;
}

Result<model::Assumptions> load_assumptions(const fs::path& override_file) {
  model::Assumptions assumptions;
  WB_TRY(read_assumptions(gen::file_text("presets/priors.yaml"), "presets/priors.yaml", assumptions));
  if (const auto text = read_whole(override_file); text) {
    WB_TRY(read_assumptions(*text, override_file.filename().string(), assumptions));
  }
  return assumptions;
}

Result<std::vector<Offer>> load_offers(const fs::path& file) {
  const auto text = read_whole(file);
  if (!text) return fail(Code::not_found, "the offers' file {} cannot be read", file.string());
  return read_offers(*text, file.filename().string());
}

Result<std::vector<Offer>> all_preset_offers() {
  constexpr std::string_view where = "presets/offers.yaml";
  return read_offers(gen::file_text(where), where);
}

Result<std::vector<Offer>> preset_offers(const std::vector<std::string>& ids) {
  constexpr std::string_view where = "presets/offers.yaml";
  WB_ASSIGN(const std::vector<Offer> all, all_preset_offers());
  std::vector<Offer> chosen;
  for (const std::string& id : ids) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Offer& offer) { return offer.id == id; });
    if (found == all.end()) return fail(Code::not_found, "'{}' is no offer of {}; give your own with --offers FILE", id, where);
    chosen.push_back(*found);
  }
  return chosen;
}

Result<std::vector<model::Blackout>> load_calendar(base::Day near, std::string_view zone, std::string_view currency) {
  using namespace std::chrono;
  constexpr std::string_view where = "presets/calendar.yaml";
  WB_ASSIGN(const YAML::Node root, parse_yaml(gen::file_text(where), where));
  const bool chinese = currency == "CNY" || zone == "Asia/Shanghai" || zone == "Asia/Urumqi";
  std::vector<model::Blackout> blackouts;
  const int year = static_cast<int>(year_month_day{near}.year());
  for (const auto& entry : root) {
    const std::string season = entry["season"].Scalar();
    if (season == (chinese ? "west" : "cn")) continue;
    for (const int y : {year - 1, year, year + 1}) {
      const std::string name = entry["name"].Scalar();
      if (const YAML::Node nth = entry["day_after_nth_thursday_of_november"]; nth) {
        const base::Day friday = base::Day{std::chrono::year{y} / November / Thursday[nth.as<unsigned>()]} + days{1};
        blackouts.push_back({name, friday - days{entry["before_days"].as<int>()}, friday + days{entry["after_days"].as<int>()}});
      } else {
        blackouts.push_back({name, month_day(y, entry["from"].Scalar()), month_day(y, entry["to"].Scalar())});
      }
    }
  }
  return blackouts;
}

}  // namespace app
