#pragma once

#include <filesystem>

#include "base/error.h"
#include "model/reason.h"

namespace app {

/// presets/reasons.yaml and presets/reason_words.yaml, then DATA/reasons.yaml and DATA/reason_words.yaml where they
/// exist: a reason, signal or playbook there replaces that of the same name (fields left out keep their values) or is a
/// new one; sentences are added.
base::Result<model::ReasonRules> load_reason_rules(const std::filesystem::path& data);

}  // namespace app
