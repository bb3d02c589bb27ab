#pragma once

#include <cstdint>

namespace stats::lanes {

/// Four doubles worked on at once. With AVX2 one register, otherwise two.
using V4 = double __attribute__((vector_size(32)));
using U4 = std::uint64_t __attribute__((vector_size(32)));

// Forced inline so that each caller's instruction set applies, and by reference so that no vector crosses a call.
#define WB_LANES [[gnu::always_inline]] inline

/// e^x for |x| ≤ 700 (values outside are clamped), relative error about 2e-16.
/// x = k ln 2 + r with |r| ≤ ½ ln 2, then the Taylor series to r^13.
WB_LANES void exp4(const V4& value, V4& out) {
  constexpr double kMagic = 0x1.8p52;  // adding it leaves the nearest whole number in the low bits
  V4 x = value < -700.0 ? V4{-700, -700, -700, -700} : value;
  x = x > 700.0 ? V4{700, 700, 700, 700} : x;
  const V4 shifted = x * 1.44269504088896340736 + kMagic;
  const V4 k = shifted - kMagic;
  const V4 r = (x - k * 0x1.62e42fefa0000p-1) - k * 0x1.cf79abc9e3b3ap-40;
  V4 p = r * (1.0 / 6227020800) + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  out = reinterpret_cast<V4>(reinterpret_cast<U4>(p) + (reinterpret_cast<U4>(shifted) << 52));
}

/// ln x for finite x ≥ 0.75, absolute error about 2e-16 near 1 and relative beyond.
/// x = 2^e m with m in [√½, √2), then 2 artanh((m−1)/(m+1)).
WB_LANES void log4(const V4& x, V4& out) {
  constexpr std::uint64_t kRootHalf = 0x3FE6A09E667F3BCDULL;
  constexpr std::uint64_t kMagicBits = 0x4338000000000000ULL;  // 0x1.8p52
  const U4 bits = reinterpret_cast<U4>(x);
  const U4 e = (bits - kRootHalf) >> 52;
  const V4 m = reinterpret_cast<V4>(bits - (e << 52));
  const V4 exponent = reinterpret_cast<V4>(e + kMagicBits) - 0x1.8p52;
  const V4 f = m - 1.0;
  const V4 s = f / (f + 2.0);
  const V4 q = s * s;
  V4 p = q * (1.0 / 21) + 1.0 / 19;
  p = p * q + 1.0 / 17;
  p = p * q + 1.0 / 15;
  p = p * q + 1.0 / 13;
  p = p * q + 1.0 / 11;
  p = p * q + 1.0 / 9;
  p = p * q + 1.0 / 7;
  p = p * q + 1.0 / 5;
  p = p * q + 1.0 / 3;
  out = exponent * 0x1.62e42fefa39efp-1 + (s + s + 2.0 * s * q * p);
}

}  // namespace stats::lanes
