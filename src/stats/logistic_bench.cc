// Ridge logistic regression of a million rows, as the return model fits them.

#include <benchmark/benchmark.h>

#include "base/random.h"
#include "stats/logistic.h"
#include "stats/special.h"

namespace stats {
namespace {

void fit_logistic_rows(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const auto columns = static_cast<std::size_t>(state.range(1));
  base::Rng rng{1};
  std::vector<double> features(rows * columns), outcome(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    double eta = -1;
    for (std::size_t j = 0; j < columns; ++j) {
      features[i * columns + j] = rng.normal();
      eta += 0.1 * features[i * columns + j];
    }
    outcome[i] = rng.chance(logistic(eta)) ? 1 : 0;
  }
  LogisticModel m;
  for (auto _ : state) m = *fit_logistic(dense_rows(features, columns, outcome), 1);
  state.counters["iterations"] = m.iterations;
}

BENCHMARK(fit_logistic_rows)->Unit(benchmark::kMillisecond)->UseRealTime()->Args({100000, 20})->Args({1000000, 20})->Args({200000, 60});

}  // namespace
}  // namespace stats
