#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.h"
#include "base/error.h"
#include "model/person.h"

namespace app {

/// How the workspace's customers may be written to: presets/manners.yaml for its jurisdiction and kind of business, then
/// `manners:` of its winback.yaml, field by field. Without `manners: {jurisdiction: …}` the currency and zone decide.
base::Result<model::Manners> load_manners(const Settings& settings, const std::filesystem::path& settings_file);

/// EU, US, CN, TW.
std::vector<std::string> jurisdictions();

/// CN for CNY or a zone of mainland China, TW for TWD or Asia/Taipei, US for USD, else EU, the strictest about consent.
std::string_view usual_jurisdiction(std::string_view currency, std::string_view zone);

}  // namespace app
