#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "decide/filters.h"
#include "model/business.h"
#include "model/offer.h"

namespace app {

/// The business's settings: presets/business.yaml, then `business_settings:` of the workspace's winback.yaml.
base::Result<model::Business> load_business(std::string_view name, const std::filesystem::path& settings_file);

/// Names in presets/business.yaml, for messages.
std::vector<std::string> business_names();

/// A plan's preset from presets/plans.yaml.
base::Result<decide::Preset> load_plan_preset(std::string_view name);

/// presets/priors.yaml, then the same form from DATA/priors.yaml where it exists.
base::Result<model::Assumptions> load_assumptions(const std::filesystem::path& override_file);

/// Offers of a YAML file in the form of presets/offers.yaml; all of them.
base::Result<std::vector<model::Offer>> load_offers(const std::filesystem::path& file);

/// All offers of presets/offers.yaml.
base::Result<std::vector<model::Offer>> all_preset_offers();

/// The named ones of them.
base::Result<std::vector<model::Offer>> preset_offers(const std::vector<std::string>& ids);

/// Blackouts of the years around `near` for a shop in this zone and currency.
base::Result<std::vector<model::Blackout>> load_calendar(base::Day near, std::string_view zone, std::string_view currency);

}  // namespace app
