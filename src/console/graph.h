#pragma once

#include <map>
#include <optional>
#include <string>

#include "app/campaign_file.h"
#include "app/describe_campaign.h"
#include "console/workspace.h"
#include "model/journey.h"
#include "text/language.h"

namespace console {

/// A journey as the graph of api/openapi.yaml; `steps` says how many stand where and what was sent (empty: of a draft).
std::string graph_json(const model::Journey& journey, const std::map<std::string, app::StepStatus>& steps, text::Language language);

/// The shop's own journey of that name (DATA/journeys/NAME.yaml); nothing when it has none.
std::optional<std::string> journey_path(const Workspace& at, const std::string& name);

/// The shop's own journey of that name, or a shipped one; `not_found` for anything else, files elsewhere included.
base::Result<app::CampaignFile> journey_named(const Workspace& at, const std::string& name);

/// Its letters with their languages; what speaks against launching it: JSON as in the contract.
std::string letters_of_json(const model::Journey& journey, const app::Desk& desk);
std::string problem_of_json(const app::CampaignProblem& problem);

}  // namespace console
