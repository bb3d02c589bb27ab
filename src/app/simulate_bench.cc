// How fast the default world's people live: customers a second on one thread, files and truth included, disk left out.
#include <benchmark/benchmark.h>

#include "app/world_yaml.h"
#include "simulate/shop.h"

namespace {

void simulate_customers(benchmark::State& state) {
  const auto shop = simulate::Shop::open(*app::load_world({}), 1);
  std::uint64_t from = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    simulate::Tables tables{(*shop)->world()};
    (*shop)->add(from, from + 1000, tables);
    from += 1000;
    bytes += tables.orders.size() + tables.customers.size() + tables.events.size() + tables.messages.size() +
             tables.feedback.size();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(from));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(simulate_customers)->Unit(benchmark::kMillisecond);

}  // namespace
