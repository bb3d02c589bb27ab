#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace YAML {
class Node;
}

namespace app {

/// Parses YAML text; `where` names it in errors.
base::Result<YAML::Node> parse_yaml(std::string_view text, std::string_view where);

/// Error at a node: "winback.yaml, line 3: margin must be …".
std::unexpected<base::Error> yaml_error(const YAML::Node& node, std::string_view where, std::string_view what);

}  // namespace app
