#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "app/terminal.h"
#include "app/verbs.h"
#include "stats/bg_nbd.h"
#include "stats/pareto_nbd.h"

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

/// A table of x, t_x, T with a heading that names them (also frequency, recency, T; T.cal; t.x).
Result<stats::Histories> read_summary(const std::string& file) {
  std::ifstream in{file};
  if (!in) return fail(Code::not_found, "the summary {} cannot be read", file);
  std::string line;
  if (!std::getline(in, line)) return fail(Code::invalid_input, "{} is empty", file);
  if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
  int x = -1, t_x = -1, T = -1, weight = -1, column = 0;
  for (const std::string_view cell : split(line)) {
    const std::string name = lower(cell);
    if (name == "x" || name == "frequency") x = column;
    if (name == "t_x" || name == "t.x" || name == "recency" || name == "tx") t_x = column;
    if (name == "T" || name == "T_cal" || name == "T.cal") T = column;
    if (name == "weight" || name == "custs" || name == "customers") weight = column;
    ++column;
  }
  if (x < 0 || t_x < 0 || T < 0) {
    return fail(Code::invalid_input, "{}, line 1: the heading must name x, t_x and T (or frequency, recency and T); it reads '{}'", file, line);
  }
  stats::Histories result;
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    if (line.empty() || line == "\r") continue;
    const auto cells = split(line);
    double values[4] = {0, 0, 0, 1};
    const int columns[4] = {x, t_x, T, weight};
    for (int k = 0; k < 4; ++k) {
      if (columns[k] < 0) continue;
      const std::string_view cell = static_cast<std::size_t>(columns[k]) < cells.size() ? cells[static_cast<std::size_t>(columns[k])] : std::string_view{};
      const auto [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), values[k]);
      if (problem != std::errc{} || end != cell.data() + cell.size()) {
        return fail(Code::invalid_input, "{}, line {}, column {}: '{}' is no number", file, number, columns[k] + 1, cell);
      }
    }
    result.add({values[0], values[1], values[2]}, values[3]);
  }
  return result;
}

}  // namespace

Result<void> run_fit(const CommonOptions& common, const FitOptions& options) {
  WB_ASSIGN(const stats::Histories histories, read_summary(options.summary));
  const auto unique = stats::UniqueHistories::from(histories);
  if (!unique) return fail(Code::invalid_input, "{}: {}", options.summary, unique.error().message);
  const bool bg = options.model == "bg_nbd";
  WB_ASSIGN(const stats::FitReport fit, bg ? stats::fit_bg_nbd(*unique) : stats::fit_pareto_nbd(*unique));
  const std::vector<std::string> names = bg ? std::vector<std::string>{"r", "alpha", "a", "b"} : std::vector<std::string>{"r", "alpha", "s", "beta"};
  if (common.json) {
    nlohmann::ordered_json parameters = nlohmann::ordered_json::object();
    for (std::size_t k = 0; k < names.size(); ++k) {
      const double error = fit.standard_errors[k];
      parameters[names[k]] = {{"value", fit.parameters[k]}, {"standard_error", std::isfinite(error) ? nlohmann::ordered_json(error) : nlohmann::ordered_json(nullptr)}};
    }
    const nlohmann::ordered_json json = {{"model", options.model},
                                         {"customers", fit.customers},
                                         {"distinct_histories", fit.unique_rows},
                                         {"parameters", parameters},
                                         {"log_likelihood", fit.log_likelihood},
                                         {"nbd_log_likelihood", fit.nbd_log_likelihood},
                                         {"converged", fit.converged},
                                         {"boundary", std::string{stats::name_of(fit.boundary)}},
                                         {"iterations", fit.iterations},
                                         {"gradient_norm", fit.gradient_norm},
                                         {"starts", fit.starts},
                                         {"starts_agree", fit.starts_agree}};
    std::fputs((json.dump(2) + "\n").c_str(), stdout);
    return {};
  }
  TextTable table{{{"parameter"}, {"estimate", true}, {"standard error", true}}};
  for (std::size_t k = 0; k < names.size(); ++k) {
    table.add({names[k], fmt::format("{:.6g}", fit.parameters[k]),
               std::isfinite(fit.standard_errors[k]) ? fmt::format("{:.4g}", fit.standard_errors[k]) : "unknown"});
  }
  std::string text = fmt::format("{}: {:.0f} customers, {} distinct histories\n\n{}\nlog-likelihood  {:.4f} (NBD without dropout {:.4f})\n",
                                 options.model, fit.customers, fit.unique_rows, table.str(), fit.log_likelihood, fit.nbd_log_likelihood);
  if (fit.boundary == stats::Boundary::no_dropout) text += "no dropout identified: the data fit no worse without anybody leaving\n";
  if (fit.boundary == stats::Boundary::edge) text += "a parameter ran to the edge of its range: customers hardly differ in it\n";
  text += fmt::format("{} after {} evaluations, largest gradient {:.2g}; {} start{}{}\n", fit.converged ? "converged" : "NOT converged",
                      fit.iterations, fit.gradient_norm, fit.starts, fit.starts == 1 ? "" : "s",
                      fit.starts_agree ? "" : ", which do not agree: treat the estimates with care");
  std::fputs(text.c_str(), stdout);
  return {};
}

}  // namespace app
