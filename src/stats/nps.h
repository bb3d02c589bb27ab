#pragma once

#include "stats/interval.h"

namespace stats {

/// Net promoter score and what is known of it: promoters − detractors as a share of all answers (Reichheld 2003), in −1…1.
struct NetPromoter {
  double score = 0;     ///< as counted; 0 when nobody answered
  Interval interval;    ///< of the score among all who might answer
};

/// With the three shares under Jeffreys' prior Dirichlet(½, ½, ½), the score has mean (a₁ − a₃)/A and variance
/// ((a₁ + a₃)/A − mean²)/(A + 1) (moments of the Dirichlet distribution); the interval is normal on these, cut to −1…1.
/// Without answers it is nearly everything. It says nothing about those who did not answer.
NetPromoter net_promoter(double promoters, double passives, double detractors, double confidence);

}  // namespace stats
