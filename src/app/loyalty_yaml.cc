#include "app/loyalty_yaml.h"

#include <fstream>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/yaml.h"
#include "app/yaml_fields.h"
#include "gen/files.h"

namespace app {

using base::Result;

namespace {

constexpr std::array<const char*, 3> kLanguages = {"en", "zh-CN", "zh-TW"};

Result<model::Tier> read_tier(const YAML::Node& node, std::string_view where) {
  model::Tier tier;
  Fields fields{node, where};
  fields.text("id", tier.id);
  fields.number("from", tier.from, 0, 1e12);
  fields.other("name");
  WB_TRY(fields.finish());
  if (tier.id.empty()) return yaml_error(node, where, "a tier has an id, such as {id: silver, from: 300}");
  const YAML::Node name = node["name"];
  for (std::size_t l = 0; l < kLanguages.size(); ++l) {
    const bool said = name && name.IsMap() && name[kLanguages[l]] && name[kLanguages[l]].IsScalar();
    tier.name[l] = said ? name[kLanguages[l]].Scalar() : name && name.IsScalar() ? name.Scalar() : tier.id;
  }
  return tier;
}

Result<void> read_loyalty(std::string_view text, std::string_view where, model::LoyaltyRules& rules) {
  WB_ASSIGN(const YAML::Node root, parse_yaml(text, where));
  if (root.IsNull()) return {};
  Fields fields{root, where};
  std::string since, by;
  double least = static_cast<double>(rules.notice_least), months = rules.expires_months;
  fields.flag("active", rules.active);
  fields.text("since", since);
  fields.number("points_per_unit", rules.points_per_unit, 0, 1e4);
  fields.number("expires_months", months, 0, 120);
  fields.days("notice_days", rules.notice_days);
  fields.number("notice_least", least, 1, 1e9);
  fields.text("tiers_by", by);
  fields.days("window_days", rules.window_days);
  fields.days("grace_days", rules.grace_days);
  fields.other("tiers");
  WB_TRY(fields.finish());
  rules.notice_least = static_cast<std::int64_t>(least);
  rules.expires_months = static_cast<std::int32_t>(months);
  if (!since.empty()) {
    const auto day = base::parse_day(since);
    if (!day) return yaml_error(root["since"], where, "since is a day such as 2026-01-01");
    rules.since = *day;
  }
  if (!by.empty() && by != "spend" && by != "points") return yaml_error(root["tiers_by"], where, "tiers_by is spend or points");
  if (!by.empty()) rules.by_points = by == "points";
  const YAML::Node tiers = root["tiers"];
  if (!tiers) return {};
  if (!tiers.IsSequence()) return yaml_error(tiers, where, "tiers is a list such as [{id: silver, from: 300}]");
  rules.tiers.clear();
  for (const YAML::Node& node : tiers) {
    WB_ASSIGN(model::Tier tier, read_tier(node, where));
    if (!rules.tiers.empty() && tier.from <= rules.tiers.back().from) return yaml_error(node, where, "tiers stand from the lowest to the highest, each `from` above the one before");
    rules.tiers.push_back(std::move(tier));
  }
  return {};
}

Result<void> read_referral(std::string_view text, std::string_view where, model::ReferralRules& rules) {
  WB_ASSIGN(const YAML::Node root, parse_yaml(text, where));
  if (root.IsNull()) return {};
  Fields fields{root, where};
  fields.flag("active", rules.active);
  fields.text("referrer_offer", rules.referrer_offer);
  fields.text("newcomer_offer", rules.newcomer_offer);
  fields.days("return_days", rules.return_days);
  fields.number("min_order", rules.min_order, 0, 1e9);
  fields.count("most", rules.most, 1, 100'000);
  fields.days("window_days", rules.window_days);
  return fields.finish();
}

template <class Rules, class Read>
Result<Rules> load(std::string_view preset, const std::filesystem::path& own_file, Read read) {
  Rules rules;
  WB_TRY(read(gen::file_text(preset), preset, rules));
  if (std::ifstream in{own_file}; in) {
    std::ostringstream text;
    text << in.rdbuf();
    WB_TRY(read(text.str(), own_file.filename().string(), rules));
  }
  return rules;
}

}  // namespace

Result<model::LoyaltyRules> load_loyalty(const std::filesystem::path& own_file) {
  return load<model::LoyaltyRules>("presets/loyalty.yaml", own_file, read_loyalty);
}

Result<model::ReferralRules> load_referral(const std::filesystem::path& own_file) {
  return load<model::ReferralRules>("presets/referral.yaml", own_file, read_referral);
}

}  // namespace app
