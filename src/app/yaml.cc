#include "app/yaml.h"

#include <yaml-cpp/yaml.h>

namespace app {

base::Result<YAML::Node> parse_yaml(std::string_view text, std::string_view where) {
  try {
    return YAML::Load(std::string{text});
  } catch (const YAML::Exception& problem) {
    return base::fail(base::Code::invalid_input, "{}, line {}: this is not YAML ({})", where, problem.mark.line + 1, problem.msg);
  }
}

std::unexpected<base::Error> yaml_error(const YAML::Node& node, std::string_view where, std::string_view what) {
  return base::fail(base::Code::invalid_input, "{}, line {}: {}", where, node.Mark().line + 1, what);
}

}  // namespace app
