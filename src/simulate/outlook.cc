#include "simulate/outlook.h"

#include <algorithm>
#include <cmath>

namespace simulate {
namespace {

constexpr std::size_t kSize = kMostStages + kReasons;
using Vector = std::array<double, kSize>;

/// The chain of one customer: stages 0 … k−1 while staying, then one state for each reason of being away.
struct Chain {
  const Person& p;
  double back_in;  ///< share of orders after which the chain goes on: 1, or what does not end it

  /// dx/dt at season factor s; returns the rate of orders.
  double derivative(const Vector& x, double s, Vector& d) const {
    const double step = p.rate * p.stages * s;
    double orders = step * x[p.stages - 1];
    double staying = 0;
    for (std::size_t j = 0; j < p.stages; ++j) staying += x[j];
    for (std::size_t r = 1; r < kReasons; ++r) {
      const double back = p.back[r] * s * x[kMostStages + r];
      orders += back;
      d[kMostStages + r] = p.leave_rate * staying * p.over_time[r] - back;
    }
    d[0] = -(step + p.leave_rate) * x[0];
    for (std::size_t j = 1; j < p.stages; ++j) d[j] = step * x[j - 1] - (step + p.leave_rate) * x[j];
    const double again = orders * back_in;
    d[0] += again * (1 - p.leave_after);
    for (std::size_t r = 1; r < kReasons; ++r) d[kMostStages + r] += again * p.leave_after * p.after_order[r];
    return orders;
  }

  /// Moves x on by dt days of season factor s; returns the orders meanwhile.
  double advance(Vector& x, double s, double dt) const {
    const double fastest = p.rate * p.stages * s + p.leave_rate;
    const int parts = std::max(1, static_cast<int>(std::ceil(fastest * dt / 0.4)));
    const double h = dt / parts;
    double orders = 0;
    Vector k1{}, k2{}, k3{}, k4{}, y{};
    const auto probe = [&](const Vector& k, double w) {
      for (std::size_t i = 0; i < kSize; ++i) y[i] = x[i] + w * k[i];
    };
    for (int i = 0; i < parts; ++i) {
      const double o1 = derivative(x, s, k1);
      probe(k1, h / 2);
      const double o2 = derivative(y, s, k2);
      probe(k2, h / 2);
      const double o3 = derivative(y, s, k3);
      probe(k3, h);
      const double o4 = derivative(y, s, k4);
      for (std::size_t j = 0; j < kSize; ++j) x[j] += h / 6 * (k1[j] + 2 * k2[j] + 2 * k3[j] + k4[j]);
      orders += h / 6 * (o1 + 2 * o2 + 2 * o3 + o4);
    }
    return orders;
  }
};

Vector start(const Person& p, const Season& season, const State& state, double from) {
  Vector x{};
  if (state.away) {
    x[kMostStages + static_cast<std::size_t>(state.reason)] = 1;
    return x;
  }
  const double elapsed = std::max(0.0, season.at(from) - season.at(state.since)) * p.rate * p.stages;
  double weight = 1, sum = 0;
  for (std::size_t j = 0; j < p.stages; ++j) {
    x[j] = weight;
    sum += weight;
    weight *= elapsed / static_cast<double>(j + 1);
  }
  for (std::size_t j = 0; j < p.stages; ++j) x[j] /= sum;
  return x;
}

/// Gift buyers: one day, uniform around the occasion; beyond a horizon of months nothing follows.
std::vector<Outlook> gift_outlook(const Person& p, const Season& season, const State& state, double from,
                                  double cancelled, double window, std::span<const std::int32_t> horizons) {
  std::vector<Outlook> out(horizons.size());
  if (state.away) return out;
  const double middle = next_occasion(p, state.since);
  const double low = std::max(from, middle - window), high = middle + window;
  for (std::size_t h = 0; h < horizons.size(); ++h) {
    const double end = std::min(high, from + horizons[h]);
    if (end <= low) continue;
    const double kept = 1 - cancelled;
    out[h].orders = out[h].chance = (end - low) / (high - low) * kept;
    for (double t = low; t < end;) {
      const double next = std::min(end, std::floor(t) + 1);
      out[h].money += (next - t) / (high - low) * kept * (1 - season.discount(static_cast<std::int32_t>(t)));
      t = next;
    }
  }
  return out;
}

}  // namespace

double next_occasion(const Person& person, double after) {
  double middle = person.joined;
  while (middle < after + 150) middle += 365;
  return middle;
}

std::vector<Outlook> outlook(const Person& p, const Season& season, const State& state, double from, double cancelled,
                             double gift_window, std::span<const std::int32_t> horizons) {
  if (p.gift_buyer) return gift_outlook(p, season, state, from, cancelled, gift_window, horizons);
  std::vector<Outlook> out(horizons.size());
  Vector all = start(p, season, state, from), first = all;
  const Chain whole{p, 1}, until_first{p, cancelled};
  Outlook sum;
  double t = from;
  for (std::size_t h = 0; h < horizons.size(); ++h) {
    const double end = from + horizons[h];
    while (t < end) {
      const double next = std::min(end, std::floor(t) + 1);
      const auto day = static_cast<std::int32_t>(t);
      const double orders = whole.advance(all, season.factor(day), next - t) * (1 - cancelled);
      sum.orders += orders;
      sum.money += orders * (1 - season.discount(day));
      sum.chance += until_first.advance(first, season.factor(day), next - t) * (1 - cancelled);
      t = next;
    }
    out[h] = sum;
  }
  return out;
}

}  // namespace simulate
