#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"

namespace app {

/// The shop's own segments: name to condition (decide::parse_where), in DATA/segments.yaml.
using Segments = std::map<std::string, std::string, std::less<>>;

/// Reads them; a missing file means none. A condition that cannot be read any more is still listed.
base::Result<Segments> load_segments(const std::filesystem::path& data);

/// Adds or replaces one; an empty condition takes it away. The file is written anew, whole or not at all. Names are 1 to 64
/// small letters, digits, - and _, and no name of a segment or stage that exists anyway.
base::Result<void> keep_segment(const std::filesystem::path& data, const std::string& name, const std::string& condition);

/// The text as a condition: a name of the shop's own segments stands for what it means.
base::Result<std::string> segment_condition(const std::filesystem::path& data, const std::string& text);

}  // namespace app
