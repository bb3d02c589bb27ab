#include "app/uplift_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <unordered_map>

#include "collect/table.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kMostLevels = 20;
constexpr std::size_t kMostArms = 50;
constexpr std::size_t kMostCounted = 5000;  // different values of a column that are told apart

std::string_view trimmed(std::string_view cell) {
  while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
  return cell;
}

bool is_blank(std::string_view cell) {
  return cell.empty() || cell == "NA" || cell == "N/A" || cell == "NaN" || cell == "nan" || cell == "null" || cell == "NULL" || cell == "\\N";
}

std::optional<double> number(std::string_view cell) {
  if (cell == "true" || cell == "True" || cell == "TRUE") return 1;
  if (cell == "false" || cell == "False" || cell == "FALSE") return 0;
  double value = 0;
  const auto [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (problem != std::errc{} || end != cell.data() + cell.size() || !std::isfinite(value) || std::abs(value) > 1e30) return std::nullopt;
  return value;
}

/// What the first pass sees of a column.
struct Seen {
  bool numeric = true, ascending = true;
  std::size_t known = 0;
  double last = -std::numeric_limits<double>::infinity(), low = HUGE_VAL, high = -HUGE_VAL;
  std::unordered_map<std::string, std::size_t> levels;  // up to kMostCounted
  bool too_many = false;

  void add(std::string_view cell) {
    if (is_blank(cell)) return;
    ++known;
    if (numeric) {
      if (const auto value = number(cell)) {
        ascending = ascending && *value > last;
        last = *value;
        low = std::min(low, *value);
        high = std::max(high, *value);
      } else {
        numeric = false;
      }
    }
    if (too_many) return;
    const auto [place, fresh] = levels.try_emplace(std::string{cell}, 0);
    ++place->second;
    too_many = fresh && levels.size() > kMostCounted;
  }
};

/// How a column of the file becomes columns of the matrix.
struct Use {
  enum class Kind : std::uint8_t { none, number, levels } kind = Kind::none;
  std::size_t first = 0;  ///< of the matrix
  std::map<std::string, std::size_t, std::less<>> level;
  std::size_t other = 0;  ///< where rarer levels go; 0 = nowhere
};

Use plan_use(const std::string& name, const Seen& seen, std::size_t rows, UpliftTable& table) {
  const auto leave = [&](const char* why) {
    table.left_out.push_back({name, why});
    return Use{};
  };
  if (seen.known == 0) return leave("empty");
  if (seen.numeric && seen.low == seen.high && seen.known == rows) return leave("constant");
  Use use;
  use.first = table.columns.size();
  if (seen.numeric) {
    if (seen.ascending && seen.known == rows && rows > 20 && seen.low == std::floor(seen.low)) return leave("id");
    use.kind = Use::Kind::number;
    table.columns.push_back(name);
    return use;
  }
  if (seen.too_many || (seen.known > 100 && seen.levels.size() > seen.known / 2)) return leave("id");
  if (seen.levels.size() == 1 && seen.known == rows) return leave("constant");
  std::vector<std::pair<std::string, std::size_t>> levels(seen.levels.begin(), seen.levels.end());
  std::ranges::sort(levels, [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
  use.kind = Use::Kind::levels;
  // Two levels without blanks are one column: the other is what it is not.
  const std::size_t kept = levels.size() == 2 && seen.known == rows ? 1 : std::min(levels.size(), kMostLevels);
  for (std::size_t k = 0; k < kept; ++k) {
    use.level[levels[k].first] = table.columns.size();
    table.columns.push_back(fmt::format("{}={}", name, levels[k].first));
  }
  if (levels.size() > kMostLevels) {
    use.other = table.columns.size();
    table.columns.push_back(fmt::format("{}=…", name));
  }
  return use;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < 12; ++i) text += (i > 0 ? ", '" : "'") + names[i] + "'";
  return names.size() > 12 ? text + ", …" : text;
}

class Reading {
 public:
  Reading(const std::string& path, const UpliftColumns& columns, collect::Table table) : path_{path}, wanted_{columns}, table_{std::move(table)} {}

  Result<UpliftTable> run() {
    WB_ASSIGN(treatment_, find(wanted_.treatment));
    WB_ASSIGN(outcome_, find(wanted_.outcome));
    special_ = {treatment_, outcome_};
    if (!wanted_.money.empty()) {
      WB_ASSIGN(money_, find(wanted_.money));
      special_.push_back(*money_);
    }
    if (!wanted_.propensity.empty()) {
      WB_ASSIGN(propensity_, find(wanted_.propensity));
      special_.push_back(*propensity_);
    }
    for (const std::string& name : wanted_.ignore) {
      WB_ASSIGN(const std::size_t at, find(name));
      special_.push_back(at);
    }
    WB_TRY(look());
    WB_TRY(settle());
    WB_TRY(fill());
    return std::move(result_);
  }

 private:
  Result<std::size_t> find(const std::string& name) const {
    const auto& heading = table_.heading();
    const auto at = std::ranges::find(heading, name);
    if (at == heading.end()) return fail(Code::invalid_input, "{} has no column '{}'; its columns are {}", path_, name, list_of(heading));
    return static_cast<std::size_t>(at - heading.begin());
  }
  Result<void> usable(const collect::RowBatch& batch) const {
    if (batch.bad.empty()) return {};
    const collect::BadRow& bad = batch.bad.front();
    return fail(Code::invalid_input, "{}, line {}: {}", path_, bad.line, bad.reason);
  }

  Result<void> look() {
    seen_.resize(table_.heading().size());
    return table_.read([&](const collect::RowBatch& batch) -> Result<bool> {
      WB_TRY(usable(batch));
      for (std::size_t i = 0; i < batch.rows(); ++i) {
        for (std::size_t j = 0; j < batch.width; ++j) seen_[j].add(trimmed(batch.row(i)[j]));
      }
      rows_ += batch.rows();
      return true;
    });
  }

  Result<void> settle() {
    if (rows_ == 0) return fail(Code::invalid_input, "{} has no rows", path_);
    const Seen& arms = seen_[treatment_];
    if (arms.too_many || arms.levels.size() > kMostArms) {
      return fail(Code::invalid_input, "{}: the column '{}' has {} different values; a treatment has at most {}", path_, wanted_.treatment, arms.too_many ? "thousands of" : fmt::format("{}", arms.levels.size()), kMostArms);
    }
    std::vector<std::string> names;
    for (const auto& [name, count] : arms.levels) names.push_back(name);
    std::ranges::sort(names);
    const auto control = std::ranges::find(names, wanted_.control);
    if (control == names.end()) {
      return fail(Code::invalid_input, "{}: nobody has '{}' in the column '{}'; it holds {}", path_, wanted_.control, wanted_.treatment, list_of(names));
    }
    std::rotate(names.begin(), control, control + 1);
    if (names.size() < 2) {
      return fail(Code::invalid_input, "{}: everybody is in '{}'; an effect needs a treatment and a control", path_, wanted_.control);
    }
    result_.arms = std::move(names);
    use_.resize(seen_.size());
    for (std::size_t j = 0; j < seen_.size(); ++j) {
      if (std::ranges::find(special_, j) == special_.end()) use_[j] = plan_use(table_.heading()[j], seen_[j], rows_, result_);
      seen_[j].levels = {};
    }
    if (result_.columns.empty()) return fail(Code::invalid_input, "{}: no column is left to tell customers apart by", path_);
    return {};
  }

  Result<float> needed(const collect::RowBatch& batch, std::size_t row, std::size_t column) const {
    const std::string_view cell = trimmed(batch.row(row)[column]);
    const auto value = number(cell);
    if (!value) {
      return fail(Code::invalid_input, "{}, line {}: the column '{}' holds '{}' and must hold a number; leave such rows out, or write 0 where nothing came", path_, batch.lines[row], table_.heading()[column], cell);
    }
    return static_cast<float>(*value);
  }

  Result<void> fill() {
    const std::size_t width = result_.columns.size();
    result_.x.assign(rows_ * width, std::numeric_limits<float>::quiet_NaN());
    std::size_t at = 0;
    return table_.read([&](const collect::RowBatch& batch) -> Result<bool> {
      for (std::size_t i = 0; i < batch.rows(); ++i, ++at) {
        if (at >= rows_) return fail(Code::conflict, "{} grew while it was read", path_);
        const auto arm = std::ranges::find(result_.arms, trimmed(batch.row(i)[treatment_]));
        if (arm == result_.arms.end()) {
          return fail(Code::invalid_input, "{}, line {}: the column '{}' is blank; leave rows without an arm out", path_, batch.lines[i], wanted_.treatment);
        }
        result_.arm.push_back(static_cast<std::uint8_t>(arm - result_.arms.begin()));
        WB_ASSIGN(const float outcome, needed(batch, i, outcome_));
        result_.outcome.push_back(outcome);
        if (money_) {
          WB_ASSIGN(const float money, needed(batch, i, *money_));
          result_.money.push_back(money);
        }
        if (propensity_) {
          WB_ASSIGN(const float p, needed(batch, i, *propensity_));
          result_.propensity.push_back(p);
        }
        for (std::size_t j = 0; j < use_.size(); ++j) put(use_[j], trimmed(batch.row(i)[j]), &result_.x[at * width]);
      }
      return true;
    });
  }

  static void put(const Use& use, std::string_view cell, float* row) {
    if (use.kind == Use::Kind::none || is_blank(cell)) return;
    if (use.kind == Use::Kind::number) {
      row[use.first] = static_cast<float>(*number(cell));
      return;
    }
    for (const auto& [name, column] : use.level) row[column] = name == cell ? 1.0F : 0.0F;
    if (use.other != 0) row[use.other] = use.level.contains(cell) ? 0.0F : 1.0F;
  }

  const std::string& path_;
  const UpliftColumns& wanted_;
  collect::Table table_;
  std::size_t treatment_ = 0, outcome_ = 0;
  std::optional<std::size_t> money_, propensity_;
  std::vector<std::size_t> special_;
  std::size_t rows_ = 0;
  std::vector<Seen> seen_;
  std::vector<Use> use_;
  UpliftTable result_;
};

}  // namespace

Result<UpliftTable> read_uplift_table(const std::string& path, const UpliftColumns& columns, port::Parquet* parquet) {
  WB_ASSIGN(auto table, collect::Table::open(path, {}, parquet));
  return Reading{path, columns, std::move(table)}.run();
}

}  // namespace app
