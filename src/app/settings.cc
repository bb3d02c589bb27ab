#include "app/settings.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/access_settings.h"
#include "app/log_settings.h"
#include "app/act_settings.h"
#include "app/yaml.h"
#include "base/time.h"

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;

namespace {

Result<std::uint64_t> parse_memory(const YAML::Node& node, std::string_view where) {
  const std::string text = node.Scalar();
  char unit = 0;
  double value = 0;
  const int found = std::sscanf(text.c_str(), "%lf %c", &value, &unit);
  const double scale = unit == 'G' || unit == 'g' ? 1e9 : unit == 'M' || unit == 'm' ? 1e6 : 1;
  if (found < 1 || !(value * scale >= 2e8 && value * scale <= 1e15)) {
    return yaml_error(node, where, "memory must be at least 200M, written as 4G or 800M");
  }
  return static_cast<std::uint64_t>(value * scale);
}

Result<void> read_entry(const std::string& key, const YAML::Node& value, std::string_view where, Settings& settings) {
  if (!value.IsScalar()) return yaml_error(value, where, fmt::format("{} must be one value", key));
  const std::string text = value.Scalar();
  if (key == "business") {
    settings.business = text;
  } else if (key == "zone") {
    const auto zone = base::Zone::open(text);
    if (!zone) return yaml_error(value, where, zone.error().message);
    settings.zone = text;
  } else if (key == "currency") {
    if (text.size() != 3) return yaml_error(value, where, "currency must be three letters such as GBP or CNY");
    settings.currency = text;
  } else if (key == "margin") {
    const double margin = value.as<double>(-1);
    if (!(margin > 0 && margin <= 1)) return yaml_error(value, where, "margin must be a share between 0 and 1, such as 0.4");
    settings.margin = margin;
  } else if (key == "language") {
    const auto language = text::parse_language(text);
    if (!language) return yaml_error(value, where, language.error().message);
    settings.language = *language;
  } else if (key == "warehouse") {
    settings.warehouse_url = text;
  } else if (key == "warehouse_user") {
    settings.warehouse_user = text;
  } else if (key == "warehouse_password") {
    settings.warehouse_password = text;
  } else if (key == "memory") {
    WB_ASSIGN(settings.memory_bytes, parse_memory(value, where));
  } else {
    return yaml_error(value, where,
                      fmt::format("'{}' is no setting; known are business, zone, currency, margin, language, memory, "
                                  "warehouse, warehouse_user, warehouse_password",
                                  key));
  }
  return {};
}

}  // namespace

Result<Settings> load_settings(const fs::path& file) {
  Settings settings;
  std::ifstream in{file};
  if (!in) return settings;
  std::ostringstream text;
  text << in.rdbuf();
  const std::string where = file.filename().string();
  WB_ASSIGN(const YAML::Node root, parse_yaml(text.str(), where));
  if (root.IsNull()) return settings;
  if (!root.IsMap()) return yaml_error(root, where, "expected lines such as `business: shop`");
  for (const auto& entry : root) {
    const std::string key = entry.first.Scalar();
    if (key == "business_settings" || key == "manners" || key == "robots" || is_act_key(key) || is_access_key(key) || is_log_key(key)) continue;  // read elsewhere
    WB_TRY(read_entry(key, entry.second, where, settings));
  }
  return settings;
}

Result<void> remember_currency(const fs::path& file, std::string_view currency) {
  std::string text;
  if (std::ifstream in{file}; in) {
    std::ostringstream old;
    old << in.rdbuf();
    text = old.str();
    if (!text.empty() && text.back() != '\n') text += '\n';
  } else {
    text =
        "# The workspace's settings. Every line may be left out; what is left out keeps its default.\n"
        "# business: shop      shop, grocery, fashion, saas, game, course, restaurant or durables\n"
        "# zone: Europe/London where the shop's days begin and end\n"
        "# margin: 0.40        contribution per unit of revenue\n"
        "# language: en        en, zh-CN or zh-TW\n"
        "# memory: 4G          the warehouse's; default half the machine's\n";
  }
  text += fmt::format("currency: {}\n", currency);
  const fs::path partial = fs::path{file}.concat(".part");
  {
    std::ofstream out{partial};
    out << text;
    if (!out.flush()) return fail(Code::exhausted, "{} cannot be written; is there room on the disk?", file.string());
  }
  std::error_code problem;
  fs::rename(partial, file, problem);
  if (problem) return fail(Code::exhausted, "{} cannot be written: {}", file.string(), problem.message());
  return {};
}

}  // namespace app
