#include "understand/price.h"

#include <algorithm>
#include <cmath>

namespace understand {
namespace {

constexpr double kHardlyAny = 0.005;   // of purchases at a discount
constexpr double kMostly = 0.6;        // where discounts are the rule, coming for one says nothing
constexpr std::size_t kReturns = 2;

double discounted_of(const Histories& h, std::size_t i) {
  double sum = 0;
  for (std::size_t k = h.begin(i); k < h.end(i); ++k) sum += h.discounted[k];
  return sum;
}

}  // namespace

DiscountHabit learn_discount_habit(const Histories& h) {
  DiscountHabit habit;
  if (h.discounted.size() != h.day.size() || h.size() == 0) return habit;
  double purchases = 0, discounted = 0;
  for (const std::uint8_t d : h.discounted) discounted += d;
  purchases = static_cast<double>(h.day.size());
  const double mean = discounted / purchases;
  if (mean < kHardlyAny || mean > 1 - kHardlyAny) return habit;
  // Between-customer variance of the true share, from customers with at least two purchases.
  double square = 0, weight = 0, sampling = 0;
  for (std::size_t i = 0; i < h.size(); ++i) {
    const auto n = static_cast<double>(h.purchases(i));
    if (n < 2) continue;
    const double share = discounted_of(h, i) / n;
    square += n * (share - mean) * (share - mean);
    sampling += mean * (1 - mean);
    weight += n;
  }
  habit.known = true;
  const double between = weight > 0 ? std::max(1e-6, (square - sampling) / weight) : 1e-6;
  const double size = std::clamp(mean * (1 - mean) / between - 1, 2.0, 200.0);
  habit.a = mean * size;
  habit.b = (1 - mean) * size;
  return habit;
}

void fill_price_sensitivity(const Histories& h, model::Profiles& profiles) {
  const DiscountHabit habit = learn_discount_habit(h);
  profiles.price_sensitivity.clear();
  if (!habit.known) return;
  for (std::size_t i = 0; i < h.size(); ++i) {
    profiles.price_sensitivity.push_back(static_cast<float>(habit.share(discounted_of(h, i), static_cast<double>(h.purchases(i)))));
  }
  if (habit.mean() > kMostly) return;
  for (std::size_t i = 0; i < h.size(); ++i) {
    const std::int32_t lapse = profiles.lapsed_on[i] - profiles.last_day[i];
    std::size_t returns = 0, for_discount = 0;
    for (std::size_t k = h.begin(i) + 1; k < h.end(i); ++k) {
      if (h.day[k] - h.day[k - 1] <= lapse) continue;
      ++returns;
      for_discount += h.discounted[k];
    }
    if (returns >= kReturns && for_discount == returns) profiles.flags[i] |= model::flag_waits_for_discounts;
  }
}

}  // namespace understand
