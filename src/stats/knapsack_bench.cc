// 1 M customers with 8 options each, money alone and with two more limits; 10 M with 10 where WINBACK_BENCH_LARGE says so.

#include <cstdlib>

#include <benchmark/benchmark.h>

#include "base/random.h"
#include "stats/knapsack.h"

namespace stats {
namespace {

struct Shop {
  std::vector<std::uint32_t> first{0};
  std::vector<double> cost, value, stock, minutes;
};

const Shop& shop_of(std::size_t customers) {
  static Shop shop;
  if (shop.first.size() == customers + 1) return shop;
  shop = {};
  base::Rng rng{3};
  const int options = customers >= 10'000'000 ? 10 : 8;
  for (auto* column : {&shop.cost, &shop.value, &shop.stock, &shop.minutes}) column->reserve(customers * static_cast<std::size_t>(options));
  for (std::size_t i = 0; i < customers; ++i) {
    const double worth = rng.gamma(1.2, 0.05);
    for (int o = 0; o < options; ++o) {
      const double cost = 0.2 + 3 * o * rng.uniform();
      shop.cost.push_back(cost);
      shop.value.push_back(worth * (0.2 + 0.1 * o) * rng.uniform() - 0.3 * cost);
      shop.stock.push_back(o % 3 == 0 ? 1 : 0);
      shop.minutes.push_back(o >= 6 ? 5 * rng.uniform() : 0);
    }
    shop.first.push_back(static_cast<std::uint32_t>(shop.cost.size()));
  }
  return shop;
}

void report(benchmark::State& state, const Selection& s) {
  state.counters["gap_ppm"] = 1e6 * s.gap();
  state.counters["price"] = s.budget_price;
}

void money_only(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const Shop& shop = shop_of(n);
  Selection s;
  for (auto _ : state) s = *choose({shop.first, shop.cost, shop.value, {}}, {static_cast<double>(n), {}});
  report(state, s);
}

void three_limits(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const Shop& shop = shop_of(n);
  const auto size = static_cast<double>(n);
  Selection s;
  for (auto _ : state) {
    s = *choose({shop.first, shop.cost, shop.value, {shop.stock, shop.minutes}}, {size, {0.05 * size, 0.1 * size}});
  }
  report(state, s);
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Unit(benchmark::kMillisecond)->UseRealTime()->Arg(100'000)->Arg(1'000'000);
  if (std::getenv("WINBACK_BENCH_LARGE") != nullptr) bench->Arg(10'000'000)->Iterations(1);
}
BENCHMARK(money_only)->Apply(sizes);
BENCHMARK(three_limits)->Apply(sizes);

}  // namespace
}  // namespace stats
