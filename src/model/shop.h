#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/profile.h"

namespace model {

/// A share with what it was counted from.
struct Share {
  double value = 0;
  double low = 0;  ///< 95 % Wilson interval
  double high = 0;
  std::uint64_t of = 0;
};

/// Customers first seen in a month, and the share of them buying in each later month.
struct Cohort {
  base::Day month;  ///< its first day
  std::uint64_t customers = 0;
  std::vector<double> active;  ///< [0] = 1; ends at the last whole month
};

/// One month of the leaky bucket.
struct MonthFlow {
  base::Day month;
  std::uint64_t active_at_start = 0;
  std::uint64_t gained = 0;    ///< first purchases
  std::uint64_t returned = 0;  ///< lapsed before, bought again
  std::uint64_t lost = 0;      ///< passed their lapse day in this month
};

/// Chance of a purchase within the horizon, for customers silent `from` to `to` days.
struct ReturnBySilence {
  std::int32_t from = 0;
  std::int32_t to = 0;
  Share chance;
};

/// How one way to foresee returns did on the last window it could not have seen.
struct Rival {
  std::string name;
  double brier = 0;
  double auc = 0;
  double predicted = 0;  ///< mean
};

struct OutOfTime {
  bool done = false;
  std::string why_not;  ///< where there is too little history
  base::Day cut;
  std::int32_t horizon_days = 0;
  std::uint64_t customers = 0;
  double observed = 0;
  std::vector<Rival> rivals;  ///< the first is ours
  struct Decile {
    double predicted = 0;
    double observed = 0;
    double error = 0;  ///< sampling standard error of `observed`
    std::uint64_t customers = 0;
  };
  std::vector<Decile> deciles;
};

/// A fitted buy-till-you-die model, as reported.
struct ModelFit {
  std::string name;
  std::vector<std::pair<std::string, double>> parameters;
  std::vector<double> standard_errors;
  double log_likelihood = 0;
  bool converged = false;
  bool dropout_identified = true;
  std::string note;
};

/// What an analysis says about the whole shop.
struct Shop {
  base::Day as_of;
  base::Day first_day;
  base::Day last_day;
  std::string currency;
  std::string business;
  std::int32_t horizon_days = 0;
  std::uint64_t customers = 0;
  std::uint64_t one_order = 0;
  std::uint64_t lines_without_customer = 0;
  double spend = 0;
  bool amounts_known = true;
  bool season_known = false;  ///< two years of data or more
  double expected_gap = 0;
  double first_to_second = 0;
  std::array<std::uint64_t, kSegments> segment_count{};
  std::array<double, kSegments> segment_spend{};
  std::array<std::uint64_t, kStages> stage_count{};
  std::array<double, kStages> stage_spend{};
  std::array<std::array<std::uint64_t, 5>, 5> rfm_count{};  ///< [recency - 1][ceil((f + m) / 2) - 1]
  std::array<std::array<double, 5>, 5> rfm_spend{};
  struct Retention {
    std::int32_t days = 0;
    Share again;
  };
  std::vector<Retention> retention;  ///< bought again within 1, 3, 30, 90 days of the first purchase
  std::vector<Cohort> cohorts;
  std::vector<MonthFlow> flows;
  double churn_rate = 0;  ///< mean monthly share of active customers lost, last six whole months
  std::vector<ReturnBySilence> by_silence;
  std::optional<std::int32_t> lost_after_days;  ///< from here on fewer than 5 % return within the horizon
  double loss_90 = 0;
  std::vector<ModelFit> fits;
  std::string return_model;  ///< how return_chance was made: "landmarks", "bg_nbd" or "base_rate"
  std::string purchase_model;          ///< whose expected orders are used: "pareto_nbd", "mbg_cnbd_k", …; empty for none
  bool purchase_model_judged = false;  ///< it foresaw the shop's own past best; false: too little past to tell
  OutOfTime check;
  struct Figure {
    std::string name;
    double value = 0;
  };
  std::vector<Figure> by_business;  ///< what the kind of business adds (docs/formats.md names them)
  std::vector<std::string> warnings;  ///< stable names of what the reader must know
};

}  // namespace model
