#pragma once

#include <filesystem>

#include "base/error.h"
#include "model/loyalty.h"

namespace app {

/// presets/loyalty.yaml, then the same form from the own file where it exists. Errors name file and line.
base::Result<model::LoyaltyRules> load_loyalty(const std::filesystem::path& own_file);

/// presets/referral.yaml, then the own file.
base::Result<model::ReferralRules> load_referral(const std::filesystem::path& own_file);

}  // namespace app
