#include "app/log_settings.h"

#include <fstream>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/yaml.h"
#include "base/log.h"

namespace app {

using base::Result;

bool is_log_key(std::string_view key) { return key == "log" || key == "log_level"; }

Result<void> apply_log_settings(const std::filesystem::path& settings_file) {
  bool json = false;
  base::Level level = base::Level::info;
  if (std::ifstream in{settings_file}; in) {
    std::ostringstream text;
    text << in.rdbuf();
    const std::string where = settings_file.filename().string();
    WB_ASSIGN(const YAML::Node root, parse_yaml(text.str(), where));
    if (root.IsMap()) {
      for (const auto& entry : root) {
        const std::string key = entry.first.Scalar();
        if (!is_log_key(key)) continue;
        const std::string value = entry.second.IsScalar() ? entry.second.Scalar() : "";
        if (key == "log") {
          if (value != "json" && value != "text") return yaml_error(entry.second, where, "log must be json or text");
          json = value == "json";
        } else {
          const auto named = base::parse_level(value);
          if (!named) return yaml_error(entry.second, where, "log_level must be debug, info, warning or error");
          level = *named;
        }
      }
    }
  }
  base::set_log(json, level);
  return {};
}

}  // namespace app
