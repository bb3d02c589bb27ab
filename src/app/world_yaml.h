#pragma once

#include <filesystem>
#include <string_view>

#include "base/error.h"
#include "simulate/world.h"

namespace app {

/// The world of presets/world.yaml, with what `file` (may be empty) says otherwise: a field replaces the field, a list
/// the whole list. A mistake is an `invalid_input` error with file and line.
base::Result<simulate::World> load_world(const std::filesystem::path& file);

/// Changes `world` as the YAML text says; `where` names the text in errors.
base::Result<void> read_world(std::string_view text, std::string_view where, simulate::World& world);

}  // namespace app
