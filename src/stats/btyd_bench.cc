// Fits and scores of 100 k and 1 M simulated customers by the day. Peer: lifetimes needs 1.09 s (BG/NBD) and 19.5 s
// (Pareto/NBD) for 100 k customers on two cores of this class.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <map>
#include <type_traits>
#include <variant>

#include <sys/resource.h>

#include "stats/bg_nbd.h"
#include "stats/gamma_gamma.h"
#include "stats/pareto_nbd.h"
#include "stats/purchase_model.h"
#include "stats/score_histories.h"
#include "stats/simulate_histories.h"

namespace stats {
namespace {

constexpr BgNbd kBg{0.243, 30.9, 0.793, 2.426};
constexpr ParetoNbd kPareto{0.553, 74.0, 0.606, 81.7};

template <class Model>
const Histories& customers(const Model& m, std::int64_t count) {
  static std::map<std::int64_t, Histories> made;
  Histories& h = made[count];
  if (h.x.empty()) {
    h = simulate(m, {.customers = static_cast<std::size_t>(count), .seed = 7, .shortest_T = 30, .longest_T = 730, .whole_times = true})
            .histories;
  }
  return h;
}

void describe(benchmark::State& state, const FitReport& fit) {
  state.counters["rows"] = static_cast<double>(fit.unique_rows);
  state.counters["evaluations"] = fit.iterations;
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void compress(benchmark::State& state) {
  const Histories& all = customers(kBg, state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(UniqueHistories::from(all)->size());
}

void fit_bg(benchmark::State& state) {
  const UniqueHistories data = *UniqueHistories::from(customers(kBg, state.range(0)));
  FitReport fit;
  for (auto _ : state) fit = *fit_bg_nbd(data);
  describe(state, fit);
}

void fit_pareto(benchmark::State& state) {
  const UniqueHistories data = *UniqueHistories::from(customers(kPareto, state.range(0)));
  FitReport fit;
  for (auto _ : state) fit = *fit_pareto_nbd(data);
  describe(state, fit);
}

/// Times as real numbers: hardly a row repeats but those of customers with one purchase day.
void fit_pareto_real_times(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const UniqueHistories data = *UniqueHistories::from(
      simulate(kPareto, {.customers = count, .seed = 7, .shortest_T = 30, .longest_T = 730}).histories);
  FitReport fit;
  for (auto _ : state) fit = *fit_pareto_nbd(data);
  describe(state, fit);
}

void score_bg(benchmark::State& state) {
  const UniqueHistories data = *UniqueHistories::from(customers(kBg, state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(score(kBg, data.rows(), 90).alive.data());
}

void score_pareto(benchmark::State& state) {
  const UniqueHistories data = *UniqueHistories::from(customers(kPareto, state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(score(kPareto, data.rows(), 90).alive.data());
}

/// The same without merging duplicates: what real-valued times cost.
void score_pareto_every_customer(benchmark::State& state) {
  const Histories& all = customers(kPareto, state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(score(kPareto, all, 90).alive.data());
}

void fit_mbg_cnbd(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const UniqueHistories data = *UniqueHistories::from(
      simulate(BgCnbdK{0.9, 20, 0.6, 1.8, 2, true}, {.customers = count, .seed = 7, .shortest_T = 30, .longest_T = 730, .whole_times = true}).histories);
  RegularFit fit;
  for (auto _ : state) fit = *fit_regularity(data, true);
  describe(state, fit.report);
}

/// The promise of the design: ten million customers merged, fitted and scored in under 60 s and 4 GB. Only with
/// WINBACK_BENCH_LARGE set, for making them takes as long.
template <class Model>
void whole_of_ten_million(benchmark::State& state, PurchaseFamily family, const Model& truth) {
  if (std::getenv("WINBACK_BENCH_LARGE") == nullptr) {
    state.SkipWithError("set WINBACK_BENCH_LARGE=1");
    return;
  }
  const Histories all = simulate(truth, {.customers = 10000000, .seed = 7, .shortest_T = 30, .longest_T = 730, .whole_times = true}).histories;
  double expected = 0;
  FitReport report;
  for (auto _ : state) {
    const UniqueHistories data = *UniqueHistories::from(all);
    const PurchaseFit fit = *fit_purchases(family, data);
    std::visit([&](const auto& m) {
      std::vector<Outlook> scores(data.size());
      for_chunks(data.size(), {}, [&](std::size_t, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          const History h = data.rows().at(i);
          if constexpr (std::is_same_v<std::decay_t<decltype(m)>, Nbd>) {
            scores[i] = {1, expected_purchases(m, h, 90), any_purchase(m, h, 90)};
          } else {
            scores[i] = outlook(m, h, 90);
          }
        }
      });
      for (const std::uint32_t row : data.row_of()) expected += scores[row].expected;
    }, fit.model());
    report = fit.report;
  }
  benchmark::DoNotOptimize(expected);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  state.counters["peak_MB"] = static_cast<double>(used.ru_maxrss) / 1024;
  state.counters["rows"] = static_cast<double>(report.unique_rows);
  state.counters["evaluations"] = report.iterations;
}
BENCHMARK_CAPTURE(whole_of_ten_million, pareto_nbd, PurchaseFamily::pareto_nbd, kPareto)->Unit(benchmark::kSecond)->UseRealTime()->Iterations(1);
BENCHMARK_CAPTURE(whole_of_ten_million, bg_nbd, PurchaseFamily::bg_nbd, kBg)->Unit(benchmark::kSecond)->UseRealTime()->Iterations(1);
BENCHMARK_CAPTURE(whole_of_ten_million, mbg_cnbd_k, PurchaseFamily::mbg_cnbd_k, BgCnbdK{0.9, 20, 0.6, 1.8, 2, true})->Unit(benchmark::kSecond)->UseRealTime()->Iterations(1);

#define WB_SIZES Unit(benchmark::kMillisecond)->UseRealTime()->Arg(100000)->Arg(1000000)
BENCHMARK(compress)->WB_SIZES;
BENCHMARK(fit_bg)->WB_SIZES;
BENCHMARK(fit_pareto)->WB_SIZES;
BENCHMARK(fit_mbg_cnbd)->Unit(benchmark::kMillisecond)->UseRealTime()->Arg(100000);
BENCHMARK(fit_pareto_real_times)->WB_SIZES;
BENCHMARK(score_bg)->WB_SIZES;
BENCHMARK(score_pareto)->WB_SIZES;
BENCHMARK(score_pareto_every_customer)->WB_SIZES;

}  // namespace
}  // namespace stats
