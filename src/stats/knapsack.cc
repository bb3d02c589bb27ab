#include "stats/knapsack.h"

#include <algorithm>
#include <cmath>

#include "stats/knapsack_parts.h"

namespace stats {
namespace knapsack {

double value_of(const Choices& c, std::int32_t option) {
  return option == kNoOption ? 0 : c.value[static_cast<std::size_t>(option)];
}

double use_of(const Limit& limit, std::int32_t option) {
  return option == kNoOption ? 0 : limit.use[static_cast<std::size_t>(option)];
}

void count_use(const Choices& c, const std::vector<Limit>& limits, Threads threads, State& state) {
  const std::size_t n = c.customers();
  std::vector<double> parts(chunk_count(n) * limits.size());
  for_chunks(n, threads, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    for (std::size_t d = 0; d < limits.size(); ++d) {
      double sum = 0;
      for (std::size_t i = begin; i < end; ++i) sum += use_of(limits[d], state.option[i]);
      parts[chunk * limits.size() + d] = sum;
    }
  });
  state.used.assign(limits.size(), 0);
  pairwise_sum_columns(parts, state.used);
}

namespace {

/// A change of one customer, ranked by what it loses at the prices for what it brings.
struct Change {
  double rank;
  std::uint32_t customer;
  std::int32_t to;
};

bool ranks_before(const Change& a, const Change& b) {
  if (a.rank != b.rank) return a.rank < b.rank;
  return a.customer != b.customer ? a.customer < b.customer : a.to < b.to;
}

double reduced(const Choices& c, const std::vector<Limit>& limits, const std::vector<double>& prices, std::int32_t option) {
  double v = value_of(c, option);
  for (std::size_t d = 0; d < limits.size(); ++d) v -= prices[d] * use_of(limits[d], option);
  return v;
}

void apply(const std::vector<Limit>& limits, State& state, const Change& change) {
  std::int32_t& option = state.option[change.customer];
  for (std::size_t d = 0; d < limits.size(); ++d) state.used[d] += use_of(limits[d], change.to) - use_of(limits[d], option);
  option = change.to;
}

/// The best change of each customer, sorted. consider(customer, from, to) returns the rank, or NaN to leave it out.
template <class Consider>
std::vector<Change> best_changes(const Choices& c, Threads threads, const State& state, bool with_none, const Consider& consider) {
  const std::size_t n = c.customers();
  std::vector<std::vector<Change>> parts(chunk_count(n));
  for_chunks(n, threads, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      Change best{std::numeric_limits<double>::infinity(), static_cast<std::uint32_t>(i), kNoOption};
      bool found = false;
      const auto look = [&](std::int32_t to) {
        if (to == state.option[i]) return;
        const double rank = consider(state.option[i], to);
        if (!std::isnan(rank) && (!found || rank < best.rank)) {
          best.rank = rank;
          best.to = to;
          found = true;
        }
      };
      if (with_none) look(kNoOption);
      for (std::uint32_t o = c.first[i]; o < c.first[i + 1]; ++o) look(static_cast<std::int32_t>(o));
      if (found) parts[chunk].push_back(best);
    }
  });
  std::vector<Change> all;
  for (const std::vector<Change>& part : parts) all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end(), ranks_before);
  return all;
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

void fill(const Choices& c, const std::vector<Limit>& limits, const std::vector<double>& prices, Threads threads, State& state) {
  const auto fits = [&](std::int32_t from, std::int32_t to) {
    for (std::size_t d = 0; d < limits.size(); ++d) {
      if (state.used[d] + use_of(limits[d], to) - use_of(limits[d], from) > limits[d].most) return false;
    }
    return true;
  };
  for (int pass = 0; pass < 6; ++pass) {
    const std::vector<Change> changes = best_changes(c, threads, state, false, [&](std::int32_t from, std::int32_t to) {
      const double gain = value_of(c, to) - value_of(c, from);
      if (!(gain > 0) || !fits(from, to)) return kNan;
      return (reduced(c, limits, prices, from) - reduced(c, limits, prices, to)) / gain;
    });
    bool changed = false;
    for (const Change& change : changes) {
      if (!fits(state.option[change.customer], change.to)) continue;
      apply(limits, state, change);
      changed = true;
    }
    if (!changed) return;
    count_use(c, limits, threads, state);
    repair(c, limits, prices, threads, state);  // rounding of the running sums, at most
  }
}

void repair(const Choices& c, const std::vector<Limit>& limits, const std::vector<double>& prices, Threads threads, State& state) {
  const auto excess = [&](std::size_t d) { return state.used[d] - limits[d].most; };
  const auto broken = [&] {
    for (std::size_t d = 0; d < limits.size(); ++d) {
      if (excess(d) > 0) return true;
    }
    return false;
  };
  for (int pass = 0; broken(); ++pass) {
    // later passes only take options away, which ends for certain
    const bool only_none = pass >= 4;
    const std::vector<Change> changes = best_changes(c, threads, state, true, [&](std::int32_t from, std::int32_t to) {
      if (from == kNoOption || (only_none && to != kNoOption)) return kNan;
      double relief = 0;
      for (std::size_t d = 0; d < limits.size(); ++d) {
        const double saved = use_of(limits[d], from) - use_of(limits[d], to);
        if (excess(d) > 0) relief += std::min(1.0, saved / excess(d));
        if (saved < 0 && excess(d) - saved > 0) return kNan;  // would break, or break further
      }
      if (!(relief > 0)) return kNan;
      return (reduced(c, limits, prices, from) - reduced(c, limits, prices, to)) / relief;
    });
    bool changed = false;
    for (const Change& change : changes) {
      if (!broken()) break;
      bool helps = false;
      bool harms = false;
      for (std::size_t d = 0; d < limits.size(); ++d) {
        const double saved = use_of(limits[d], state.option[change.customer]) - use_of(limits[d], change.to);
        helps |= saved > 0 && excess(d) > 0;
        harms |= saved < 0 && excess(d) - saved > 0;
      }
      if (!helps || harms) continue;
      apply(limits, state, change);
      changed = true;
    }
    count_use(c, limits, threads, state);
    if (!changed && only_none) {  // only rounding is left of the excess: give everything back
      state.option.assign(state.option.size(), kNoOption);
      state.used.assign(limits.size(), 0);
    }
  }
}

void prefer_best_single(const Choices& c, const std::vector<Limit>& limits, State& state) {
  double total = 0;
  for (const std::int32_t option : state.option) total += value_of(c, option);
  std::size_t best_customer = 0;
  std::int32_t best = kNoOption;
  for (std::size_t i = 0; i < c.customers(); ++i) {
    for (std::uint32_t o = c.first[i]; o < c.first[i + 1]; ++o) {
      const auto option = static_cast<std::int32_t>(o);
      if (!(value_of(c, option) > value_of(c, best))) continue;
      bool fits = true;
      for (const Limit& limit : limits) fits &= use_of(limit, option) <= limit.most;
      if (!fits) continue;
      best = option;
      best_customer = i;
    }
  }
  if (value_of(c, best) <= total) return;
  state.option.assign(state.option.size(), kNoOption);
  state.option[best_customer] = best;
  for (std::size_t d = 0; d < limits.size(); ++d) state.used[d] = use_of(limits[d], best);
}

}  // namespace knapsack

namespace {

base::Result<void> check(const Choices& c, const Limits& limits) {
  const std::size_t options = c.cost.size();
  if (c.first.empty() || c.first.front() != 0 || c.first.back() != options || c.value.size() != options) {
    return base::fail(base::Code::invalid_input, "the option table has {} costs, {} values and offsets that do not span them",
                      options, c.value.size());
  }
  if (options > 0x7FFFFFFF) return base::fail(base::Code::invalid_input, "{} options are more than one plan may hold", options);
  for (std::size_t i = 0; i < c.customers(); ++i) {
    if (c.first[i] > c.first[i + 1]) return base::fail(base::Code::invalid_input, "the options of customer {} end before they begin", i + 1);
  }
  if (limits.resource.size() != c.use.size()) {
    return base::fail(base::Code::invalid_input, "{} resource limits for {} columns of use", limits.resource.size(), c.use.size());
  }
  for (std::size_t o = 0; o < options; ++o) {
    if (!std::isfinite(c.cost[o]) || c.cost[o] < 0 || !std::isfinite(c.value[o])) {
      return base::fail(base::Code::invalid_input, "option {} costs {} and is worth {}; costs must be finite and not negative, values finite",
                        o + 1, c.cost[o], c.value[o]);
    }
  }
  if (std::isnan(limits.budget) || limits.budget < 0) {
    return base::fail(base::Code::invalid_input, "the budget is {}; it must not be negative", limits.budget);
  }
  for (std::size_t k = 0; k < c.use.size(); ++k) {
    if (c.use[k].size() != options) return base::fail(base::Code::invalid_input, "resource {} has {} uses for {} options", k + 1, c.use[k].size(), options);
    if (std::isnan(limits.resource[k]) || limits.resource[k] < 0) {
      return base::fail(base::Code::invalid_input, "the limit of resource {} is {}; it must not be negative", k + 1, limits.resource[k]);
    }
    for (std::size_t o = 0; o < options; ++o) {
      if (!std::isfinite(c.use[k][o]) || c.use[k][o] < 0) {
        return base::fail(base::Code::invalid_input, "option {} uses {} of resource {}; it must be finite and not negative", o + 1, c.use[k][o], k + 1);
      }
    }
  }
  return {};
}

double total_of(std::span<const double> column, const std::vector<std::int32_t>& option, Threads threads) {
  std::vector<double> parts(chunk_count(option.size()));
  for_chunks(option.size(), threads, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (option[i] != kNoOption) parts[chunk] += column[static_cast<std::size_t>(option[i])];
    }
  });
  return pairwise_sum(parts);
}

}  // namespace

base::Result<Selection> choose(const Choices& c, const Limits& limits, Threads threads) {
  WB_TRY(check(c, limits));
  std::vector<knapsack::Limit> active;
  std::vector<std::size_t> resource_of;  // 0 = money, k + 1 = resource k
  if (std::isfinite(limits.budget)) {
    active.push_back({c.cost, limits.budget});
    resource_of.push_back(0);
  }
  for (std::size_t k = 0; k < c.use.size(); ++k) {
    if (!std::isfinite(limits.resource[k])) continue;
    active.push_back({c.use[k], limits.resource[k]});
    resource_of.push_back(k + 1);
  }
  knapsack::Solved solved = active.size() == 1 ? knapsack::by_hull(c, active, threads) : knapsack::by_prices(c, active, threads);
  Selection out;
  out.option = std::move(solved.state.option);
  out.value = total_of(c.value, out.option, threads);
  out.cost = total_of(c.cost, out.option, threads);
  for (const std::span<const double> use : c.use) out.used.push_back(total_of(use, out.option, threads));
  out.bound = std::max(solved.bound, out.value);  // rounding may put the value a hair above its bound
  out.resource_price.assign(c.use.size(), 0);
  for (std::size_t d = 0; d < active.size(); ++d) {
    (resource_of[d] == 0 ? out.budget_price : out.resource_price[resource_of[d] - 1]) = solved.prices[d];
  }
  return out;
}

}  // namespace stats
