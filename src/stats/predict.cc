#include "stats/predict.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "stats/special.h"

namespace stats {
namespace {

constexpr std::size_t kVarianceRows = 2000;

/// Variance of the purchases in (T, T+t]; sums the law until nothing counts.
double variance_of(const PurchaseModel& m, const History& h, double t, double mean) {
  double seen = 0, square = 0;
  for (double n = 0; n < 20000; ++n) {
    const double p = future_pmf(m, h, n, t);
    seen += p;
    square += n * n * p;
    if (n > mean && (1 - seen) * n * n < 1e-4 * square + 1e-12) break;
  }
  return std::max(0.0, square - mean * mean);
}

}  // namespace

double answer(const PurchaseModel& m, const History& h, const Question& q) {
  switch (q.what) {
    case Question::What::alive: return alive(m, h);
    case Question::What::expected: return expected_purchases(m, h, q.t);
    case Question::What::any_purchase: return any_purchase(m, h, q.t);
    case Question::What::discounted: return discounted_purchases(m, h, q.rate, q.t);
  }
  return 0;
}

Estimate predict(const PurchaseFit& fit, const History& h, const Question& q, double confidence) {
  const bool chance = q.what == Question::What::alive || q.what == Question::What::any_purchase;
  return delta_method(fit.report, [&](std::span<const double> p) { return answer(fit.model_at(p), h, q); }, confidence,
                      chance ? DeltaScale::logit : DeltaScale::log);
}

Interval future_purchases(const PurchaseModel& m, const History& h, double t, double confidence) {
  const double tail = (1 - confidence) / 2;
  Interval out{-1, 0};
  double below = 0;
  constexpr double kMost = 20000;
  for (double n = 0; n < kMost; ++n) {
    below += future_pmf(m, h, n, t);
    if (out.low < 0 && below > tail) out.low = n;
    out.high = n;
    if (below >= 1 - tail) break;
  }
  out.low = std::max(0.0, out.low);
  return out;
}

GroupForecast forecast_group(const PurchaseFit& fit, const Histories& rows, double t, double confidence, Threads threads) {
  const auto weight = [&](std::size_t i) { return rows.weight.empty() ? 1 : rows.weight[i]; };
  const auto total = [&](std::span<const double> p) {
    const PurchaseModel m = fit.model_at(p);
    std::vector<double> parts(chunk_count(rows.size()));
    for_chunks(rows.size(), threads, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
      double sum = 0;
      for (std::size_t i = begin; i < end; ++i) sum += weight(i) * expected_purchases(m, rows.at(i), t);
      parts[chunk] = sum;
    });
    return pairwise_sum(parts);
  };
  GroupForecast out;
  out.expected = delta_method(fit.report, total, confidence);
  const std::size_t stride = std::max<std::size_t>(1, rows.size() / kVarianceRows);
  const std::size_t taken = (rows.size() + stride - 1) / stride;
  std::vector<double> part(chunk_count(taken)), of_all(chunk_count(taken));
  const PurchaseModel m = fit.model();
  for_chunks(taken, threads, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) {
      const History h = rows.at(k * stride);
      const double mean = expected_purchases(m, h, t);
      part[chunk] += weight(k * stride) * variance_of(m, h, t, mean);
      of_all[chunk] += weight(k * stride) * mean;
    }
  });
  // an even sample of the rows: scaled by what it expects, not by its count
  const double sampled = pairwise_sum(of_all);
  const double variance = pairwise_sum(part) * (sampled > 0 ? out.expected.value / sampled : 1);
  out.chance_sd = std::sqrt(variance);
  const double z = normal_quantile(0.5 + confidence / 2);
  const double sd = std::sqrt(variance + out.expected.standard_error * out.expected.standard_error);
  out.realised = {std::max(0.0, out.expected.value - z * sd), out.expected.value + z * sd};
  return out;
}

Estimate customer_value(const PurchaseFit& purchases, const FitReport& spending, const History& h, double paid, double mean,
                        const ValueTerms& terms, double confidence) {
  const Question question{Question::What::discounted, terms.horizon, continuous_rate(terms.yearly_percent, terms.units_per_year)};
  const Estimate orders = predict(purchases, h, question, confidence);
  Estimate spend = delta_method(
      spending, [&](std::span<const double> p) { return expected_spend(gamma_gamma_of(p), paid, mean); }, confidence);
  if (!std::isfinite(spend.value)) spend = {paid > 0 ? mean : 0, std::numeric_limits<double>::infinity(), 0, std::numeric_limits<double>::infinity()};
  Estimate out;
  out.value = terms.margin * orders.value * spend.value;
  out.standard_error = out.high = std::numeric_limits<double>::infinity();
  if (!std::isfinite(orders.standard_error) || !std::isfinite(spend.standard_error)) return out;
  if (!(out.value > 0)) return {0, 0, 0, 0};
  const double a = orders.standard_error / orders.value, b = spend.standard_error / spend.value;
  const double relative = std::sqrt(a * a + b * b);
  const double factor = std::exp(normal_quantile(0.5 + confidence / 2) * relative);
  out.standard_error = out.value * relative;
  out.low = out.value / factor;
  out.high = out.value * factor;
  return out;
}

}  // namespace stats
