#include <cmath>
#include <cstdio>
#include <limits>

#include <nlohmann/json.hpp>

#include "app/purchase_table.h"
#include "app/terminal.h"
#include "app/verbs.h"
#include "stats/predict.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using Json = nlohmann::ordered_json;
using stats::Estimate;
using stats::Question;

namespace {

constexpr double kConfidence = 0.95;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json json_of(const Estimate& e) {
  return {{"value", number(e.value)}, {"standard_error", number(e.standard_error)}, {"low", number(e.low)}, {"high", number(e.high)}};
}

std::string text_of(double value) { return std::isfinite(value) ? fmt::format("{:.4g}", value) : "unknown"; }

/// What is said of one customer, line by line.
struct Said {
  std::string name;   ///< as a JSON key
  std::string words;
  Estimate estimate;
};

struct Answers {
  std::vector<Said> said;
  stats::Interval bought;   ///< where the purchases ahead will really lie
  bool has_bought = false;
};

/// Time ahead in the table's units.
Result<double> time_ahead(const FitOptions& options, const PurchaseTable& table, const std::string& as_of) {
  if (!options.until.empty()) {
    if (!options.summary.empty() || as_of.empty()) {
      return fail(Code::invalid_input, "--until is a date and goes with the workspace's orders and --as-of; for a table give --ahead in its own units");
    }
    WB_ASSIGN(const base::Day end, base::parse_day(options.until));
    WB_ASSIGN(const base::Day start, base::parse_day(as_of));
    const double days = base::day_number(end) - base::day_number(start);
    if (!(days > 0)) return fail(Code::invalid_input, "--until {} does not lie after --as-of {}", options.until, as_of);
    return options.model == "bg_bb" ? std::floor(days / options.period) : days;
  }
  if (options.ahead) return *options.ahead;
  return std::max(1.0, std::round(table.units_per_year));
}

Result<Answers> answer_for(const FitOptions& options, const PurchaseTable& table, const stats::PurchaseFit& fit, std::size_t row, double ahead) {
  Answers out;
  const stats::History h = table.histories.at(row);
  // the first purchase proves nothing about staying: in BG/NBD nobody can have left before a repeat purchase
  const bool shown = !(h.x == 0 && (fit.family == stats::PurchaseFamily::bg_nbd || fit.family == stats::PurchaseFamily::bg_cnbd_k)) &&
                     fit.family != stats::PurchaseFamily::nbd;
  if (shown) out.said.push_back({"alive", "chance of still being a customer", predict(fit, h, {Question::What::alive}, kConfidence)});
  out.said.push_back({"expected_purchases", "expected purchases", predict(fit, h, {Question::What::expected, ahead}, kConfidence)});
  out.said.push_back({"any_purchase", "chance of a purchase", predict(fit, h, {Question::What::any_purchase, ahead}, kConfidence)});
  const double rate = stats::continuous_rate(options.discount, table.units_per_year);
  const double horizon = options.horizon.value_or(std::numeric_limits<double>::infinity());
  const bool finite = rate > 0 || std::isfinite(horizon);
  if (finite) {
    out.said.push_back({"discounted_purchases", "discounted future purchases",
                        predict(fit, h, {Question::What::discounted, horizon, rate}, kConfidence)});
  }
  if (const stats::Spending spending = table.spending(); finite && spending.x.size() >= 2) {
    if (const auto money = stats::fit_gamma_gamma(spending)) {
      const stats::ValueTerms terms{.margin = options.margin, .yearly_percent = options.discount, .units_per_year = table.units_per_year, .horizon = horizon};
      out.said.push_back({"value", "discounted future contribution",
                          customer_value(fit, *money, h, table.paid[row], table.mean[row], terms, kConfidence)});
    }
  }
  out.bought = stats::future_purchases(fit.model(), h, ahead, kConfidence);
  out.has_bought = true;
  return out;
}

struct Report {
  std::string model;
  std::vector<std::string> names;
  stats::FitReport fit;
  int k = 0;  ///< 0: the model has none
  bool purchases = true;
  Answers answers;
};

Json to_json(const Report& r, const FitOptions& options, double ahead) {
  Json parameters = Json::object();
  for (std::size_t k = 0; k < r.names.size(); ++k) {
    parameters[r.names[k]] = {{"value", r.fit.parameters[k]}, {"standard_error", number(r.fit.standard_errors[k])}};
  }
  Json json = {{"model", r.model}, {"customers", r.fit.customers}, {"distinct_histories", r.fit.unique_rows}, {"parameters", parameters},
               {"log_likelihood", r.fit.log_likelihood}};
  if (r.k > 0) json["k"] = r.k;
  if (r.purchases) {
    const stats::DropoutTest test = stats::dropout_test(r.fit);
    json["nbd_log_likelihood"] = r.fit.nbd_log_likelihood;
    json["dropout_test"] = {{"statistic", test.statistic}, {"p_value", test.p_value}};
  }
  json.update({{"converged", r.fit.converged}, {"boundary", std::string{stats::name_of(r.fit.boundary)}}, {"iterations", r.fit.iterations},
               {"gradient_norm", r.fit.gradient_norm}, {"starts", r.fit.starts}, {"starts_agree", r.fit.starts_agree}});
  if (options.customer.empty()) return json;
  Json customer = {{"id", options.customer}, {"confidence", kConfidence}};
  if (r.purchases) customer["ahead"] = ahead;
  for (const Said& said : r.answers.said) customer[said.name] = json_of(said.estimate);
  if (r.answers.has_bought) customer["purchases_will_lie_in"] = {r.answers.bought.low, r.answers.bought.high};
  json["customer"] = std::move(customer);
  return json;
}

std::string to_text(const Report& r, const FitOptions& options, double ahead) {
  TextTable table{{{"parameter"}, {"estimate", true}, {"standard error", true}}};
  for (std::size_t k = 0; k < r.names.size(); ++k) {
    table.add({r.names[k], fmt::format("{:.6g}", r.fit.parameters[k]), text_of(r.fit.standard_errors[k])});
  }
  std::string text = fmt::format("{}: {:.0f} customers, {} distinct histories\n\n{}\n", r.model, r.fit.customers, r.fit.unique_rows, table.str());
  if (r.k > 0) text += fmt::format("k  {} (by likelihood)\n", r.k);
  text += fmt::format("log-likelihood  {:.4f}", r.fit.log_likelihood);
  if (r.purchases && r.model != "nbd") {
    const stats::DropoutTest test = stats::dropout_test(r.fit);
    text += fmt::format(" (without anybody leaving {:.4f}; likelihood ratio {:.2f}, p {})", r.fit.nbd_log_likelihood, test.statistic,
                        test.p_value < 1e-4 ? "< 0.0001" : fmt::format("= {:.4f}", test.p_value));
  }
  text += "\n";
  if (r.fit.boundary == stats::Boundary::no_dropout) text += "no dropout identified: the data fit no worse without anybody leaving\n";
  if (r.fit.boundary == stats::Boundary::edge) text += "a parameter ran to the edge of its range: customers hardly differ in it\n";
  text += fmt::format("{} after {} evaluations, largest gradient {:.2g}; {} start{}{}\n", r.fit.converged ? "converged" : "NOT converged",
                      r.fit.iterations, r.fit.gradient_norm, r.fit.starts, r.fit.starts == 1 ? "" : "s",
                      r.fit.starts_agree ? "" : ", which do not agree: treat the estimates with care");
  if (options.customer.empty()) return text;
  text += r.purchases ? fmt::format("\ncustomer {}, the next {:g} time units (95 % intervals for the error of the estimates):\n", options.customer, ahead)
                      : fmt::format("\ncustomer {} (95 % interval for the error of the estimates):\n", options.customer);
  TextTable customer{{{""}, {"estimate", true}, {"low", true}, {"high", true}}};
  for (const Said& said : r.answers.said) {
    customer.add({said.words, text_of(said.estimate.value), text_of(said.estimate.low), text_of(said.estimate.high)});
  }
  text += customer.str();
  if (r.answers.has_bought) text += fmt::format("\npurchases will lie in {:g} to {:g} (95 %)\n", r.answers.bought.low, r.answers.bought.high);
  return text;
}

Result<PurchaseTable> table_of(const CommonOptions& common, const FitOptions& options) {
  if (!options.summary.empty()) return read_purchase_table(options.summary, options.unit.empty() ? "week" : options.unit);
  WB_ASSIGN(const auto context, Context::open(common, false));
  return read_workspace_purchases(*context, options.as_of, options.model == "bg_bb" ? options.period : 0, 0);
}

}  // namespace

Result<void> run_fit(const CommonOptions& common, const FitOptions& options) {
  WB_ASSIGN(const PurchaseTable table, table_of(common, options));
  Report report{.model = options.model};
  double ahead = 0;
  std::size_t row = 0;
  if (!options.customer.empty()) {
    WB_ASSIGN(row, table.row_of(options.customer));
  }
  if (options.model == "gamma_gamma") {
    report.purchases = false;
    report.names = {"p", "q", "gamma"};
    const stats::Spending spending = table.spending();
    if (spending.x.empty()) {
      return fail(Code::invalid_input, "{} has no mean amounts; a spending model needs a column zbar or monetary_value, or orders with amounts", table.source);
    }
    WB_ASSIGN(report.fit, stats::fit_gamma_gamma(spending));
    if (!options.customer.empty()) {
      const auto spend = [&](std::span<const double> p) { return stats::expected_spend(stats::gamma_gamma_of(p), table.paid[row], table.mean[row]); };
      report.answers.said.push_back({"expected_spend", "expected amount of an order", stats::delta_method(report.fit, spend, kConfidence)});
    }
  } else {
    const auto unique = stats::UniqueHistories::from(table.histories);
    if (!unique) return fail(Code::invalid_input, "{}: {}", table.source, unique.error().message);
    const auto family = *stats::purchase_family(options.model);
    WB_ASSIGN(const stats::PurchaseFit fit, stats::fit_purchases(family, *unique));
    report.fit = fit.report;
    report.names = stats::parameter_names(family);
    if (family == stats::PurchaseFamily::bg_cnbd_k || family == stats::PurchaseFamily::mbg_cnbd_k) report.k = fit.k;
    if (!options.customer.empty()) {
      WB_ASSIGN(ahead, time_ahead(options, table, options.as_of));
      WB_ASSIGN(report.answers, answer_for(options, table, fit, row, ahead));
    }
  }
  const std::string text = common.json ? to_json(report, options, ahead).dump(2) + "\n" : to_text(report, options, ahead);
  std::fputs(text.c_str(), stdout);
  return {};
}

}  // namespace app
