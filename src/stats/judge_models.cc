#include "stats/judge_models.h"

#include <algorithm>
#include <cmath>

namespace stats {
namespace {

constexpr double kLeastChance = 1e-12;  // a model that rules out what happened is punished, but not without end

bool better(const Judgement& a, const Judgement& b) { return a.mae != b.mae ? a.mae < b.mae : a.fit.family < b.fit.family; }

}  // namespace

std::vector<PurchaseFamily> continuous_families() {
  return {PurchaseFamily::nbd, PurchaseFamily::bg_nbd, PurchaseFamily::pareto_nbd, PurchaseFamily::mbg_nbd,
          PurchaseFamily::bg_cnbd_k, PurchaseFamily::mbg_cnbd_k};
}

Judgement judge(const PurchaseFit& fit, const Holdout& holdout, Threads threads) {
  const PurchaseModel m = fit.model();
  const Histories& known = holdout.known;
  const std::size_t n = known.size();
  constexpr std::size_t kColumns = 7;
  std::vector<double> parts(chunk_count(n) * kColumns);
  for_chunks(n, threads, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    double* sum = &parts[chunk * kColumns];
    for (std::size_t i = begin; i < end; ++i) {
      const History h = known.at(i);
      const double w = known.weight.empty() ? 1 : known.weight[i];
      const double bought = holdout.bought[i];
      const double expected = expected_purchases(m, h, holdout.t);
      double median = 0, below = future_pmf(m, h, 0, holdout.t);
      const double limit = 4 * expected + 50;  // a median above twice the mean does not exist
      while (below < 0.5 && median < limit) below += future_pmf(m, h, ++median, holdout.t);
      sum[0] += w;
      sum[1] += w * std::abs(expected - bought);
      sum[2] += w * std::abs(median - bought);
      sum[3] += w * (expected - bought) * (expected - bought);
      sum[4] += w * expected;
      sum[5] += w * bought;
      sum[6] -= w * std::log(std::max(kLeastChance, future_pmf(m, h, bought, holdout.t)));
    }
  });
  std::vector<double> total(kColumns);
  pairwise_sum_columns(parts, total);
  Judgement out{.fit = fit, .customers = total[0]};
  if (!(total[0] > 0)) return out;
  out.mae = total[1] / total[0];
  out.median_mae = total[2] / total[0];
  out.rmse = std::sqrt(total[3] / total[0]);
  out.total_error = total[5] > 0 ? total[4] / total[5] - 1 : 0;
  out.log_score = total[6] / total[0];
  return out;
}

base::Result<std::vector<Judgement>> judge_models(const Holdout& holdout, const std::vector<PurchaseFamily>& families, Threads threads) {
  if (holdout.bought.size() != holdout.known.size()) {
    return base::fail(base::Code::invalid_input, "the holdout knows {} customers but what {} bought", holdout.known.size(), holdout.bought.size());
  }
  if (!(holdout.t > 0)) return base::fail(base::Code::invalid_input, "the holdout lasts {}; it needs a length above 0", holdout.t);
  WB_ASSIGN(const UniqueHistories data, UniqueHistories::from(holdout.known, threads));
  std::vector<Judgement> out;
  std::string reason = "no model was named";
  for (const PurchaseFamily family : families) {
    const auto fit = fit_purchases(family, data, threads);
    if (!fit) {
      reason = fit.error().message;
      continue;
    }
    // at k = 1 the family is one that is judged under its own name
    const bool same = fit->k == 1 && (family == PurchaseFamily::bg_cnbd_k || family == PurchaseFamily::mbg_cnbd_k);
    const PurchaseFamily plain = family == PurchaseFamily::bg_cnbd_k ? PurchaseFamily::bg_nbd : PurchaseFamily::mbg_nbd;
    const auto twin = std::find_if(out.begin(), out.end(), [&](const Judgement& j) { return j.fit.family == plain; });
    if (same && twin != out.end()) {
      Judgement copy = *twin;
      copy.fit = *fit;
      out.push_back(std::move(copy));
      continue;
    }
    out.push_back(judge(*fit, holdout, threads));
  }
  if (out.empty()) return base::fail(base::Code::invalid_input, "{}", reason);
  std::sort(out.begin(), out.end(), better);
  return out;
}

std::vector<Judgement> together(const std::vector<std::vector<Judgement>>& rounds) {
  std::vector<Judgement> out;
  if (rounds.empty()) return out;
  for (const Judgement& first : rounds.front()) {
    Judgement mean{.fit = first.fit};
    double judged = 0;
    for (const auto& round : rounds) {
      const auto at = std::find_if(round.begin(), round.end(), [&](const Judgement& j) { return j.fit.family == first.fit.family; });
      if (at == round.end()) continue;
      judged += 1;
      mean.mae += at->mae;
      mean.median_mae += at->median_mae;
      mean.rmse += at->rmse;
      mean.total_error += at->total_error;
      mean.log_score += at->log_score;
      mean.customers += at->customers;
    }
    const auto count = static_cast<double>(rounds.size());
    if (judged < count) continue;
    for (double* value : {&mean.mae, &mean.median_mae, &mean.rmse, &mean.total_error, &mean.log_score, &mean.customers}) *value /= count;
    out.push_back(std::move(mean));
  }
  std::sort(out.begin(), out.end(), better);
  return out;
}

}  // namespace stats
