#pragma once

#include <filesystem>
#include <vector>

#include <nlohmann/json.hpp>

#include "adapter/smtp/dkim.h"

namespace tests {

/// Letters as Python's own mail parser reads them and python3-dkim judges them by those keys' public halves; see
/// read_letter.py. Null when python3-dkim is not installed.
nlohmann::json read_letters(const std::vector<adapter::smtp::DkimKey>& keys, const std::vector<std::filesystem::path>& files);

}  // namespace tests
