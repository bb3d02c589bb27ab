#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/block.h"
#include "base/time.h"

namespace model {

/// Why a customer may be leaving, as plain as a shopkeeper would say it. Each gathers several columns of a model.
enum class ChurnReason : std::uint8_t {
  silence,    ///< silent for `now` days, usual gap `usual`
  slowing,    ///< `now` purchases in the last 90 days, `usual` in the 90 before
  seldom,     ///< buys about every `usual` days
  few,        ///< `now` purchases in `usual` days as a customer
  spend,      ///< spent `now` in a year, half of the active spend more than `usual`
  baskets,    ///< last basket `now`, usually `usual`
  returns,    ///< sent back the share `now`, on `usual` days
  discounts,  ///< the share `now` of purchases was reduced
  breadth,    ///< knows `now` products, half of the active know more than `usual`
  visits,     ///< `now` visits in the last 30 days, `usual` in the 30 before
  carts,      ///< `now` carts in the last 30 days
  messages,   ///< answered `now` of `usual` messages
  troubles,   ///< `now` tickets, returns or failed payments in 90 days
  season,     ///< did not buy at this time of last year
};
inline constexpr std::size_t kChurnReasons = 14;
std::string_view name_of(ChurnReason reason);

/// A reason of one customer with what it adds to the log-odds of leaving (> 0), and two numbers of the customer's own
/// that the words need; their meaning stands beside the reason.
struct ChurnDriver {
  ChurnReason reason = ChurnReason::silence;
  double weight = 0;
  double now = 0;
  double usual = 0;
};

/// What may be done about it.
enum class ChurnAction : std::uint8_t { remind, ask, second_order, serve, help_decide, change_channel, call, watch };
inline constexpr std::size_t kChurnActions = 8;
std::string_view name_of(ChurnAction action);

/// How a model did on windows it could not have seen.
struct ChurnScore {
  std::string model;
  double auc = 0;
  double brier = 0;
  double average_precision = 0;
  double log_loss = 0;
  double predicted = 0;  ///< mean
};

/// One cut of the validation.
struct ChurnFold {
  base::Day cut;
  std::uint64_t customers = 0;
  double observed = 0;             ///< share that left
  std::vector<ChurnScore> scores;  ///< in the order of Churn::scores
};

/// A column that was not used, and why.
struct ChurnRefusal {
  std::string column;
  std::string why;  ///< "changes_with_future", "too_good" or "fades"
  double auc = 0;
  double auc_earlier = 0;  ///< of the same column a week earlier
};

struct ChurnDecile {
  double predicted = 0;
  double observed = 0;
  double low = 0, high = 0;  ///< 95 % of `observed`
  std::uint64_t customers = 0;
};

/// Who is active now and may leave within the horizon; one row a customer, those to act on
/// first, each part ordered by the money at stake.
struct Churn {
  base::Day as_of;
  std::int32_t horizon_days = 30;
  bool usual_gap_longer = false;  ///< the horizon is the usual gap, for it is longer than 30 days
  bool by_activity = false;       ///< a business without orders: activity stands for purchases
  std::string currency;
  std::string snapshot_id;

  std::string model;    ///< "trees", "blend", "logistic", "recency", "btyd" or "rhythm"
  std::string why;      ///< "best_out_of_time", "trees_not_better" or "short_history"
  bool measured = false;  ///< there were windows to be judged by; else scores and intervals are not known
  std::vector<ChurnScore> scores;  ///< pooled over the folds, in a fixed order
  double gain = 0, gain_error = 0;  ///< Brier of the best simpler model less the trees'; standard error over customers
  std::string against;  ///< that simpler model
  std::vector<ChurnFold> folds;
  std::vector<ChurnDecile> deciles;
  std::vector<ChurnRefusal> refused;
  std::uint64_t customers = 0;  ///< known at all
  std::uint64_t active = 0;
  double expected_leavers = 0;

  struct Row {
    std::string customer_id;
    double chance = 0;
    double low = 0, high = 0;  ///< 95 %, from how windows like this one turned out
    double at_stake = 0;       ///< chance × a year's contribution like the last one
    std::int32_t silent = 0;
    double gap = 0;            ///< usual days between purchases
    double spend_12m = 0;
    std::vector<ChurnDriver> drivers;  ///< heaviest first, at most three
    ChurnAction action = ChurnAction::watch;
  };
  std::vector<Row> rows;
};

}  // namespace model
