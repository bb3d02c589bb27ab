#pragma once

#include <functional>
#include <span>
#include <vector>

#include "stats/matrix.h"

namespace stats {

/// A function to be maximised, with its exact derivatives at one point.
struct Evaluation {
  double value = 0;
  std::vector<double> gradient;
  Matrix hessian;
};
using Objective = std::function<Evaluation(std::span<const double> point)>;

struct Optimum {
  std::vector<double> point;
  Evaluation at;
  int iterations = 0;      ///< evaluations of the objective
  bool converged = false;  ///< the Newton decrement fell below tolerance with a negative definite Hessian
  bool at_bound = false;   ///< a coordinate ended on the box
  double gradient_norm = 0;  ///< largest absolute derivative among the free coordinates
};

/// Newton's method with Levenberg damping on the box [low, high]^n; a coordinate on the box whose derivative points
/// outwards is held there. Converged when the rise a further Newton step promises is below `tolerance`, in the units of
/// the objective (for a log-likelihood 1e-6 is a thousandth of a standard error); that step is still taken, and squares the
/// distance left. Deterministic.
Optimum maximise(const Objective& objective, std::span<const double> start, double low, double high,
                 double tolerance = 1e-6, int most_iterations = 150);

}  // namespace stats
