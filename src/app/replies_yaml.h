#pragma once

#include <filesystem>

#include "act/respond/reply.h"
#include "base/error.h"

namespace app {

/// How replies are read: presets/replies.yaml and what DATA/replies.yaml adds. A missing file adds nothing; errors name
/// file and line.
base::Result<act::respond::ReplyRules> load_replies(const std::filesystem::path& data);

}  // namespace app
