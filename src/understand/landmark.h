#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/shop.h"
#include "stats/logistic.h"
#include "understand/history.h"
#include "understand/rhythm.h"

namespace understand {

/// A logistic regression with the scale its columns were put on.
struct Regression {
  std::vector<double> mean, scale;
  stats::LogisticModel model;

  double probability(const double* row) const;
};

/// How the chance of a return within a horizon is foreseen.
///
/// p(none) is learned by landmarks: at several past dates every customer known then is described by what was known then
/// (silence, rhythm, number and recent number of purchases, tenure, the BTYD chance of a return, season where two years
/// allow it), and whether a purchase followed within the horizon is counted. A ridge logistic regression over all of
/// them gives the chance today. Where the history is too short the BTYD chance is used, and where even that does not
/// exist the share of customers who returned.
class ReturnModel {
 public:
  /// Learns from purchases up to and including `as_of` only.
  static ReturnModel learn(const Histories& histories, const Rhythm& rhythm, std::int32_t as_of, std::int32_t horizon);

  /// Chance of at least one purchase in (as_of, as_of + horizon] for every customer who had bought by `as_of`; −1 for
  /// the others. `histories` may know later purchases: they are not looked at.
  std::vector<double> chances(const Histories& histories, const Rhythm& rhythm, std::int32_t as_of) const;

  /// What silence alone would say (a rival to be beaten), −1 where it could not be learned.
  double chance_by_silence(std::int32_t silent) const;

  /// The share that returned at the landmarks.
  double base_rate() const { return base_rate_; }

  /// "landmarks", "btyd" or "base_rate".
  const std::string& method() const { return method_; }
  std::int32_t landmarks() const { return landmarks_; }
  bool season_known() const { return season_known_; }

 private:
  std::int32_t horizon_ = 0;
  std::string method_ = "base_rate";
  std::int32_t landmarks_ = 0;
  bool season_known_ = false;
  double base_rate_ = 0;
  Regression regression_;
  std::optional<Regression> silence_;
};

/// The chance each rival would have given, at a cut with a whole horizon after it, and how they did.
model::OutOfTime check_out_of_time(const Histories& histories, std::int32_t cut, std::int32_t horizon);

}  // namespace understand
