#include "understand/value.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <variant>

#include "stats/chunks.h"
#include "stats/gamma_gamma.h"
#include "stats/purchase_model.h"
#include "understand/features.h"
#include "understand/model_choice.h"

namespace understand {
namespace {

constexpr std::size_t kMostForSpend = 200000;

model::ModelFit as_reported(std::string name, const std::vector<std::string>& names, const stats::FitReport& report) {
  model::ModelFit fit;
  fit.name = std::move(name);
  for (std::size_t k = 0; k < names.size(); ++k) fit.parameters.emplace_back(names[k], report.parameters[k]);
  fit.standard_errors = report.standard_errors;
  fit.log_likelihood = report.log_likelihood;
  fit.converged = report.converged;
  fit.dropout_identified = report.boundary != stats::Boundary::no_dropout;
  fit.note = report.boundary == stats::Boundary::none ? (report.starts_agree ? "" : "starts_disagree")
                                                      : std::string{stats::name_of(report.boundary)};
  return fit;
}

/// What is expected of one history, in days.
struct Expected {
  double any = 0;       ///< chance of a purchase within the horizon
  double orders = 0;    ///< within the horizon
  double year = 0;
  double lost_90 = 0;   ///< orders of 90 days: had the customer just bought, less as things are
};

template <class Model>
Expected expected_of(const Model& m, const stats::History& h, double horizon) {
  const stats::History just_bought{h.x, h.t_x, h.t_x};
  Expected e;
  e.any = stats::any_purchase(m, h, horizon);
  e.orders = stats::expected_purchases(m, h, horizon);
  e.year = stats::expected_purchases(m, h, 365);
  e.lost_90 = std::max(0.0, stats::expected_purchases(m, just_bought, 90) - stats::expected_purchases(m, h, 90));
  return e;
}

std::vector<Expected> expect_all(const stats::UniqueHistories& unique, const stats::PurchaseFit& fit, double horizon) {
  std::vector<Expected> result(unique.size());
  std::visit(
      [&](const auto& model) {
        stats::for_chunks(unique.size(), {}, [&](std::size_t, std::size_t begin, std::size_t end) {
          for (std::size_t row = begin; row < end; ++row) result[row] = expected_of(model, unique.rows().at(row), horizon);
        });
      },
      fit.model());
  return result;
}

/// The chosen model fitted on everybody; when that does not converge the next best, then Pareto/NBD and BG/NBD.
std::optional<stats::PurchaseFit> fit_chosen(const stats::UniqueHistories& unique, const ModelChoice& choice, model::Shop& shop) {
  std::vector<stats::PurchaseFamily> order{choice.family};
  for (const stats::Judgement& judged : choice.table) order.push_back(judged.fit.family);
  order.push_back(stats::PurchaseFamily::pareto_nbd);
  order.push_back(stats::PurchaseFamily::bg_nbd);
  for (std::size_t k = 0; k < order.size(); ++k) {
    if (std::find(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(k), order[k]) != order.begin() + static_cast<std::ptrdiff_t>(k)) continue;
    auto fit = stats::fit_purchases(order[k], unique);
    if (!fit) continue;
    const std::string name{stats::name_of(order[k])};
    model::ModelFit report = as_reported(name, stats::parameter_names(order[k]), fit->report);
    if (fit->k > 1) report.parameters.emplace_back("k", fit->k);
    shop.fits.push_back(std::move(report));
    if (!fit->report.converged) continue;
    shop.purchase_model = name;
    return *std::move(fit);
  }
  return std::nullopt;
}

/// Mean amount and its error for each customer, by gamma-gamma over all purchase days with money in them.
void fill_baskets(const Histories& histories, model::Profiles& profiles, model::Shop& shop) {
  stats::Spending spending;
  double total = 0, days = 0;
  const std::size_t step = std::max<std::size_t>(1, histories.size() / kMostForSpend);
  std::vector<double> mean(histories.size(), 0), count(histories.size(), 0);
  for (std::size_t i = 0; i < histories.size(); ++i) {
    double sum = 0, paid = 0;
    for (std::size_t k = histories.begin(i); k < histories.end(i); ++k) {
      if (histories.amount[k] <= 0) continue;
      sum += histories.amount[k];
      paid += 1;
    }
    total += sum;
    days += paid;
    count[i] = paid;
    mean[i] = paid > 0 ? sum / paid : 0;
    if (i % step == 0 && paid > 0) {
      spending.x.push_back(paid);
      spending.mean.push_back(mean[i]);
    }
  }
  shop.amounts_known = days > 0;
  const double average = days > 0 ? total / days : 0;
  std::optional<stats::GammaGamma> model;
  if (spending.x.size() >= 30) {
    if (const auto fit = stats::fit_gamma_gamma(spending)) {
      shop.fits.push_back(as_reported("gamma_gamma", {"p", "q", "gamma"}, *fit));
      if (fit->converged && std::isfinite(stats::expected_spend(stats::gamma_gamma_of(*fit), 1, average))) {
        model = stats::gamma_gamma_of(*fit);
      }
    }
  }
  for (std::size_t i = 0; i < histories.size(); ++i) {
    // Who sent everything back is expected to bring nothing; who never paid (files without amounts) says nothing.
    const bool sent_back = count[i] == 0 && histories.returned[i] > 0;
    double basket = sent_back ? 0 : count[i] > 0 ? mean[i] : average;
    double sd = count[i] > 0 ? basket / std::sqrt(count[i] + 1) : basket;
    if (model && !sent_back) {
      const double shape = model->p * count[i] + model->q;  // the posterior of the customer's own mean is p / Γ(shape, …)
      const double expected = stats::expected_spend(*model, count[i], mean[i]);
      if (std::isfinite(expected)) {
        basket = expected;
        sd = shape > 2.05 ? expected / std::sqrt(shape - 2) : expected;
      }
    }
    profiles.expected_basket[i] = basket;
    profiles.basket_sd[i] = std::min(sd, basket);
  }
}

}  // namespace

void fill_value(const Histories& histories, std::int32_t horizon, model::Profiles& profiles, model::Shop& shop) {
  fill_baskets(histories, profiles, shop);
  const Summaries summaries = summaries_at(histories, base::day_number(histories.as_of));
  const auto unique = stats::UniqueHistories::from(summaries.data);
  if (!unique) return;
  const ModelChoice choice = choose_model(histories, base::day_number(histories.as_of));
  shop.purchase_model_judged = choice.judged;
  const std::optional<stats::PurchaseFit> fit = fit_chosen(*unique, choice, shop);
  const std::vector<Expected> expected = fit ? expect_all(*unique, *fit, horizon) : std::vector<Expected>(unique->size());
  for (std::size_t c = 0; c < summaries.row.size(); ++c) {
    const std::size_t i = summaries.row[c];
    const double chance = profiles.return_chance[i];
    const Expected& e = expected[unique->row_of()[c]];
    // The learned chance corrects the model's: expected orders are scaled alike, within reason.
    const double scale = e.any > 1e-9 ? std::clamp(chance / e.any, 0.2, 5.0) : 1;
    const double per_return = e.any > 1e-9 ? std::max(1.0, e.orders / e.any) : 1;
    profiles.expected_orders[i] = chance * per_return;
    profiles.expected_year[i] =
        std::max(e.year * scale, profiles.expected_orders[i]) * profiles.expected_basket[i];
    profiles.loss_90[i] = e.lost_90 * profiles.expected_basket[i];
  }
}

}  // namespace understand
