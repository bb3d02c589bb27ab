// Several limits: the Lagrangian dual, minimised one price at a time, and a feasible choice made from its prices.

#include <algorithm>
#include <cmath>

#include "stats/knapsack_parts.h"

namespace stats::knapsack {
namespace {

constexpr std::size_t kSample = 20000;  // customers on which prices are found before all are looked at

/// The dual at given prices, over every `stride`-th customer with limits scaled to match.
class Dual {
 public:
  Dual(const Choices& c, const std::vector<Limit>& limits, std::size_t stride, Threads threads)
      : c_{c}, limits_{limits}, stride_{stride}, threads_{threads}, count_{(c.customers() + stride - 1) / stride} {
    const double share = c.customers() == 0 ? 1 : static_cast<double>(count_) / static_cast<double>(c.customers());
    for (const Limit& limit : limits) most_.push_back(limit.most * share);
  }

  struct Point {
    double value = 0;
    std::vector<double> used;
  };

  /// Chooses for each customer what is worth most after prices; ties go to nothing, then to the lower option.
  Point at(const std::vector<double>& prices, std::vector<std::int32_t>* option = nullptr) const {
    const std::size_t d = limits_.size();
    std::vector<double> parts(chunk_count(count_) * (d + 1));
    for_chunks(count_, threads_, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
      double* sums = &parts[chunk * (d + 1)];
      for (std::size_t k = begin; k < end; ++k) {
        const std::size_t i = k * stride_;
        double best = 0;
        std::int32_t chosen = kNoOption;
        for (std::uint32_t o = c_.first[i]; o < c_.first[i + 1]; ++o) {
          double v = c_.value[o];
          for (std::size_t j = 0; j < d; ++j) v -= prices[j] * limits_[j].use[o];
          if (v > best) {
            best = v;
            chosen = static_cast<std::int32_t>(o);
          }
        }
        sums[0] += best;
        if (chosen != kNoOption) {
          for (std::size_t j = 0; j < d; ++j) sums[1 + j] += limits_[j].use[static_cast<std::size_t>(chosen)];
        }
        if (option != nullptr) (*option)[i] = chosen;
      }
    });
    std::vector<double> total(d + 1);
    pairwise_sum_columns(parts, total);
    Point out{total[0], {total.begin() + 1, total.end()}};
    for (std::size_t j = 0; j < d; ++j) out.value += prices[j] * most_[j];
    return out;
  }

  double most(std::size_t j) const { return most_[j]; }

 private:
  const Choices& c_;
  const std::vector<Limit>& limits_;
  std::size_t stride_;
  Threads threads_;
  std::size_t count_;
  std::vector<double> most_;
};

/// Minimises the dual along price j: its slope is limit − use, and use falls with the price. Keeps the best point seen.
class Descent {
 public:
  Descent(const Dual& dual, std::vector<double> prices) : dual_{dual}, prices_{std::move(prices)} {
    best_ = dual_.at(prices_).value;
    best_prices_ = prices_;
  }

  /// True when the price moved noticeably.
  bool along(std::size_t j, double spread, int steps) {
    const double start = prices_[j];
    double low = std::max(0.0, start / spread);
    double high = std::max(start * spread, 1e-12);
    if (is_short(j, 0)) {  // does not bind at all
      set(j, 0);
      return start > 0;
    }
    while (low > 0 && is_short(j, low)) low = low < 1e-12 ? 0 : low / (spread * spread);
    for (int i = 0; i < 400 && !is_short(j, high); ++i) {
      low = high;
      high *= std::max(2.0, spread * spread);
    }
    for (int i = 0; i < steps && high - low > 1e-10 * high; ++i) {
      const double middle = low > 0 && high / low > 4 ? std::sqrt(low * high) : 0.5 * (low + high);
      (is_short(j, middle) ? high : low) = middle;
    }
    set(j, high);
    return std::abs(high - start) > 1e-6 * high;
  }

  const std::vector<double>& best_prices() const { return best_prices_; }
  double best() const { return best_; }

 private:
  /// Whether at this price no more than the limit is used.
  bool is_short(std::size_t j, double price) {
    set(j, price);
    const Dual::Point point = dual_.at(prices_);
    if (point.value < best_) {
      best_ = point.value;
      best_prices_ = prices_;
    }
    return point.used[j] <= dual_.most(j);
  }
  void set(std::size_t j, double price) { prices_[j] = price; }

  const Dual& dual_;
  std::vector<double> prices_;
  std::vector<double> best_prices_;
  double best_ = 0;
};

}  // namespace

Solved by_prices(const Choices& c, const std::vector<Limit>& limits, Threads threads) {
  const std::size_t n = c.customers();
  Solved out;
  out.state.option.assign(n, kNoOption);
  out.prices.assign(limits.size(), 0);
  const std::size_t stride = std::max<std::size_t>(1, n / kSample);
  if (!limits.empty()) {
    const Dual sample{c, limits, stride, threads};
    Descent rough{sample, out.prices};
    for (int round = 0; round < 12; ++round) {
      bool moved = false;
      for (std::size_t j = 0; j < limits.size(); ++j) moved |= rough.along(j, round == 0 ? 10 : 1.3, round == 0 ? 24 : 14);
      if (!moved) break;
    }
    out.prices = rough.best_prices();
  }
  const Dual all{c, limits, 1, threads};
  out.bound = all.at(out.prices).value;
  if (stride > 1) {
    Descent fine{all, out.prices};
    for (std::size_t j = 0; j < limits.size(); ++j) {
      if (out.prices[j] > 0) fine.along(j, 1.02, 4);
    }
    out.prices = fine.best_prices();
    out.bound = fine.best();
  }
  all.at(out.prices, &out.state.option);
  count_use(c, limits, threads, out.state);
  repair(c, limits, out.prices, threads, out.state);
  if (limits.empty()) return out;
  fill(c, limits, out.prices, threads, out.state);
  prefer_best_single(c, limits, out.state);
  fill(c, limits, out.prices, threads, out.state);
  return out;
}

}  // namespace stats::knapsack
