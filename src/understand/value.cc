#include "understand/value.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <thread>

#include "stats/bg_nbd.h"
#include "stats/gamma_gamma.h"
#include "stats/pareto_nbd.h"
#include "understand/features.h"

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

std::vector<Expected> expect_all(const stats::UniqueHistories& unique, const std::optional<stats::FitReport>& pareto,
                                 const std::optional<stats::FitReport>& bg, double horizon) {
  std::vector<Expected> result(unique.size());
  const auto work = [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const stats::History h = unique.rows().at(row);
      if (pareto) {
        result[row] = expected_of(stats::pareto_nbd_of(*pareto), h, horizon);
      } else if (bg) {
        result[row] = expected_of(stats::bg_nbd_of(*bg), h, horizon);
      }
    }
  };
  const std::size_t half = unique.size() / 2;
  std::jthread other{work, 0, half};
  work(half, unique.size());
  other.join();
  return result;
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
  std::optional<stats::FitReport> pareto, bg;
  if (auto fit = stats::fit_pareto_nbd(*unique)) {
    shop.fits.push_back(as_reported("pareto_nbd", {"r", "alpha", "s", "beta"}, *fit));
    if (fit->converged) pareto = std::move(*fit);
  }
  if (auto fit = stats::fit_bg_nbd(*unique)) {
    shop.fits.push_back(as_reported("bg_nbd", {"r", "alpha", "a", "b"}, *fit));
    if (fit->converged) bg = std::move(*fit);
  }
  const std::vector<Expected> expected = expect_all(*unique, pareto, bg, horizon);
  for (std::size_t c = 0; c < summaries.row.size(); ++c) {
    const std::size_t i = summaries.row[c];
    const double chance = profiles.return_chance[i];
    Expected e;
    if (pareto || bg) e = expected[unique->row_of()[c]];
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
