#pragma once

#include <string>

#include "app/survey_yaml.h"
#include "base/error.h"
#include "port/act_store.h"
#include "text/language.h"

namespace app {

/// How often each survey was asked and answered, as `winback survey list --json` and the console show it (docs/formats.md).
base::Result<std::string> surveys_json(const Surveys& surveys, port::ActStore& store, text::Language language);

/// One survey's answers, as `winback survey results --json` and the console show them. `not_found` when there is none of that name.
base::Result<std::string> survey_results_json(const Surveys& surveys, const std::string& name, port::ActStore& store, text::Language language);

}  // namespace app
