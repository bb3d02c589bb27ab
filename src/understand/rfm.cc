#include "understand/rfm.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace understand {

std::vector<std::uint8_t> quintiles(std::span<const double> values) {
  std::vector<std::uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
  std::vector<std::uint8_t> scores(values.size());
  const auto n = static_cast<double>(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t j = i;
    while (j < order.size() && values[order[j]] == values[order[i]]) ++j;
    const double middle = (static_cast<double>(i) + static_cast<double>(j)) / 2 / n;  // in (0, 1)
    const auto score = static_cast<std::uint8_t>(std::min(5, 1 + static_cast<int>(middle * 5)));
    for (; i < j; ++i) scores[order[i]] = score;
  }
  return scores;
}

model::Segment segment_of(int recency, int frequency, int monetary) {
  using enum model::Segment;
  // Rows: recency 1…5 (5 = most recent); columns: ceil((frequency + monetary) / 2), 1…5.
  constexpr std::array<std::array<model::Segment, 5>, 5> grid = {{
      {lost, lost, at_risk, cannot_lose, cannot_lose},
      {hibernating, hibernating, at_risk, at_risk, at_risk},
      {about_to_sleep, need_attention, need_attention, loyal, loyal},
      {promising, potential_loyalist, loyal, loyal, champions},
      {new_customers, potential_loyalist, potential_loyalist, champions, champions},
  }};
  const int column = (frequency + monetary + 1) / 2;
  return grid[static_cast<std::size_t>(recency - 1)][static_cast<std::size_t>(column - 1)];
}

}  // namespace understand
