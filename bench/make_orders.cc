// make_orders CUSTOMERS LINES FILE.csv: about as many order lines for measuring, one line an order, in the order of time:
// customers with gamma-distributed rates who leave after a while, over two years. The same arguments make the same bytes.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "base/time.h"

namespace {

constexpr double kDays = 730;
constexpr double kStay = 600;  // mean days until a customer leaves

/// Mean days between a customer's first order and leaving or the end: of min(Exp(1 / kStay), Uniform(0, kDays)).
double mean_days_watched() { return kStay * (1 - kStay / kDays * -std::expm1(-kDays / kStay)); }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("make_orders CUSTOMERS LINES FILE.csv\n", stderr);
    return 2;
  }
  const std::uint64_t customers = std::strtoull(argv[1], nullptr, 10);
  const double per_customer = static_cast<double>(std::strtoull(argv[2], nullptr, 10)) / static_cast<double>(customers);
  struct Order {
    std::uint32_t day;
    std::uint32_t customer;
  };
  std::vector<Order> orders;
  for (std::uint32_t i = 0; i < customers; ++i) {
    base::Rng rng{base::mix(i)};
    const double joined = kDays * rng.uniform();
    const double rate = rng.gamma(0.8, 0.8) * (per_customer - 1) / mean_days_watched();
    const double left = joined + rng.exponential(1 / kStay);
    double at = joined;
    do {
      orders.push_back({static_cast<std::uint32_t>(at), i});
      at += rng.exponential(rate + 1e-6);
    } while (at < std::min(left, kDays));
  }
  std::stable_sort(orders.begin(), orders.end(), [](const Order& a, const Order& b) { return a.day < b.day; });
  FILE* out = std::fopen(argv[3], "w");
  if (out == nullptr) return 1;
  std::string text = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
  const base::Day start = *base::parse_day("2023-01-01");
  for (std::size_t k = 0; k < orders.size(); ++k) {
    base::Rng rng{base::mix(k ^ 0xABCDEF)};
    const auto item = static_cast<unsigned>(4000 * rng.uniform() * rng.uniform());
    fmt::format_to(std::back_inserter(text), "{},SKU{},Product number {},{},{} {:02}:{:02},{:.2f},{},United Kingdom\n", 100000 + k, item, item,
                   1 + rng.below(5), base::to_string(start + std::chrono::days{static_cast<int>(orders[k].day)}), rng.below(24), rng.below(60),
                   1 + 60 * rng.uniform() * rng.uniform(), orders[k].customer);
    if (text.size() > (1U << 20)) {
      std::fwrite(text.data(), 1, text.size(), out);
      text.clear();
    }
  }
  std::fwrite(text.data(), 1, text.size(), out);
  std::fclose(out);
  std::fprintf(stderr, "%zu order lines of %llu customers\n", orders.size(), static_cast<unsigned long long>(customers));
  return 0;
}
