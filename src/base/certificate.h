#pragma once

#include <filesystem>

#include "base/error.h"
#include "base/time.h"

namespace base {

/// When the first certificate of a PEM file ends. `not_found` when the file cannot be read, `invalid_input` when it holds none.
Result<Instant> certificate_end(const std::filesystem::path& file);

}  // namespace base
