#pragma once

#include <vector>

#include "understand/business/events.h"

namespace understand::business {

/// One player (or learner) on a day.
struct Player {
  double hours = 0;           ///< played; a session without hours counts as one
  std::uint32_t sessions = 0;
  double paid = 0;
  double paid_12m = 0;
  std::uint32_t paying_days = 0;
  std::int32_t first_day = 0, last_day = 0;  ///< of any activity; first_day 0 = none yet
  std::int32_t last_paid = 0;
  std::uint32_t units = 0;    ///< completed
  std::uint32_t stuck_at = 0; ///< place of the unit begun last and not completed; 0 = none
  bool completed = false;
};

/// What counts as being there: play, payments, units.
bool is_activity(Happening what);

Player player_at(const Events& events, std::size_t i, std::int32_t day);

/// P(pay | active) and what is paid then: learned at past days, like the chance of a return.
class Paying {
 public:
  /// Learns from events up to `today`. Among customers active in the horizon after a past day, whether each paid in it is
  /// regressed (ridge logistic) on what was known before; with fewer than 30 payers or non-payers the shares of those who had
  /// and had not paid before are used, drawn to the common share. Money is cut at its 99th percentile (winsorised: Dixon,
  /// Annals of Mathematical Statistics 31 (1960)), for a few whales would carry every mean.
  static Paying learn(const Events& events, std::int32_t today, std::int32_t horizon);

  /// Chance that this player pays within the horizon, given activity in it.
  double chance(const Player& player, std::int32_t day) const;

  /// Money of a horizon in which this player pays, with its standard error.
  struct Money {
    double mean = 0;
    double error = 0;
  };
  Money money(const Player& player) const;

  bool learned() const { return learned_; }
  double cut() const { return cut_; }
  double share() const { return share_; }

 private:
  bool learned_ = false;
  std::int32_t horizon_ = 30;
  std::vector<double> mean_, scale_, beta_;
  double share_ = 0;                         ///< of active horizons with a payment
  double share_new_ = 0, share_payer_ = 0;   ///< … of players who had not, and had, paid before
  double cut_ = 0, mean_money_ = 0, sd_money_ = 0, mean_day_ = 0;
  double days_per_horizon_ = 1;              ///< paying days in a horizon with one
};

}  // namespace understand::business
