#pragma once

#include <filesystem>
#include <string>

#include "app/steps.h"
#include "base/error.h"
#include "port/parquet.h"

namespace app {

/// Writes a plan's files into the folder: decisions.csv (formula-safe), decisions.parquet, decisions.xlsx (those
/// approached, held out or to wait for; at most a million), plan.json and report.html. Each file appears whole or not
/// at all.
base::Result<void> write_plan_files(const PlanStep& step, const std::filesystem::path& folder, text::Language language,
                                    port::Parquet& parquet);

/// Writes bytes to a file that appears whole or not at all.
base::Result<void> write_whole(const std::filesystem::path& file, std::string_view bytes);

/// Writes blocks as formula-safe CSV, heading first.
base::Result<void> write_csv(const std::filesystem::path& file, const base::BlockSource& source);

/// One cell as people and programs read it: days as 2011-12-10, numbers without needless digits.
std::string cell_text(const base::Column& column, std::size_t row);

}  // namespace app
