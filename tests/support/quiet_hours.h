#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/time.h"

namespace tests {

/// One case of the quiet-hours suite; hours as minutes of the day.
struct QuietHours {
  std::string zone;
  std::int32_t from = 0;
  std::int32_t to = 0;
  base::Instant due;
  base::Instant send_at;
};

/// Reads cases.json: flat objects of texts.
std::vector<QuietHours> read_quiet_hours(const std::filesystem::path& file);

}  // namespace tests
