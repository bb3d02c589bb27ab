#include <fstream>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/desk.h"
#include "app/yaml.h"
#include "gen/files.h"

namespace app {

using base::Result;

namespace {

Result<void> read_habits(const std::string& text, std::string_view where, act::deliver::ChannelHabits& habits) {
  WB_ASSIGN(const YAML::Node root, parse_yaml(text, where));
  if (root.IsNull()) return {};
  if (!root.IsMap()) return yaml_error(root, where, "expected lines such as prior_messages: 10");
  const auto number = [&](const YAML::Node& node, double most) -> Result<double> {
    const double value = node.IsScalar() ? node.as<double>(-1) : -1;
    if (!(value >= 0 && value <= most)) return yaml_error(node, where, fmt::format("expected a number from 0 to {}", most));
    return value;
  };
  for (const auto& entry : root) {
    const std::string key = entry.first.Scalar();
    if (key == "prior_messages") {
      WB_ASSIGN(habits.prior_messages, number(entry.second, 10'000));
      if (!(habits.prior_messages > 0)) return yaml_error(entry.second, where, "prior_messages must be above 0");
    } else if (key == "quiet_after") {
      WB_ASSIGN(const double value, number(entry.second, 1000));
      habits.quiet_after = static_cast<std::uint32_t>(value);
    } else if (key == "service_only") {
      if (!entry.second.IsSequence()) return yaml_error(entry.second, where, "service_only is a list such as [wechat]");
      habits.service_only.clear();
      for (const auto& one : entry.second) habits.service_only.push_back(one.Scalar());
    } else if (key == "react") {
      if (!entry.second.IsMap()) return yaml_error(entry.second, where, "react holds lines such as email: 4");
      for (const auto& one : entry.second) {
        WB_ASSIGN(const double percent, number(one.second, 100));
        habits.react[one.first.Scalar()] = percent / 100;
      }
    } else {
      return yaml_error(entry.first, where, fmt::format("'{}' is not known here; known are prior_messages, quiet_after, service_only and react", key));
    }
  }
  return {};
}

}  // namespace

Result<act::deliver::ChannelHabits> load_habits(const std::filesystem::path& own_file) {
  act::deliver::ChannelHabits habits;
  WB_TRY(read_habits(std::string{gen::file_text("presets/channels.yaml")}, "presets/channels.yaml", habits));
  if (std::ifstream in{own_file}; in) {
    std::ostringstream text;
    text << in.rdbuf();
    WB_TRY(read_habits(text.str(), own_file.filename().string(), habits));
  }
  return habits;
}

void add_sample_event(const model::Journey& journey, act::letter::LetterData& data) {
  data.event.clear();
  for (const auto& [key, text] : journey.sample) data.event.emplace_back(key, text);
  if (journey.entry.kind == model::Entry::Kind::event) data.event_items = data.recommendations;
}

}  // namespace app
