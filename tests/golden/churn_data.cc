#include "tests/golden/churn_data.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>

#include "base/random.h"

namespace golden {
namespace {

std::vector<std::string> cells_of(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == ',') cells.emplace_back();
    else cells.back() += c;
  }
  return cells;
}

}  // namespace

Telco read_telco(const std::filesystem::path& file) {
  std::ifstream in{file};
  if (!in) throw std::runtime_error("cannot read " + file.string());
  std::string line;
  std::getline(in, line);
  const auto heading = cells_of(line);
  std::vector<std::vector<std::string>> rows;
  while (std::getline(in, line)) {
    if (!line.empty()) rows.push_back(cells_of(line));
  }
  const std::set<std::string> numbers = {"SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges"};
  Telco t;
  struct Source {
    std::size_t column;
    std::string level;  // empty: the number itself
  };
  std::vector<Source> sources;
  for (std::size_t j = 0; j < heading.size(); ++j) {
    if (heading[j] == "customerID" || heading[j] == "Churn") continue;
    if (numbers.contains(heading[j])) {
      sources.push_back({j, ""});
      t.columns.push_back(heading[j]);
      continue;
    }
    std::set<std::string> levels;
    for (const auto& row : rows) levels.insert(row[j]);
    for (const std::string& level : levels) {
      sources.push_back({j, level});
      t.columns.push_back(heading[j] + "=" + level);
    }
  }
  const auto outcome = static_cast<std::size_t>(std::ranges::find(heading, "Churn") - heading.begin());
  for (const auto& row : rows) {
    for (const Source& s : sources) {
      const std::string& cell = row[s.column];
      if (!s.level.empty()) t.x.push_back(cell == s.level ? 1.0F : 0.0F);
      else t.x.push_back(cell.find_first_not_of(' ') == cell.npos ? 0.0F : std::stof(cell));
    }
    t.left.push_back(row[outcome] == "Yes" ? 1.0F : 0.0F);
  }
  return t;
}

std::vector<std::uint8_t> stratified_folds(const std::vector<float>& left, unsigned folds, std::uint64_t seed) {
  std::vector<std::uint8_t> fold(left.size());
  for (const bool leaver : {false, true}) {
    std::vector<std::pair<std::uint64_t, std::size_t>> order;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if ((left[i] > 0.5F) == leaver) order.emplace_back(base::stable_hash(std::to_string(i), seed), i);
    }
    std::ranges::sort(order);
    for (std::size_t k = 0; k < order.size(); ++k) fold[order[k].second] = static_cast<std::uint8_t>(k % folds);
  }
  return fold;
}

}  // namespace golden
