#pragma once

#include <string>
#include <string_view>

#include "base/hash.h"

namespace app {

/// Ten letters and numbers that cannot be mistaken for each other, the same for the same digest.
std::string code_from(const base::Digest& digest);

}  // namespace app
