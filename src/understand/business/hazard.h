#pragma once

#include <cstdint>
#include <vector>

#include "stats/interval.h"

namespace understand::business {

/// How long something lasted, in days; `ended` false: it still lasts (censored).
struct Duration {
  double days = 0;
  bool ended = false;
};

/// One period of a discrete-time hazard.
struct HazardPeriod {
  double at_risk = 0;
  double events = 0;
  double hazard = 0;          ///< events per at risk, drawn to the curve where they are few
  double survival = 1;        ///< to the end of this period, of the drawn hazards
  double kaplan_meier = 1;    ///< to the end of this period, as observed
  stats::Interval survival_95;  ///< Greenwood's variance on the log(−log) scale; [0, 1] where nothing is known
};

/// The chance of an end in each period of equal length, given that none came before: observed shares, drawn towards the
/// shifted-beta-geometric curve (Fader & Hardie, "How to project customer retention", J. Interactive Marketing 21 (2007),
/// eq. 5–7: hazard α / (α + β + t − 1)) as a beta prior worth 20 at risk. Without any end the hazard is that of half an
/// end among all at risk: never 0, never certain.
class Hazard {
 public:
  static Hazard learn(const std::vector<Duration>& durations, double period_days);

  /// S(t): the chance of no end within t days. Between the ends of periods the hazard is spread evenly; beyond the last
  /// period the curve goes on.
  double survival(double days) const;
  /// P(an end in (after, after + within] | none up to `after`).
  double chance(double after, double within) const;
  /// Expected days until the end, no more than `most`, with Greenwood's standard error (area under the curve).
  struct Mean {
    double days = 0;
    double error = 0;
  };
  Mean mean_within(double most) const;

  const std::vector<HazardPeriod>& periods() const { return periods_; }
  double alpha() const { return alpha_; }
  double beta() const { return beta_; }
  double period() const { return period_; }
  double events() const { return events_; }

 private:
  double hazard_of(std::size_t period) const;
  double period_ = 30;
  double alpha_ = 1, beta_ = 1, events_ = 0;
  std::vector<HazardPeriod> periods_;
};

}  // namespace understand::business
