#pragma once

#include <filesystem>

#include "act/respond/human.h"
#include "base/error.h"

namespace app {

/// presets/robots.yaml, and what `robots:` of the workspace's winback.yaml adds.
base::Result<act::respond::Robots> load_robots(const std::filesystem::path& settings_file);

}  // namespace app
