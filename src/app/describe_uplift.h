#pragma once

#include <string>

#include "app/uplift_table.h"
#include "decide/uplift/evaluate.h"
#include "text/language.h"

namespace app {

/// An evaluation as a person reads it; `outcome` is the column's name.
std::string describe(const decide::uplift::Evaluation& evaluation, const UpliftTable& table, const std::string& outcome,
                     const decide::uplift::Options& options, text::Language language);

/// The same as JSON; keys in docs/formats.md.
std::string to_json(const decide::uplift::Evaluation& evaluation, const UpliftTable& table, const std::string& outcome,
                    const decide::uplift::Options& options);

}  // namespace app
