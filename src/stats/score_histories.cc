#include "stats/score_histories.h"

namespace stats {
namespace {

template <class Model>
HistoryScores score_rows(const Model& m, const Histories& rows, double t, Threads threads) {
  HistoryScores out;
  out.alive.resize(rows.size());
  out.expected.resize(rows.size());
  out.any_purchase.resize(rows.size());
  for_chunks(rows.size(), threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const History h = rows.at(i);
      const Outlook o = outlook(m, h, t);
      out.alive[i] = o.alive;
      out.expected[i] = o.expected;
      out.any_purchase[i] = o.any_purchase;
    }
  });
  return out;
}

template <class Model>
double total(const Model& m, const Histories& rows, double t, Threads threads) {
  std::vector<double> parts(chunk_count(rows.size()));
  for_chunks(rows.size(), threads, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) {
      sum += (rows.weight.empty() ? 1 : rows.weight[i]) * expected_purchases(m, rows.at(i), t);
    }
    parts[chunk] = sum;
  });
  return pairwise_sum(parts);
}

}  // namespace

HistoryScores score(const BgNbd& m, const Histories& rows, double t, Threads threads) {
  return score_rows(m, rows, t, threads);
}

HistoryScores score(const ParetoNbd& m, const Histories& rows, double t, Threads threads) {
  return score_rows(m, rows, t, threads);
}

template <>
Estimate expected_total<BgNbd>(const FitReport& fit, const Histories& rows, double t, double confidence, Threads threads) {
  return delta_method(fit, [&](std::span<const double> p) { return total(bg_nbd_of(p), rows, t, threads); }, confidence);
}

template <>
Estimate expected_total<ParetoNbd>(const FitReport& fit, const Histories& rows, double t, double confidence, Threads threads) {
  return delta_method(fit, [&](std::span<const double> p) { return total(pareto_nbd_of(p), rows, t, threads); }, confidence);
}

}  // namespace stats
