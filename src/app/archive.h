#pragma once

#include <filesystem>

#include "base/error.h"

namespace app {

/// Packs what a folder holds into one file by the system's `tar`; the file is for its owner only and durable.
base::Result<void> pack(const std::filesystem::path& folder, const std::filesystem::path& file);

/// The other way; the folder is there and empty.
base::Result<void> unpack(const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace app
