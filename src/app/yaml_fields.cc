#include "app/yaml_fields.h"

#include <cmath>

#include <yaml-cpp/yaml.h>

namespace app {

Fields::Fields(const YAML::Node& node, std::string_view where) : node_(std::make_unique<const YAML::Node>(node)), where_(where) {
  if (!node.IsMap()) wrong(node, "fields are expected here, each as `name: value`");
}
Fields::~Fields() = default;

void Fields::wrong(const YAML::Node& at, std::string_view what) {
  if (!problem_) problem_ = yaml_error(at, where_, what).error();
}

std::optional<YAML::Node> Fields::value(const char* key) {
  known_.insert(key);
  if (problem_) return std::nullopt;
  const YAML::Node found = (*node_)[key];
  return found ? std::optional{found} : std::nullopt;
}

void Fields::number(const char* key, double& target, double low, double high) {
  const auto found = value(key);
  if (!found) return;
  const double read = found->IsScalar() ? found->as<double>(std::nan("")) : std::nan("");
  if (!(read >= low && read <= high)) return wrong(*found, fmt::format("{} must be a number from {} to {}", key, low, high));
  target = read;
}

void Fields::days(const char* key, std::int32_t& target) {
  double read = target;
  number(key, read, 0, 3660);
  target = static_cast<std::int32_t>(read);
}

void Fields::count(const char* key, std::uint32_t& target, std::uint32_t low, std::uint32_t high) {
  const auto found = value(key);
  if (!found) return;
  const double read = found->IsScalar() ? found->as<double>(std::nan("")) : std::nan("");
  if (!(read >= low && read <= high) || read != std::floor(read)) {
    return wrong(*found, fmt::format("{} must be a whole number from {} to {}", key, low, high));
  }
  target = static_cast<std::uint32_t>(read);
}

void Fields::text(const char* key, std::string& target) {
  const auto found = value(key);
  if (!found) return;
  if (!found->IsScalar()) return wrong(*found, fmt::format("{} must be one text", key));
  target = found->Scalar();
}

void Fields::flag(const char* key, bool& target) {
  const auto found = value(key);
  if (!found) return;
  const bool no_is_read = found->IsScalar() && !found->as<bool>(false);
  const bool yes_is_read = found->IsScalar() && found->as<bool>(true);
  if (no_is_read == yes_is_read) return wrong(*found, fmt::format("{} must be true or false", key));
  target = yes_is_read;
}

std::vector<YAML::Node> Fields::list(const char* key) {
  const auto found = value(key);
  if (!found) return {};
  if (!found->IsSequence()) {
    wrong(*found, fmt::format("{} must be a list such as [one, two]", key));
    return {};
  }
  std::vector<YAML::Node> items;
  for (const auto& item : *found) {
    if (!item.IsScalar()) wrong(item, fmt::format("{} must be a list of texts", key));
    items.push_back(item);
  }
  return problem_ ? std::vector<YAML::Node>{} : items;
}

void Fields::other(const char* key) { known_.insert(key); }

base::Result<void> Fields::finish() {
  if (problem_) return std::unexpected(*problem_);
  std::set<std::string> seen;
  for (const auto& entry : *node_) {
    if (!entry.first.IsScalar()) return yaml_error(entry.first, where_, "a name is expected here");
    const std::string key = entry.first.Scalar();
    if (!known_.contains(key)) {
      std::string names;
      for (const std::string& name : known_) names += (names.empty() ? "" : ", ") + name;
      return yaml_error(entry.first, where_, fmt::format("'{}' is not known here; known are {}", key, names));
    }
    if (!seen.insert(key).second) return yaml_error(entry.first, where_, fmt::format("'{}' stands twice", key));
  }
  return {};
}

}  // namespace app
