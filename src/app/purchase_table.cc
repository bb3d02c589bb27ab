#include "app/purchase_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <set>

#include "collect/import.h"
#include "understand/model_choice.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;

namespace {

/// Splits a line of plain numbers at commas, semicolons, tabs or blanks.
std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> cells;
  const bool blanks = line.find_first_of(",;\t") == std::string_view::npos;
  const std::string_view marks = blanks ? " " : ",;\t";
  std::size_t at = 0;
  while (at <= line.size()) {
    const std::size_t end = std::min(line.find_first_of(marks, at), line.size());
    if (!(blanks && end == at)) cells.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  for (std::string_view& cell : cells) {
    while (!cell.empty() && (cell.front() == ' ' || cell.front() == '"')) cell.remove_prefix(1);
    while (!cell.empty() && (cell.back() == ' ' || cell.back() == '"' || cell.back() == '\r')) cell.remove_suffix(1);
  }
  return cells;
}

std::string lower(std::string_view text) {
  std::string result;
  for (const char c : text) result += c >= 'A' && c <= 'Z' && c != 'T' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

enum Role : std::size_t { role_x, role_t_x, role_T, role_weight, role_litt, role_x_star, role_mean, role_id, kRoles };

Role role_of(const std::string& name) {
  if (name == "x" || name == "frequency") return role_x;
  if (name == "t_x" || name == "t.x" || name == "recency" || name == "tx") return role_t_x;
  if (name == "T" || name == "T_cal" || name == "T.cal" || name == "n.cal" || name == "n_cal") return role_T;
  if (name == "weight" || name == "custs" || name == "customers") return role_weight;
  if (name == "litt" || name == "log_gaps") return role_litt;
  if (name.starts_with("x_star") || name.starts_with("x.star")) return role_x_star;
  if (name == "zbar" || name == "m_x" || name == "monetary_value" || name == "mean_repeat_spend" || name == "mean_amount") return role_mean;
  if (name == "id" || name == "customer_id" || name == "cust") return role_id;
  return kRoles;
}

double units_of(const std::string& unit) {
  return unit == "week" ? 365.25 / 7 : unit == "month" ? 12 : unit == "year" ? 1 : 365.25;
}

}  // namespace

Result<std::size_t> PurchaseTable::row_of(const std::string& customer) const {
  if (!id.empty()) {
    const auto at = std::find(id.begin(), id.end(), customer);
    if (at != id.end()) return static_cast<std::size_t>(at - id.begin());
    return fail(Code::not_found, "{} has no customer '{}'", source, customer);
  }
  std::size_t row = 0;
  const auto [end, problem] = std::from_chars(customer.data(), customer.data() + customer.size(), row);
  if (problem != std::errc{} || end != customer.data() + customer.size() || row < 1 || row > histories.size()) {
    return fail(Code::not_found, "{} has no column of ids, so --customer takes a row from 1 to {}, not '{}'", source, histories.size(), customer);
  }
  return row - 1;
}

stats::Spending PurchaseTable::spending() const {
  stats::Spending out;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    if (!(paid[i] >= 1) || !(mean[i] > 0) || !std::isfinite(mean[i])) continue;
    out.x.push_back(paid[i]);
    out.mean.push_back(mean[i]);
    if (!histories.weight.empty()) out.weight.push_back(histories.weight[i]);
  }
  return out;
}

Result<PurchaseTable> read_purchase_table(const std::string& file, const std::string& unit) {
  std::ifstream in{file};
  if (!in) return fail(Code::not_found, "the summary {} cannot be read", file);
  std::string line;
  if (!std::getline(in, line)) return fail(Code::invalid_input, "{} is empty", file);
  if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
  int columns[kRoles];
  std::fill(std::begin(columns), std::end(columns), -1);
  int column = 0;
  for (const std::string_view cell : split(line)) {
    const Role role = role_of(lower(cell));
    if (role != kRoles) columns[role] = column;
    ++column;
  }
  if (columns[role_x] < 0 || columns[role_t_x] < 0 || columns[role_T] < 0) {
    return fail(Code::invalid_input, "{}, line 1: the heading must name x, t_x and T (or frequency, recency and T); it reads '{}'", file, line);
  }
  PurchaseTable table{.source = file, .units_per_year = units_of(unit)};
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    if (line.empty() || line == "\r") continue;
    const auto cells = split(line);
    double values[kRoles] = {0, 0, 0, 1, 0, 0, 0, 0};
    for (std::size_t k = 0; k < kRoles; ++k) {
      if (columns[k] < 0) continue;
      const std::string_view cell = static_cast<std::size_t>(columns[k]) < cells.size() ? cells[static_cast<std::size_t>(columns[k])] : std::string_view{};
      if (k == role_id) {
        table.id.emplace_back(cell);
        continue;
      }
      const auto [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), values[k]);
      if (problem != std::errc{} || end != cell.data() + cell.size() || std::isnan(values[k])) {
        return fail(Code::invalid_input, "{}, line {}, column {}: '{}' is no number", file, number, columns[k] + 1, cell);
      }
    }
    const stats::History h{values[role_x], values[role_t_x], values[role_T], values[role_litt]};
    columns[role_litt] >= 0 ? table.histories.add_with_gaps(h, values[role_weight]) : table.histories.add(h, values[role_weight]);
    if (columns[role_x_star] >= 0) table.held_out.push_back(values[role_x_star]);
    if (columns[role_mean] >= 0) {
      table.paid.push_back(values[role_x]);
      table.mean.push_back(values[role_mean]);
    }
  }
  return table;
}

Result<PurchaseTable> read_workspace_purchases(Context& context, const std::string& as_of, double period, double holdout) {
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_ASSIGN(const understand::Extent extent, understand::order_extent(*warehouse));
  if (extent.lines == 0) return fail(Code::not_found, "there are no orders yet; bring some in with `winback import orders FILE`");
  base::Day day = extent.last_day;
  if (!as_of.empty()) {
    WB_ASSIGN(day, base::parse_day(as_of));
  }
  WB_ASSIGN(const understand::Histories all, understand::load_histories(*warehouse, day));
  PurchaseTable table{.source = "the workspace"};
  const std::int32_t until = base::day_number(day);
  const std::int32_t cut = until - static_cast<std::int32_t>(holdout * (period > 0 ? period : 1));
  if (period > 0) table.units_per_year = 365.25 / period;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::int32_t first = all.first_day(i);
    if (first > cut) continue;
    stats::History h;
    double came = 0, sum = 0, paid = 0;
    std::set<std::int32_t> occasions;
    std::int32_t last = first;
    const double length = period > 0 ? std::floor((cut - first) / period) : 0;
    for (std::size_t k = all.begin(i); k < all.end(i); ++k) {
      const std::int32_t at = all.day[k];
      if (at <= cut && all.amount[k] > 0) {
        sum += all.amount[k];
        paid += 1;
      }
      if (at == first) continue;
      if (period > 0) {
        occasions.insert(static_cast<std::int32_t>(std::ceil((at - first) / period)));
      } else if (at > cut) {
        ++came;
      } else {
        ++h.x;
        h.log_gaps += std::log(static_cast<double>(at - last));
        last = at;
      }
    }
    h.t_x = last - first;
    h.T = cut - first;
    if (period > 0) {
      h.T = length;
      for (const std::int32_t occasion : occasions) {
        if (occasion > length) {
          came += occasion <= length + holdout ? 1 : 0;
        } else {
          ++h.x;
          h.t_x = occasion;
        }
      }
    }
    period > 0 ? table.histories.add(h) : table.histories.add_with_gaps(h);
    table.id.emplace_back(all.customer_id[i]);
    table.paid.push_back(paid);
    table.mean.push_back(paid > 0 ? sum / paid : 0);
    if (holdout > 0) table.held_out.push_back(came);
  }
  if (table.histories.size() == 0) return fail(Code::not_found, "no customer bought anything up to {}", base::to_string(base::day_from_number(cut)));
  return table;
}

Result<double> days_of(const std::string& text) {
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
  if (problem != std::errc{} || !(value > 0) || value > 1e6 || !(unit.empty() || unit == "d" || unit == "w")) {
    return fail(Code::invalid_input, "'{}' is no length of time; write 39w or 273d", text);
  }
  return unit == "w" ? 7 * value : value;
}

}  // namespace app
