#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/journey.h"

namespace app {

/// Reads a journey as docs/journeys.md describes it. `where` names the file in errors: "five-letters.yaml, line 12: …".
/// What is written is read; whether it makes sense is for act::journey::check.
base::Result<model::Journey> read_journey(std::string_view yaml, std::string_view where);

/// The journey in a file; at most 256 KB.
base::Result<model::Journey> load_journey(const std::filesystem::path& file);

/// A journey that comes with the program ("five-letters"), as its YAML; not_found names those there are.
base::Result<std::string_view> shipped_journey(std::string_view name);
std::vector<std::string> shipped_journeys();

}  // namespace app
