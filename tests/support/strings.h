#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tests {

/// The texts of a JSON file that is one list of texts, escapes resolved.
std::vector<std::string> json_strings(const std::filesystem::path& file);

}  // namespace tests
