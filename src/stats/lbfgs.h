#pragma once

#include <functional>
#include <span>
#include <vector>

namespace stats {

struct Minimum {
  std::vector<double> point;
  double value = 0;
  int iterations = 0;
  bool converged = false;
};

/// The function's value at a point; it fills `gradient`.
using SlopedFunction = std::function<double(std::span<const double> point, std::span<double> gradient)>;

/// Minimises a smooth function of many numbers: limited-memory BFGS (Liu & Nocedal 1989) with ten pairs and a
/// backtracking line search that asks for enough fall (Armijo) and keeps only pairs of positive curvature. Converged
/// when the largest derivative is below `tolerance` · max(1, |value|). Deterministic.
Minimum minimise(const SlopedFunction& function, std::vector<double> start, double tolerance = 1e-5, int most_iterations = 200);

}  // namespace stats
