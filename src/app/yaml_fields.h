#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/yaml.h"

namespace app {

/// Reads the fields of one map, each by its name, and refuses what it does not know. The first thing wrong is kept and
/// returned by `finish`; until then targets keep their values.
class Fields {
 public:
  Fields(const YAML::Node& node, std::string_view where);
  ~Fields();
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;

  /// A number from low to high.
  void number(const char* key, double& target, double low, double high);
  /// A whole number of days from 0 to 3,660.
  void days(const char* key, std::int32_t& target);
  /// A whole number from low to high.
  void count(const char* key, std::uint32_t& target, std::uint32_t low, std::uint32_t high);
  void text(const char* key, std::string& target);
  /// true or false.
  void flag(const char* key, bool& target);
  /// A list of texts; empty when the key is absent.
  std::vector<YAML::Node> list(const char* key);
  /// A field that is known here and read by somebody else.
  void other(const char* key);

  /// The first problem, or a field nobody asked for.
  base::Result<void> finish();

 private:
  /// The value of a key that is there, while nothing was wrong so far.
  std::optional<YAML::Node> value(const char* key);
  void wrong(const YAML::Node& at, std::string_view what);

  std::unique_ptr<const YAML::Node> node_;  // behind a pointer: yaml-cpp stays out of headers
  std::string where_;
  std::set<std::string> known_;
  std::optional<base::Error> problem_;
};

}  // namespace app
