#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "decide/uplift/experiment.h"
#include "port/parquet.h"

namespace app {

/// How a file is to be read as a campaign.
struct UpliftColumns {
  std::string treatment, control, outcome;
  std::string money;                ///< a second outcome, in money; may be empty
  std::string propensity;           ///< of the arm the row got; may be empty
  std::vector<std::string> ignore;  ///< outcomes of other kinds, and whatever else is no feature
};

/// A column that was left out by itself, and why: "id" (another value in nearly every row), "constant", "empty".
struct LeftOut {
  std::string column, why;
};

/// A campaign's rows in memory. Categories of up to 20 levels are one column a level (of 0 and 1); the levels of longer
/// ones beyond the 20 most frequent share one column. Blank, NA, null and NaN are not known.
struct UpliftTable {
  std::vector<std::string> columns, arms;  ///< the control first, then as they occur in alphabetical order
  std::vector<LeftOut> left_out;
  std::vector<float> x;
  std::vector<std::uint8_t> arm;
  std::vector<float> outcome, money, propensity;

  decide::uplift::Experiment experiment(const std::vector<float>& y) const {
    return {{x, columns.size()}, columns, arms, arm, y, propensity};
  }
};

/// Reads CSV, TSV, JSON lines, Parquet, gzip or not, in two passes. Fails, naming the column and the row, when a named
/// column is not there, the control does not occur, an outcome or treatment is blank or no number. `parquet` may be null.
base::Result<UpliftTable> read_uplift_table(const std::string& path, const UpliftColumns& columns, port::Parquet* parquet);

}  // namespace app
