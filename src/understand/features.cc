#include "understand/features.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace understand {

namespace {
constexpr std::size_t kFitOn = 20000;  // enough to pin four parameters; the fit is repeated at every landmark
}

Standing standing_at(const Histories& histories, std::size_t i, std::int32_t day, std::int32_t horizon) {
  Standing s;
  const auto first = histories.day.begin() + static_cast<std::ptrdiff_t>(histories.begin(i));
  const auto last = histories.day.begin() + static_cast<std::ptrdiff_t>(histories.end(i));
  const auto end = std::upper_bound(first, last, day);
  if (end == first) return s;
  s.purchases = static_cast<std::size_t>(end - first);
  s.silent = day - *(end - 1);
  s.tenure = day - *first;
  s.span = *(end - 1) - *first;
  const auto recent = std::upper_bound(first, end, day - horizon);
  const auto before = std::upper_bound(first, recent, day - 2 * horizon);
  s.recent = static_cast<std::size_t>(end - recent);
  s.less_recent = static_cast<std::size_t>(recent - before);
  return s;
}

bool returns_within(const Histories& histories, std::size_t i, std::int32_t day, std::int32_t horizon) {
  const auto first = histories.day.begin() + static_cast<std::ptrdiff_t>(histories.begin(i));
  const auto last = histories.day.begin() + static_cast<std::ptrdiff_t>(histories.end(i));
  const auto next = std::upper_bound(first, last, day);
  return next != last && *next <= day + horizon;
}

Summaries summaries_at(const Histories& histories, std::int32_t day, std::size_t most) {
  Summaries result;
  const std::size_t step = most == 0 ? 1 : std::max<std::size_t>(1, histories.size() / most);
  for (std::size_t i = 0; i < histories.size(); i += step) {
    const Standing s = standing_at(histories, i, day, 0);
    if (s.purchases == 0) continue;
    double log_gaps = 0;
    const std::size_t begin = histories.begin(i);
    for (std::size_t k = begin + 1; k < begin + s.purchases; ++k) log_gaps += std::log(static_cast<double>(histories.day[k] - histories.day[k - 1]));
    result.data.add_with_gaps({static_cast<double>(s.purchases - 1), static_cast<double>(s.span), static_cast<double>(s.tenure), log_gaps});
    result.row.push_back(static_cast<std::uint32_t>(i));
  }
  return result;
}

base::Result<ShopModel> ShopModel::fit(const Histories& histories, std::int32_t day) {
  const Summaries summaries = summaries_at(histories, day, kFitOn);
  if (summaries.row.size() < 50) return base::fail(base::Code::invalid_input, "fewer than 50 customers");
  WB_ASSIGN(const auto unique, stats::UniqueHistories::from(summaries.data));
  WB_ASSIGN(const auto report, stats::fit_pareto_nbd(unique));
  ShopModel result;
  result.model_ = stats::pareto_nbd_of(report);
  return result;
}

double ShopModel::any_purchase(const Standing& s, double days) const {
  const stats::History history{static_cast<double>(s.purchases - 1), static_cast<double>(s.span), static_cast<double>(s.tenure)};
  return std::clamp(stats::any_purchase(model_, history, days), 1e-6, 1 - 1e-6);
}

void silence_features(const Standing& s, double* out) {
  const double silence = std::log1p(static_cast<double>(s.silent));
  out[0] = silence;
  out[1] = std::max(0.0, silence - std::log1p(14.0));
  out[2] = std::max(0.0, silence - std::log1p(60.0));
  out[3] = std::max(0.0, silence - std::log1p(180.0));
}

void full_features(const Standing& s, double gap, double btyd_chance, std::int32_t horizon, double* out) {
  silence_features(s, out);
  const double log_ratio = std::log((static_cast<double>(s.silent) + 1) / gap);
  const bool once = s.purchases == 1;
  out[4] = std::log(btyd_chance / (1 - btyd_chance));
  out[5] = std::log(static_cast<double>(s.purchases));
  out[6] = once ? 1 : 0;
  out[7] = once ? out[0] : 0;
  out[8] = std::max(0.0, log_ratio);
  out[9] = std::max(0.0, log_ratio - std::log(2.0));
  out[10] = std::log1p(static_cast<double>(s.recent));
  out[11] = std::log1p(static_cast<double>(s.less_recent));
  out[12] = std::log1p(static_cast<double>(s.tenure) / horizon);
  out[13] = std::log(gap);
}

void season_features(std::int32_t day, double* out) {
  const double angle = 2 * std::numbers::pi * static_cast<double>(day) / 365.25;
  out[0] = std::sin(angle);
  out[1] = std::cos(angle);
  out[2] = std::sin(2 * angle);
  out[3] = std::cos(2 * angle);
}

}  // namespace understand
