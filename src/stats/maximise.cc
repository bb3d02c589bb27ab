#include "stats/maximise.h"

#include <algorithm>
#include <cmath>

namespace stats {
namespace {

constexpr double kLongestStep = 2.5;  // in a log-parameter: a factor of 12

std::vector<std::size_t> free_coordinates(const Optimum& o, double low, double high) {
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < o.point.size(); ++i) {
    const double g = o.at.gradient[i];
    const bool held = (o.point[i] <= low && g <= 0) || (o.point[i] >= high && g >= 0);
    if (!held) free.push_back(i);
  }
  return free;
}

}  // namespace

Optimum maximise(const Objective& objective, std::span<const double> start, double low, double high, double tolerance,
                 int most_iterations) {
  Optimum best;
  best.point.assign(start.begin(), start.end());
  for (double& v : best.point) v = std::clamp(v, low, high);
  best.at = objective(best.point);
  best.iterations = 1;
  double damping = 0;
  while (best.iterations < most_iterations) {
    const std::vector<std::size_t> free = free_coordinates(best, low, high);
    const std::size_t n = free.size();
    best.gradient_norm = 0;
    best.at_bound = n < best.point.size();
    std::vector<double> g(n);
    Matrix curvature{n};
    double scale = 0;
    for (std::size_t i = 0; i < n; ++i) {
      g[i] = best.at.gradient[free[i]];
      best.gradient_norm = std::max(best.gradient_norm, std::abs(g[i]));
      for (std::size_t j = 0; j < n; ++j) curvature(i, j) = -best.at.hessian(free[i], free[j]);
      scale = std::max(scale, std::abs(curvature(i, i)));
    }
    if (n == 0) {
      best.converged = true;
      return best;
    }
    scale = std::max(scale, 1e-12);
    Matrix lower;
    for (;;) {
      Matrix damped = curvature;
      for (std::size_t i = 0; i < n; ++i) damped(i, i) += damping * scale;
      lower = cholesky(damped);
      if (lower.size == n) break;
      damping = std::max(damping * 4, 1e-10);
      if (damping > 1e12) return best;  // the objective is not finite here
    }
    std::vector<double> step = solve(lower, g);
    double promise = 0;
    double longest = 0;
    for (std::size_t i = 0; i < n; ++i) {
      promise += 0.5 * g[i] * step[i];
      longest = std::max(longest, std::abs(step[i]));
    }
    // This near the top one more step squares the distance to it: take it, and that is the answer.
    const bool last = damping == 0 && promise < tolerance && longest < 1.5;
    const double shrink = longest > kLongestStep ? kLongestStep / longest : 1;
    std::vector<double> point = best.point;
    double moved = 0;
    for (std::size_t i = 0; i < n; ++i) {
      point[free[i]] = std::clamp(point[free[i]] + shrink * step[i], low, high);
      moved = std::max(moved, std::abs(point[free[i]] - best.point[free[i]]));
    }
    Evaluation next = objective(point);
    ++best.iterations;
    const double noise = 1e-13 * std::abs(best.at.value);
    if (std::isfinite(next.value) && next.value >= best.at.value - noise) {
      const bool still = moved < 1e-13 || (promise < noise && damping < 1e-6);
      best.point = std::move(point);
      best.at = std::move(next);
      damping = damping < 1e-9 ? 0 : damping / 10;
      if (last || (still && damping < 1e-6)) {
        best.converged = true;
        best.gradient_norm = 0;
        for (const std::size_t i : free_coordinates(best, low, high)) {
          best.gradient_norm = std::max(best.gradient_norm, std::abs(best.at.gradient[i]));
        }
        return best;
      }
    } else if (last) {
      best.converged = true;
      return best;
    } else {
      damping = std::max(damping * 10, 1e-4);
      if (damping > 1e14) return best;
    }
  }
  return best;
}

}  // namespace stats
