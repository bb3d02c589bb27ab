#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace golden {

/// The Telco file: words one column a level, a blank TotalCharges 0; outcomes of the second file are never read.
struct Telco {
  std::vector<std::string> columns;
  std::vector<float> x;     ///< row by row
  std::vector<float> left;  ///< Churn = Yes
  std::size_t rows() const { return left.size(); }
};
Telco read_telco(const std::filesystem::path& file);

/// Fold of each row, 0 … folds − 1, the share of leavers alike in all.
std::vector<std::uint8_t> stratified_folds(const std::vector<float>& left, unsigned folds, std::uint64_t seed);

}  // namespace golden
