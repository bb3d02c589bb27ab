#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "simulate/world.h"

namespace simulate {

/// Independent sources of chance in one customer's life: a change in one leaves the others as they were.
enum class Stream : std::uint64_t {
  traits = 1,
  contact,
  life,
  answers,
  basket,
  traces,
  letters,
  words,
  household,
  products,
  spend
};

/// The source of `stream` for one customer (or product, or week) of a seed.
inline base::Rng rng_of(std::uint64_t seed, std::uint64_t number, Stream stream) {
  return base::Rng{base::mix(base::mix(seed) + base::mix(number * 64 + static_cast<std::uint64_t>(stream)))};
}

/// Weights made ready for drawing.
class Lot {
 public:
  Lot() = default;
  explicit Lot(std::span<const double> weights) {
    double sum = 0;
    for (const double weight : weights) sums_.push_back(sum += weight);
  }
  /// The index drawn; the weights must not all be 0.
  std::size_t draw(base::Rng& rng) const {
    const double at = rng.uniform() * sums_.back();
    std::size_t low = 0, high = sums_.size() - 1;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (sums_[middle] > at) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
  double share(std::size_t index) const { return (sums_[index] - (index == 0 ? 0 : sums_[index - 1])) / sums_.back(); }
  std::size_t size() const { return sums_.size(); }

 private:
  std::vector<double> sums_;
};

/// Gamma with this shape and mean.
inline double draw_gamma(base::Rng& rng, Law law) { return law.b <= 0 ? 0 : rng.gamma(law.a, law.a / law.b); }
inline double draw_beta(base::Rng& rng, Law law) { return rng.beta(law.a, law.b); }

}  // namespace simulate
