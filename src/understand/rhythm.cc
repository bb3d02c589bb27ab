#include "understand/rhythm.h"

#include <algorithm>
#include <cmath>

namespace understand {
namespace {

constexpr double kUnknownGap = 90;
constexpr double kCategoryWeight = 30;  // gaps a category needs before it counts as much as the shop

}  // namespace

Rhythm learn_rhythm(const Histories& histories, std::int32_t until) {
  Rhythm rhythm;
  rhythm.category_factor.assign(std::max<std::size_t>(1, histories.categories.size()), 1.0);
  std::vector<double> category_sum(rhythm.category_factor.size(), 0.0);
  std::vector<double> category_count(rhythm.category_factor.size(), 0.0);
  double sum = 0, first_sum = 0, product_sum = 0;
  std::size_t count = 0, first_count = 0, product_count = 0;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    double own = 0, own_squares = 0;
    std::size_t gaps = 0;
    for (std::size_t k = histories.begin(i) + 1; k < histories.end(i) && histories.day[k] <= until; ++k, ++gaps) {
      const double gap = histories.day[k] - histories.day[k - 1];
      own += gap;
      own_squares += gap * gap;
    }
    if (gaps == 0) continue;
    sum += own;
    count += gaps;
    first_sum += histories.day[histories.begin(i) + 1] - histories.day[histories.begin(i)];
    ++first_count;
    category_sum[histories.favourite_category[i]] += own;
    category_count[histories.favourite_category[i]] += static_cast<double>(gaps);
    if (gaps >= 2) {
      product_sum += (own * own - own_squares) / (static_cast<double>(gaps) * static_cast<double>(gaps - 1));
      ++product_count;
    }
  }
  if (count == 0) return rhythm;
  rhythm.known = true;
  rhythm.gaps = count;
  rhythm.mean_gap = sum / static_cast<double>(count);
  rhythm.first_to_second = first_sum / static_cast<double>(first_count);
  // E[g g'] over E[g]² of two gaps of one customer is (a − 1)/(a − 2): how much customers differ.
  rhythm.shape = 3;
  if (product_count >= 20) {
    const double ratio = product_sum / static_cast<double>(product_count) / (rhythm.mean_gap * rhythm.mean_gap);
    rhythm.shape = ratio > 1.02 ? (2 * ratio - 1) / (ratio - 1) : 50;
    rhythm.shape = std::clamp(rhythm.shape, 2.2, 50.0);
  }
  for (std::size_t c = 1; c < rhythm.category_factor.size(); ++c) {
    rhythm.category_factor[c] = (category_sum[c] + kCategoryWeight * rhythm.mean_gap) /
                                ((category_count[c] + kCategoryWeight) * rhythm.mean_gap);
  }
  return rhythm;
}

double Rhythm::expected_gap(std::size_t purchases, double own_days, std::uint32_t category) const {
  if (!known) return kUnknownGap;
  const double factor = category < category_factor.size() ? category_factor[category] : 1.0;
  if (purchases <= 1) return std::max(1.0, first_to_second * factor);
  const double scale = mean_gap * factor * (shape - 1);
  return std::max(1.0, (scale + own_days) / (shape - 1 + static_cast<double>(purchases - 1)));
}

LapseDays lapse_days(const model::Business& business, double expected_gap) {
  LapseDays days;
  days.light = std::max(business.light_gaps * expected_gap, static_cast<double>(business.light_days));
  days.heavy = std::max({business.heavy_gaps * expected_gap, static_cast<double>(business.heavy_days), days.light});
  return days;
}

}  // namespace understand
