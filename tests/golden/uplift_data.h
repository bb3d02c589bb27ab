#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "decide/uplift/experiment.h"

namespace golden {

/// A read campaign with everything it borrows. Arm 0 is the control.
struct Campaign {
  std::vector<std::string> columns, arms;
  std::vector<float> x;
  std::vector<std::uint8_t> arm;
  std::vector<float> visit, conversion, spend;
  std::vector<double> history, recency, row_id;

  decide::uplift::Experiment experiment(const std::vector<float>& outcome) const {
    return {{x, columns.size()}, columns, arms, arm, outcome, {}};
  }
};

/// The Hillstrom file: categories one column a level. `only` keeps that arm and the control.
Campaign read_hillstrom(const std::filesystem::path& file, const std::string& only = {});

/// One IHDP replicate; `effect` is the truth.
struct Ihdp {
  Campaign campaign;  ///< the outcome is `spend`
  std::vector<double> effect;
};
Ihdp read_ihdp(const std::filesystem::path& file);

}  // namespace golden
