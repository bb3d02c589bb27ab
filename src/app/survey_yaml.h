#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/reason.h"
#include "model/survey.h"

namespace app {

/// Surveys by name.
using Surveys = std::vector<model::Survey>;

/// Reads one survey; `where` names it in errors. Choices that name a reason must name one there is.
base::Result<model::Survey> read_survey(std::string_view text, std::string_view where, const model::ReasonRules& rules);

/// Those that come with winback (templates/surveys) and the shop's own (DATA/surveys/*.yaml), which replace those of the
/// same name. Choices whose reason does not concern this kind of business are left out. In the order of their names.
base::Result<Surveys> load_surveys(const std::filesystem::path& data, const model::ReasonRules& rules, std::string_view business);

/// Null when there is none of that name.
const model::Survey* find_survey(const Surveys& surveys, std::string_view id);

}  // namespace app
