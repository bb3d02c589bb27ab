#include "app/manners_yaml.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include "app/journey_words.h"
#include "app/yaml.h"
#include "app/yaml_fields.h"
#include "gen/files.h"

namespace app {
namespace {

using base::Code;
using base::fail;
using base::Result;
using model::Manners;
using YAML::Node;

constexpr std::string_view kPreset = "presets/manners.yaml";

struct Hours {
  std::int32_t from = 0;
  std::int32_t to = 0;
};

/// "21:00-09:00" or "never".
Result<Hours> read_hours(const Node& node, std::string_view where) {
  const std::string text = node.IsScalar() ? node.Scalar() : "";
  if (text == "never") return Hours{};
  const std::size_t dash = text.find('-');
  const auto from = parse_clock(std::string_view{text}.substr(0, dash));
  const auto to = dash == std::string::npos ? std::nullopt : parse_clock(std::string_view{text}.substr(dash + 1));
  if (!from || !to || from->weekdays != 0x7F || to->weekdays != 0x7F) {
    return yaml_error(node, where, "quiet_hours must be such as 21:00-09:00, or never");
  }
  return Hours{from->minute_of_day, to->minute_of_day};
}

Result<std::vector<model::Cap>> read_caps(const Node& node, std::string_view where) {
  if (!node.IsSequence()) return yaml_error(node, where, "caps must be a list such as [{most: 2, days: 7}]");
  std::vector<model::Cap> caps;
  for (const auto& one : node) {
    model::Cap cap;
    std::uint32_t days = 0;
    cap.most = 0;
    Fields fields{one, where};
    fields.count("most", cap.most, 1, 1000);
    fields.count("days", days, 1, 3660);
    fields.text("channel", cap.channel);
    WB_TRY(fields.finish());
    if (cap.most == 0 || days == 0) return yaml_error(one, where, "a cap needs most and days, such as {most: 2, days: 7}");
    cap.days = static_cast<std::int32_t>(days);
    caps.push_back(std::move(cap));
  }
  return caps;
}

/// Hours quiet by either; presets all lie over midnight.
Result<Hours> longer(Hours one, Hours other, const Node& node, std::string_view where) {
  if (one.from == one.to) return other;
  if (other.from == other.to) return one;
  if (one.from < one.to || other.from < other.to) return yaml_error(node, where, "quiet hours of a preset lie over midnight");
  return Hours{std::min(one.from, other.from), std::max(one.to, other.to)};
}

/// Reads the fields of one section over what stands already. A preset adds hours and caps, a workspace replaces them.
Result<void> read_section(const Node& node, std::string_view where, bool replaces, Manners& manners) {
  Fields fields{node, where};
  fields.flag("opt_in", manners.opt_in);
  const bool names_channels = static_cast<bool>(node["opt_in_channels"]);
  const std::vector<Node> channels = fields.list("opt_in_channels");
  fields.flag("existing_customers", manners.existing_customers);
  fields.flag("quiet_weekends", manners.quiet_weekends);
  fields.count("fatigue_after", manners.fatigue_after, 0, 1000);
  fields.count("sunset_after", manners.sunset_after, 0, 1000);
  fields.days("sunset_days", manners.sunset_days);
  fields.count("soft_bounces", manners.soft_bounces, 1, 1000);
  fields.days("soft_bounce_days", manners.soft_bounce_days);
  double months = manners.end_months;
  double age = manners.adult_age;
  fields.number("end_months", months, 1, 120);
  fields.number("adult_age", age, 0, 30);
  fields.flag("unknown_age_is_minor", manners.unknown_age_is_minor);
  fields.flag("depth_may_be_personal", manners.depth_may_be_personal);
  fields.flag("offers_non_personalised", manners.offers_non_personalised);
  fields.other("quiet_hours");
  fields.other("caps");
  if (replaces) fields.other("jurisdiction");
  WB_TRY(fields.finish());
  manners.end_months = static_cast<std::int32_t>(months);
  manners.adult_age = static_cast<std::int32_t>(age);
  if (names_channels) manners.opt_in_channels.clear();
  for (const Node& channel : channels) manners.opt_in_channels.push_back(channel.Scalar());
  if (const Node hours = node["quiet_hours"]; hours) {
    WB_ASSIGN(Hours read, read_hours(hours, where));
    if (!replaces) {
      WB_ASSIGN(read, longer({manners.quiet_from, manners.quiet_to}, read, hours, where));
    }
    manners.quiet_from = read.from;
    manners.quiet_to = read.to;
  }
  if (const Node caps = node["caps"]; caps) {
    WB_ASSIGN(std::vector<model::Cap> read, read_caps(caps, where));
    if (replaces) manners.caps.clear();
    std::ranges::move(read, std::back_inserter(manners.caps));
  }
  return {};
}

/// `manners:` of the workspace's file; an undefined node where there is none.
Result<Node> own_section(const std::filesystem::path& file) {
  std::ifstream in{file};
  if (!in) return Node{YAML::NodeType::Undefined};
  std::ostringstream text;
  text << in.rdbuf();
  WB_ASSIGN(const Node root, parse_yaml(text.str(), file.filename().string()));
  if (!root.IsMap()) return Node{YAML::NodeType::Undefined};
  return root["manners"];
}

}  // namespace

std::vector<std::string> jurisdictions() {
  std::vector<std::string> names;
  const Node root = YAML::Load(std::string{gen::file_text(kPreset)});
  for (const auto& entry : root["jurisdictions"]) names.push_back(entry.first.Scalar());
  return names;
}

std::string_view usual_jurisdiction(std::string_view currency, std::string_view zone) {
  if (currency == "TWD" || zone == "Asia/Taipei") return "TW";
  if (currency == "CNY" || zone == "Asia/Shanghai" || zone == "Asia/Urumqi") return "CN";
  return currency == "USD" ? "US" : "EU";
}

Result<Manners> load_manners(const Settings& settings, const std::filesystem::path& settings_file) {
  const std::string file = settings_file.filename().string();
  WB_ASSIGN(const Node own, own_section(settings_file));
  const bool has_own = own.IsDefined() && !own.IsNull();
  if (has_own && !own.IsMap()) return yaml_error(own, file, "manners has fields, such as jurisdiction: EU");
  Manners manners;
  manners.name = usual_jurisdiction(settings.currency, settings.zone);
  if (has_own && own["jurisdiction"]) {
    manners.name = own["jurisdiction"].IsScalar() ? own["jurisdiction"].Scalar() : "";
    const auto known = jurisdictions();
    if (std::ranges::find(known, manners.name) == known.end()) {
      return yaml_error(own["jurisdiction"], file, fmt::format("jurisdiction is one of {}", fmt::join(known, ", ")));
    }
  }
  WB_ASSIGN(const Node root, parse_yaml(gen::file_text(kPreset), kPreset));
  const Node business = root["businesses"][settings.business];
  if (!business) return fail(Code::invalid_input, "'{}' is no business type; {} has no manners for it", settings.business, kPreset);
  manners.quiet_from = manners.quiet_to = 0;
  manners.caps.clear();
  WB_TRY(read_section(root["jurisdictions"][manners.name], kPreset, false, manners));
  WB_TRY(read_section(business, kPreset, false, manners));
  WB_TRY(read_section(root["everywhere"], kPreset, false, manners));
  if (has_own) WB_TRY(read_section(own, file, true, manners));
  return manners;
}

}  // namespace app
