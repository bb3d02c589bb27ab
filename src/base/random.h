#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

namespace base {

/// 64 well-mixed bits of a number (the finaliser of SplitMix64; Steele, Lea & Flood 2014).
constexpr std::uint64_t mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

/// 64-bit FNV-1a of the bytes, mixed: stable for ever, for salted assignments and seeds; not for secrets.
constexpr std::uint64_t stable_hash(std::string_view bytes, std::uint64_t salt = 0) {
  std::uint64_t hash = 0xCBF29CE484222325ULL ^ mix(salt);
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return mix(hash);
}

/// A small deterministic generator (xoshiro256**, Blackman & Vigna 2018): the same seed gives the same numbers on every
/// machine. Independent streams come from seeds made with `mix` or `stable_hash`. Not for secrets.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) {
    for (std::uint64_t& word : state_) word = seed = mix(seed);
  }

  std::uint64_t next() {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  /// Uniform in {0, …, n - 1}; n > 0.
  std::uint64_t below(std::uint64_t n) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * n) >> 64);
  }

  bool chance(double probability) { return uniform() < probability; }

  double exponential(double rate) { return -std::log1p(-uniform()) / rate; }

  /// Standard normal by the polar method, without a kept second value, so that a stream's position stays simple.
  double normal() {
    for (;;) {
      const double u = 2 * uniform() - 1;
      const double v = 2 * uniform() - 1;
      const double s = u * u + v * v;
      if (s > 0 && s < 1) return u * std::sqrt(-2 * std::log(s) / s);
    }
  }

  /// Gamma of the given shape and rate (Marsaglia & Tsang 2000).
  double gamma(double shape, double rate) {
    if (shape < 1) return gamma(shape + 1, rate) * std::pow(1 - uniform(), 1 / shape);
    const double d = shape - 1.0 / 3.0;
    const double c = 1 / std::sqrt(9 * d);
    for (;;) {
      const double x = normal();
      const double root = 1 + c * x;
      if (root <= 0) continue;
      const double v = root * root * root;
      const double u = 1 - uniform();
      if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v / rate;
    }
  }

  double beta(double a, double b) {
    const double x = gamma(a, 1);
    return x / (x + gamma(b, 1));
  }

  std::uint64_t poisson(double mean) {
    if (mean > 30) {  // split into parts: exact, and needs no table
      const double half = mean / 2;
      return poisson(half) + poisson(mean - half);
    }
    const double limit = std::exp(-mean);
    double product = uniform();
    std::uint64_t count = 0;
    while (product > limit) {
      product *= uniform();
      ++count;
    }
    return count;
  }

 private:
  static constexpr std::uint64_t rotate(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  std::uint64_t state_[4];
};

}  // namespace base
