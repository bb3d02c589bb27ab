// One limit: the linear relaxation of the multiple-choice knapsack is solved by taking hull increments by efficiency.

#include <algorithm>
#include <cmath>
#include <thread>

#include "stats/knapsack_parts.h"

namespace stats::knapsack {
namespace {

/// A step from one point of a customer's hull to the next.
struct Step {
  double efficiency;
  std::uint32_t customer;
  std::int32_t to;
};

bool before(const Step& a, const Step& b) {
  if (a.efficiency != b.efficiency) return a.efficiency > b.efficiency;
  return a.customer != b.customer ? a.customer < b.customer : false;  // stable within a customer: see sort below
}

/// The customer's best free option, and the steps of the upper hull above it.
void hull_of(const Choices& c, std::span<const double> use, std::size_t customer, std::vector<std::int32_t>& scratch,
             std::int32_t& start, std::vector<Step>& steps) {
  start = kNoOption;
  scratch.clear();
  for (std::uint32_t o = c.first[customer]; o < c.first[customer + 1]; ++o) {
    if (!(c.value[o] > 0)) continue;
    const auto option = static_cast<std::int32_t>(o);
    if (use[o] > 0) {
      scratch.push_back(option);
    } else if (c.value[o] > value_of(c, start)) {
      start = option;
    }
  }
  const auto u = [&](std::int32_t o) { return use[static_cast<std::size_t>(o)]; };
  const auto v = [&](std::int32_t o) { return c.value[static_cast<std::size_t>(o)]; };
  std::sort(scratch.begin(), scratch.end(), [&](std::int32_t a, std::int32_t b) {
    if (u(a) != u(b)) return u(a) < u(b);
    return v(a) != v(b) ? v(a) > v(b) : a < b;
  });
  // Graham scan; hull[0 … size) replaces the head of scratch
  std::size_t size = 0;
  const auto slope = [&](std::size_t from, std::int32_t to) {  // from = 0 is the start, else hull[from − 1]
    const double u0 = from == 0 ? 0 : u(scratch[from - 1]);
    const double v0 = from == 0 ? value_of(c, start) : v(scratch[from - 1]);
    return (v(to) - v0) / (u(to) - u0);
  };
  for (const std::int32_t option : scratch) {
    const double top = size == 0 ? value_of(c, start) : v(scratch[size - 1]);
    if (!(v(option) > top)) continue;
    while (size > 0 && slope(size, option) > slope(size - 1, scratch[size - 1])) --size;
    scratch[size++] = option;
  }
  for (std::size_t k = 0; k < size; ++k) {
    steps.push_back({slope(k, scratch[k]), static_cast<std::uint32_t>(customer), scratch[k]});
  }
}

}  // namespace

Solved by_hull(const Choices& c, const std::vector<Limit>& limits, Threads threads) {
  const Limit& limit = limits.front();
  const std::size_t n = c.customers();
  Solved out;
  out.prices = {0};
  out.state.option.assign(n, kNoOption);
  std::vector<std::vector<Step>> parts(chunk_count(n));
  for_chunks(n, threads, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    std::vector<std::int32_t> scratch;
    for (std::size_t i = begin; i < end; ++i) hull_of(c, limit.use, i, scratch, out.state.option[i], parts[chunk]);
  });
  std::vector<Step> steps;
  std::size_t count = 0;
  for (const auto& part : parts) count += part.size();
  steps.reserve(count);
  for (auto& part : parts) {
    steps.insert(steps.end(), part.begin(), part.end());
    part = {};
  }
  // stable: steps of one customer with equal efficiency stay in the order of the hull
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  if (threads.count > 1 && steps.size() > 50000) {
    std::jthread other{[&] { std::stable_sort(steps.begin(), middle, before); }};
    std::stable_sort(middle, steps.end(), before);
    other.join();
    std::inplace_merge(steps.begin(), middle, steps.end(), before);
  } else {
    std::stable_sort(steps.begin(), steps.end(), before);
  }

  // Greedy. A customer whose step did not fit is left where it stands; later, smaller steps of others may still fit.
  double used = 0;
  std::vector<double> gains;
  std::vector<bool> stopped(n);
  std::vector<double> start_values(n);
  for (std::size_t i = 0; i < n; ++i) start_values[i] = value_of(c, out.state.option[i]);
  gains.reserve(steps.size());
  bool broke = false;
  double rest = 0;
  for (const Step& step : steps) {
    std::int32_t& at = out.state.option[step.customer];
    const double more = use_of(limit, step.to) - use_of(limit, at);
    if (stopped[step.customer]) continue;
    if (used + more <= limit.most) {
      if (!broke) gains.push_back(value_of(c, step.to) - value_of(c, at));
      used += more;
      at = step.to;
      continue;
    }
    stopped[step.customer] = true;
    if (!broke) {
      broke = true;
      out.prices[0] = step.efficiency;
      rest = (limit.most - used) * step.efficiency;
    }
  }
  out.bound = pairwise_sum(start_values) + pairwise_sum(gains) + rest;
  count_use(c, limits, threads, out.state);
  repair(c, limits, out.prices, threads, out.state);
  if (broke) {
    fill(c, limits, out.prices, threads, out.state);
    prefer_best_single(c, limits, out.state);
    fill(c, limits, out.prices, threads, out.state);
  }
  return out;
}

}  // namespace stats::knapsack
