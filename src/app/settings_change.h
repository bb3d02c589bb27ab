#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace app {

/// Changes lines of winback.yaml: top-level keys (or "shop.name" within a map) to values, leaving every other line and
/// comment as it is; an empty value takes the line away. What would come out is read first, and refused with its line when
/// it cannot be. The file appears whole or not at all.
base::Result<void> change_settings(const std::filesystem::path& file, const std::vector<std::pair<std::string, std::string>>& changes);

}  // namespace app
