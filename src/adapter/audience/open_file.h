#pragma once

#include <filesystem>
#include <memory>

#include "port/audience.h"

namespace adapter::audience {

/// A CSV file of hashes with a line for everyone put in or taken out ("action,email,phone,extern_id"), for providers people
/// upload to by hand. It appears whole with the first call, and whole again with each other.
std::unique_ptr<port::Audience> open_file(const std::filesystem::path& file);

}  // namespace adapter::audience
