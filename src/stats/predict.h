#pragma once

#include <limits>

#include "stats/gamma_gamma.h"
#include "stats/interval.h"
#include "stats/purchase_model.h"

namespace stats {

/// What to foretell of a customer. `t` is the time ahead; for `discounted` the horizon (+∞ allowed when rate > 0).
struct Question {
  enum class What : std::uint8_t { alive, expected, any_purchase, discounted };
  What what = What::expected;
  double t = 0;
  double rate = 0;  ///< continuous discount rate per time unit
};

/// The answer with the interval for the error of the parameters, by the delta method: on the logit for chances, on the
/// logarithm for the others. It covers the answer the true parameters would give, not what the customer then does.
Estimate predict(const PurchaseFit& fit, const History& h, const Question& question, double confidence);

/// The answer at given parameters of the fit's family.
double answer(const PurchaseModel& m, const History& h, const Question& question);

/// Interval for the purchases one customer will really make in (T, T+t]: quantiles of their law at the estimates,
/// (1 − confidence)/2 beyond each end at most. Whole numbers, so it covers at least as often as it says, but for the error
/// of the parameters.
Interval future_purchases(const PurchaseModel& m, const History& h, double t, double confidence);

/// Purchases of a group in (T, T+t].
struct GroupForecast {
  Estimate expected;    ///< Σ weight · E, with the interval for the error of the parameters
  Interval realised;    ///< where the sum will really fall: that error and the chance in each customer's buying
  double chance_sd = 0; ///< standard deviation of the sum at the estimates
};

/// Variances come from the customers' own laws; of groups above 2,000 rows, from an even sample of them. Normal
/// approximation on the sum, never below 0: meant for some tens of customers and more.
GroupForecast forecast_group(const PurchaseFit& fit, const Histories& rows, double t, double confidence, Threads threads = {});

/// Terms of a customer's value.
struct ValueTerms {
  double margin = 1;           ///< share of an order that stays
  double yearly_percent = 10;  ///< discount rate, above 0 when there is no horizon
  double units_per_year = 365.25;
  double horizon = std::numeric_limits<double>::infinity();  ///< time units
};

/// Customer lifetime value from T on: margin × expected spend (gamma-gamma; Fader & Hardie 2013) × discounted expected
/// residual purchases (Fader, Hardie & Lee, JMR 42 (2005)). `paid` and `mean` are the customer's orders with an amount and
/// their mean. The interval is for the error of both models' parameters, which are estimated apart; without a finite
/// spending model the value is not known: NaN never, but [0, +∞) around mean spend as observed.
Estimate customer_value(const PurchaseFit& purchases, const FitReport& spending, const History& h, double paid, double mean,
                        const ValueTerms& terms, double confidence);

}  // namespace stats
