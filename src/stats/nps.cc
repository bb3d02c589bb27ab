#include "stats/nps.h"

#include <algorithm>
#include <cmath>

#include "stats/special.h"

namespace stats {

NetPromoter net_promoter(double promoters, double passives, double detractors, double confidence) {
  const double answers = promoters + passives + detractors;
  const double a1 = promoters + 0.5, a3 = detractors + 0.5, all = answers + 1.5;
  const double mean = (a1 - a3) / all;
  const double variance = ((a1 + a3) / all - mean * mean) / (all + 1);
  const double wide = normal_quantile(0.5 + confidence / 2) * std::sqrt(std::max(0.0, variance));
  NetPromoter made;
  made.score = answers > 0 ? (promoters - detractors) / answers : 0;
  made.interval = {std::max(-1.0, mean - wide), std::min(1.0, mean + wide)};
  // What was counted is always within what is said of it.
  if (answers > 0) made.interval = {std::min(made.interval.low, made.score), std::max(made.interval.high, made.score)};
  return made;
}

}  // namespace stats
