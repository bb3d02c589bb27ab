#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stats/interval.h"

namespace measure {

/// A first year is looked at in twelfths.
inline constexpr std::size_t kTwelfths = 12;
/// Newcomers are divided by lot into so many parts; leaving out one after the other tells the error.
inline constexpr std::size_t kLots = 100;

/// Newcomers of one lot who have lived through the same number of whole twelfths, and their net sales in each twelfth.
struct NewcomerGroup {
  std::size_t lot = 0;    ///< below kLots
  std::size_t lived = 0;  ///< 0 … kTwelfths
  double customers = 0;
  std::array<double, kTwelfths> net{};  ///< money; those after `lived` are not over and not used
};

/// A week's money on one channel.
struct SpendWeek {
  double amount = 0;
  double newcomers = 0;  ///< as reported with the money
};

struct ChannelRecord {
  std::string name;
  std::vector<SpendWeek> weeks;
  std::vector<NewcomerGroup> newcomers;
};

/// A value with its 90 % interval.
struct Ranged {
  double value = 0;
  stats::Interval interval;
};

/// What a plan expects; money.
struct PlanExpectation {
  double spend = 0;
  Ranged profit;          ///< mean, p5 and p95
  double next_unit = 0;   ///< profit of the next unit of budget; 0 = nobody worthwhile is left
};

struct BalanceRequest {
  double margin = 0;  ///< contribution per unit of sales
  std::vector<ChannelRecord> channels;
  std::vector<NewcomerGroup> others;  ///< newcomers of no known channel: they tell how a first year goes, too
  bool count_reported = false;        ///< the newcomers are not told apart by channel: the reported count is the paid one
  std::optional<PlanExpectation> plan;
};

struct ChannelBalance {
  std::string name;
  double amount = 0;
  double reported = 0;   ///< newcomers by the file
  double newcomers = 0;  ///< those counted
  std::optional<double> cost_each;   ///< none without newcomers
  std::optional<Ranged> value_each;  ///< contribution of a newcomer's first year; none with under 30 newcomers
  bool diminishing_learned = false;  ///< else the next unit is taken to bring the average, which is too much rather than too little
  double elasticity = 1;             ///< per cent more newcomers for one per cent more money, 0 … 1
  double elasticity_error = 0;
  std::optional<Ranged> next_unit;   ///< contribution of the next unit of money, less that unit
};

enum class Advice : std::uint8_t { no_spend, no_newcomers, no_plan, not_proven, nothing_pays, win_back, acquisition };
std::string_view name_of(Advice advice);

struct Balance {
  std::vector<ChannelBalance> channels;  ///< the best next unit first, unknown ones last
  std::array<double, kTwelfths> share_by_twelfth{};  ///< of a first year's sales, had by the end of each twelfth
  std::size_t known_twelfths = 0;        ///< of a first year anybody has lived through: values reach so far
  double older_share = 0;                ///< of the counted newcomers, those whose first year is over
  std::optional<Ranged> win_back_next;   ///< profit of the plan's next unit
  std::optional<Ranged> win_back_average;  ///< profit per unit of its spend
  Advice advice = Advice::no_spend;
};

/// What the next unit of money brings in each channel of acquisition, and in the plan.
///
/// Value of a newcomer: Σ net sales of whole twelfths / Σ F(twelfths lived), times the margin; F, the share of a first
/// year's sales had by then, is the chain ladder's over all newcomers (Mack 1993; the ratio is the Cape Cod method,
/// Stanard 1985). Errors: delete-a-group jackknife (Kott 2001). Diminishing returns: quasi-Poisson regression of a week's
/// newcomers on the logarithm of its money, with at least 20 weeks, 50 newcomers and an error up to 0.3. Advice only
/// where 90 % intervals do not overlap; never acquisition by an average return. Nothing in it is NaN.
Balance weigh(const BalanceRequest& request);

}  // namespace measure
