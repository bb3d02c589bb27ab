#include "app/robots_yaml.h"

#include <fstream>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/yaml.h"
#include "app/yaml_fields.h"
#include "gen/files.h"

namespace app {
namespace {

base::Result<void> add(const YAML::Node& node, std::string_view where, act::respond::Robots& robots) {
  Fields fields{node, where};
  for (const auto& [key, target] : {std::pair{"scanners", &robots.scanners}, {"proxies", &robots.proxies}, {"exactly", &robots.exactly}}) {
    for (const YAML::Node& name : fields.list(key)) {
      // Agents are compared in lower case; one or two letters would name everybody.
      std::string lower = name.Scalar();
      for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      if (lower.size() < 3) return yaml_error(name, where, "a robot's name has three letters or more");
      target->push_back(std::move(lower));
    }
  }
  return fields.finish();
}

}  // namespace

base::Result<act::respond::Robots> load_robots(const std::filesystem::path& settings_file) {
  constexpr std::string_view kPreset = "presets/robots.yaml";
  act::respond::Robots robots;
  WB_ASSIGN(const YAML::Node preset, parse_yaml(gen::file_text(kPreset), kPreset));
  WB_TRY(add(preset, kPreset, robots));
  std::ifstream in{settings_file};
  if (!in) return robots;
  std::ostringstream text;
  text << in.rdbuf();
  const std::string file = settings_file.filename().string();
  WB_ASSIGN(const YAML::Node own, parse_yaml(text.str(), file));
  if (own.IsMap() && own["robots"]) WB_TRY(add(own["robots"], file, robots));
  return robots;
}

}  // namespace app
