#include "stats/lbfgs.h"

#include <cmath>
#include <deque>

namespace stats {
namespace {

constexpr std::size_t kPairs = 10;

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

struct Pair {
  std::vector<double> step, turn;
  double rho = 0;
};

/// −H·gradient by the two loops over the pairs.
std::vector<double> direction_of(const std::deque<Pair>& pairs, std::span<const double> gradient) {
  std::vector<double> q{gradient.begin(), gradient.end()};
  std::vector<double> alpha(pairs.size());
  for (std::size_t k = pairs.size(); k-- > 0;) {
    alpha[k] = pairs[k].rho * dot(pairs[k].step, q);
    for (std::size_t i = 0; i < q.size(); ++i) q[i] -= alpha[k] * pairs[k].turn[i];
  }
  if (!pairs.empty()) {
    const Pair& last = pairs.back();
    const double scale = 1 / (last.rho * dot(last.turn, last.turn));
    for (double& one : q) one *= scale;
  }
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const double beta = pairs[k].rho * dot(pairs[k].turn, q);
    for (std::size_t i = 0; i < q.size(); ++i) q[i] += (alpha[k] - beta) * pairs[k].step[i];
  }
  for (double& one : q) one = -one;
  return q;
}

}  // namespace

Minimum minimise(const SlopedFunction& function, std::vector<double> start, double tolerance, int most_iterations) {
  const std::size_t n = start.size();
  Minimum found{std::move(start), 0, 0, false};
  std::vector<double> gradient(n), next_gradient(n), next(n);
  found.value = function(found.point, gradient);
  std::deque<Pair> pairs;
  for (; found.iterations < most_iterations; ++found.iterations) {
    double steepest = 0;
    for (const double one : gradient) steepest = std::max(steepest, std::abs(one));
    if (steepest <= tolerance * std::max(1.0, std::abs(found.value))) {
      found.converged = true;
      break;
    }
    std::vector<double> direction = direction_of(pairs, gradient);
    double slope = dot(direction, gradient);
    if (!(slope < 0)) {  // the pairs have lost touch with the function: start anew
      pairs.clear();
      direction = direction_of(pairs, gradient);
      slope = dot(direction, gradient);
    }
    double length = pairs.empty() ? 1 / std::max(1.0, std::sqrt(-slope)) : 1;
    double value = 0;
    bool fell = false;
    for (int attempt = 0; attempt < 40; ++attempt, length /= 2) {
      for (std::size_t i = 0; i < n; ++i) next[i] = found.point[i] + length * direction[i];
      value = function(next, next_gradient);
      if (std::isfinite(value) && value <= found.value + 1e-4 * length * slope) {
        fell = true;
        break;
      }
    }
    if (!fell) {
      if (pairs.empty()) break;
      pairs.clear();
      continue;
    }
    Pair pair{std::vector<double>(n), std::vector<double>(n), 0};
    for (std::size_t i = 0; i < n; ++i) {
      pair.step[i] = next[i] - found.point[i];
      pair.turn[i] = next_gradient[i] - gradient[i];
    }
    const double curvature = dot(pair.step, pair.turn);
    if (curvature > 1e-12 * dot(pair.turn, pair.turn)) {
      pair.rho = 1 / curvature;
      pairs.push_back(std::move(pair));
      if (pairs.size() > kPairs) pairs.pop_front();
    }
    found.point.swap(next);
    gradient.swap(next_gradient);
    found.value = value;
  }
  return found;
}

}  // namespace stats
