#pragma once

#include <filesystem>
#include <string_view>

#include "base/error.h"

namespace app {

/// `log: json` (or text) and `log_level: debug | info | warning | error` of winback.yaml, in force from now on.
base::Result<void> apply_log_settings(const std::filesystem::path& settings_file);

bool is_log_key(std::string_view key);

}  // namespace app
