#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/places.h"

namespace tests {

inline nlohmann::json read_json(const std::filesystem::path& path) { return nlohmann::json::parse(read_file(path)); }

}  // namespace tests
