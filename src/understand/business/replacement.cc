#include "understand/business/replacement.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace understand::business {
namespace {

constexpr double kWeek = 7;
constexpr std::int32_t kSamePurchase = 30;
constexpr double kFewest = 30;
constexpr double kWindowOpens = 0.1, kWindowPassed = 0.9;

/// Ended and open times by week.
struct Weeks {
  std::vector<double> ended, open;
  double sum_ended = 0, sum_open = 0;

  void add(std::int32_t days, bool is_ended) {
    const auto week = static_cast<std::size_t>(static_cast<double>(std::max(0, days)) / kWeek);
    auto& target = is_ended ? ended : open;
    if (target.size() <= week) target.resize(week + 1);
    target[week] += 1;
    (is_ended ? sum_ended : sum_open) += 1;
  }
};

double log_likelihood(const Weeks& weeks, const ReplacementLaw& law) {
  // A weak belief that some come back and some do not, and that times do not all fall on one day.
  double sum = std::log(law.comes_back) + std::log1p(-law.comes_back) - 0.5 * std::pow(std::log(law.shape / 2) / 1.0, 2);
  for (std::size_t w = 0; w < weeks.ended.size(); ++w) {
    if (weeks.ended[w] <= 0) continue;
    const double from = law.survival(kWeek * static_cast<double>(w)), to = law.survival(kWeek * static_cast<double>(w + 1));
    sum += weeks.ended[w] * std::log(std::max(from - to, 1e-300));
  }
  for (std::size_t w = 0; w < weeks.open.size(); ++w) {
    if (weeks.open[w] > 0) sum += weeks.open[w] * std::log(std::max(law.survival(kWeek * (static_cast<double>(w) + 0.5)), 1e-300));
  }
  return sum;
}

/// A grid over log shape, log scale and the log-odds of coming back that closes in.
ReplacementLaw fit(const Weeks& weeks) {
  constexpr int kSteps = 4;
  const std::array<double, 3> low = {std::log(0.4), std::log(20.0), -4.5}, high = {std::log(12.0), std::log(8000.0), 4.5};
  std::array<double, 3> centre{}, half{};
  for (std::size_t d = 0; d < 3; ++d) {
    centre[d] = (low[d] + high[d]) / 2;
    half[d] = (high[d] - low[d]) / 2;
  }
  double best = -std::numeric_limits<double>::infinity();
  const auto law_at = [](const std::array<double, 3>& x) {
    ReplacementLaw law;
    law.shape = std::exp(x[0]);
    law.scale = std::exp(x[1]);
    law.comes_back = 1 / (1 + std::exp(-x[2]));
    return law;
  };
  for (int zoom = 0; zoom < 10; ++zoom) {
    std::array<double, 3> at = centre;
    for (int i = -kSteps; i <= kSteps; ++i) {
      for (int j = -kSteps; j <= kSteps; ++j) {
        for (int k = -kSteps; k <= kSteps; ++k) {
          const std::array<int, 3> step = {i, j, k};
          std::array<double, 3> x{};
          for (std::size_t d = 0; d < 3; ++d) x[d] = std::clamp(centre[d] + half[d] * step[d] / kSteps, low[d], high[d]);
          const double value = log_likelihood(weeks, law_at(x));
          if (value > best) {
            best = value;
            at = x;
          }
        }
      }
    }
    centre = at;
    for (double& h : half) h *= 0.5;
  }
  ReplacementLaw law = law_at(centre);
  law.ended = weeks.sum_ended;
  law.all = weeks.sum_ended + weeks.sum_open;
  return law;
}

/// The last purchase day of each category, earlier ones of it given to `gap`.
template <class Gap>
std::map<std::uint32_t, std::int32_t> walk(const Purchases& p, std::size_t i, std::int32_t today, const Gap& gap) {
  std::map<std::uint32_t, std::int32_t> last;
  for (std::size_t k = p.begin(i); k < p.end(i) && p.day[k] <= today; ++k) {
    const std::uint32_t category = p.category.empty() ? 0 : p.category[k];
    const auto [entry, fresh] = last.try_emplace(category, p.day[k]);
    if (fresh) continue;
    if (p.day[k] - entry->second > kSamePurchase) gap(category, p.day[k] - entry->second);
    entry->second = p.day[k];
  }
  return last;
}

}  // namespace

double ReplacementLaw::survival(double days) const {
  if (!(days > 0)) return 1;
  return 1 - comes_back + comes_back * std::exp(-std::pow(days / scale, shape));
}

double ReplacementLaw::chance(double after, double within) const {
  const double before = survival(after);
  return before > 0 ? std::clamp(1 - survival(after + within) / before, 0.0, 1.0) : 0;
}

double ReplacementLaw::quantile(double q) const { return scale * std::pow(-std::log1p(-q), 1 / shape); }

Replacement learn_replacement(const Purchases& p, std::int32_t today, std::size_t categories) {
  Weeks all;
  std::vector<Weeks> own(std::max<std::size_t>(1, categories));
  for (std::size_t i = 0; i < p.size(); ++i) {
    const auto last = walk(p, i, today, [&](std::uint32_t category, std::int32_t days) {
      all.add(days, true);
      if (category < own.size()) own[category].add(days, true);
    });
    for (const auto& [category, day] : last) {
      all.add(today - day, false);
      if (category < own.size()) own[category].add(today - day, false);
    }
  }
  Replacement result;
  result.known = all.sum_ended >= kFewest;
  if (!result.known) return result;
  result.all = fit(all);
  for (const Weeks& weeks : own) result.by_category.push_back(weeks.sum_ended >= kFewest ? fit(weeks) : result.all);
  return result;
}

Owner owner_of(const Replacement& replacement, const Purchases& p, std::size_t i, std::int32_t today, std::int32_t horizon) {
  Owner owner;
  double none = 1;
  for (const auto& [category, day] : walk(p, i, today, [](std::uint32_t, std::int32_t) {})) {
    const ReplacementLaw& law = category < replacement.by_category.size() ? replacement.by_category[category] : replacement.all;
    none *= 1 - law.chance(today - day, horizon);
    const auto after = [&, bought = day](double q) { return bought + static_cast<std::int32_t>(std::ceil(std::min(law.quantile(q), 36500.0))); };
    const std::int32_t passed = after(kWindowPassed);
    if (passed <= owner.passed) continue;
    owner.opens = after(kWindowOpens);
    owner.passed = passed;
    owner.long_passed = passed + (passed - after(0.5));
  }
  owner.chance = 1 - none;
  return owner;
}

}  // namespace understand::business
