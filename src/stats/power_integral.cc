#include "stats/power_integral.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "stats/quadrature.h"
#include "stats/vector_math.h"

namespace stats {
namespace {

using lanes::V4;

constexpr double kNegligible = 42;  // e^−42 of the value at the start is beyond double precision

/// The integrand in v = ln(1 + y/small): exp(−steep·v − other·ln(1 + ρ(e^v − 1))), steep = M_small − 1.
struct Shape {
  double steep, other, rho, length;
  double drop(double v) const { return steep * v + other * std::log1p(rho * std::expm1(v)); }
};

/// The end beyond which nothing counts. The drop is convex in v, so Newton's method from the right converges.
double useful_length(const Shape& s) {
  double v = s.length;
  const double first_slope = s.steep + s.other * s.rho;
  if (first_slope > 0) v = std::min(v, 1.4 * kNegligible / first_slope);
  for (int i = 0; i < 60; ++i) {
    const double d = s.drop(v);
    if (d <= 1.4 * kNegligible) break;
    const double e = s.rho * std::exp(v);
    const double slope = s.steep + s.other * e / (1 - s.rho + e);
    v -= (d - 1.2 * kNegligible) / slope;
  }
  return std::clamp(v, 0.0, s.length);
}

struct Sums {
  // order: 1, v, l, e, i, vv, vl, ve, vi, ll, le, li, ee, ei, ii
  // with v = ln(small factor), l = ln(other factor), e = e^−v, i = 1 / other factor
  std::array<double, 15> at{};
};

template <bool kMoments>
WB_LANES void panel(const Shape& s, double begin, double width, const GaussLegendre& rule, Sums& sums) {
  V4 total[15] = {};
  for (std::size_t k = 0; k < rule.count; k += 4) {
    const V4 node = {rule.node[k], rule.node[k + 1], rule.node[k + 2], rule.node[k + 3]};
    const V4 weight = {rule.weight[k], rule.weight[k + 1], rule.weight[k + 2], rule.weight[k + 3]};
    const V4 v = begin + width * node;
    V4 ev;
    lanes::exp4(v, ev);
    const V4 factor = (1 - s.rho) + s.rho * ev;
    V4 l;
    lanes::log4(factor, l);
    V4 f;
    lanes::exp4(-s.steep * v - s.other * l, f);
    f = f * weight;
    total[0] += f;
    if constexpr (kMoments) {
      const V4 e = 1.0 / ev;
      const V4 i = 1.0 / factor;
      const V4 fv = f * v, fl = f * l, fe = f * e, fi = f * i;
      total[1] += fv;
      total[2] += fl;
      total[3] += fe;
      total[4] += fi;
      total[5] += fv * v;
      total[6] += fv * l;
      total[7] += fv * e;
      total[8] += fv * i;
      total[9] += fl * l;
      total[10] += fl * e;
      total[11] += fl * i;
      total[12] += fe * e;
      total[13] += fe * i;
      total[14] += fi * i;
    }
  }
  constexpr std::size_t kUsed = kMoments ? 15 : 1;
  for (std::size_t j = 0; j < kUsed; ++j) {
    sums.at[j] += width * ((total[j][0] + total[j][1]) + (total[j][2] + total[j][3]));
  }
}

/// Panels of at most three units of v and a bounded drop, each with as many nodes as its drop needs.
template <bool kMoments>
WB_LANES void integrate(const Shape& s, Sums& sums) {
  const double length = useful_length(s);
  const double whole = std::abs(s.drop(length)) + std::abs(s.steep) * length * 0.25;
  const double parts = std::ceil(std::max({1.0, length / 3, whole / 32}));
  const double width = length / parts;
  const double bend = width + whole / parts;
  const GaussLegendre& rule = gauss_legendre(bend < 0.5 ? 8 : bend < 3 ? 12 : bend < 9 ? 16 : bend < 20 ? 24 : 32);
  for (double k = 0; k < parts; ++k) panel<kMoments>(s, k * width, width, rule, sums);
}

[[gnu::target("avx2,fma")]] void integrate_value_avx2(const Shape& s, Sums& sums) { integrate<false>(s, sums); }
[[gnu::target("avx2,fma")]] void integrate_moments_avx2(const Shape& s, Sums& sums) { integrate<true>(s, sums); }
void integrate_value_plain(const Shape& s, Sums& sums) { integrate<false>(s, sums); }
void integrate_moments_plain(const Shape& s, Sums& sums) { integrate<true>(s, sums); }

bool has_avx2() {
  static const bool has = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return has;
}

Shape shape_of(const PowerIntegral& p, double& small) {
  const bool a_small = p.A <= p.B;
  small = a_small ? p.A : p.B;
  return {(a_small ? p.M : p.N) - 1, a_small ? p.N : p.M, a_small ? p.A / p.B : p.B / p.A, std::log1p(p.H / small)};
}

}  // namespace

double log_power_integral(const PowerIntegral& p) {
  if (!(p.H > 0)) return -std::numeric_limits<double>::infinity();
  double small = 0;
  const Shape s = shape_of(p, small);
  Sums sums;
  has_avx2() ? integrate_value_avx2(s, sums) : integrate_value_plain(s, sums);
  return std::log(small) + std::log(sums.at[0]);
}

PowerMoments power_moments(const PowerIntegral& p) {
  double small = 0;
  const Shape s = shape_of(p, small);
  Sums sums;
  has_avx2() ? integrate_moments_avx2(s, sums) : integrate_moments_plain(s, sums);
  const double inverse = 1 / sums.at[0];
  for (double& sum : sums.at) sum *= inverse;
  // positions of A's and B's functions among v, l, e, i, and their scale
  const bool a_small = p.A <= p.B;
  const std::array<std::size_t, 4> place = a_small ? std::array<std::size_t, 4>{0, 1, 2, 3} : std::array<std::size_t, 4>{1, 0, 3, 2};
  const std::array<double, 4> scale = {1, 1, 1 / p.A, 1 / p.B};
  constexpr std::size_t kPair[4][4] = {{5, 6, 7, 8}, {6, 9, 10, 11}, {7, 10, 12, 13}, {8, 11, 13, 14}};
  PowerMoments out;
  out.log_integral = std::log(small) - std::log(inverse);
  for (std::size_t i = 0; i < 4; ++i) {
    out.mean[i] = sums.at[1 + place[i]] * scale[i];
    for (std::size_t j = 0; j < 4; ++j) out.product[i][j] = sums.at[kPair[place[i]][place[j]]] * scale[i] * scale[j];
  }
  return out;
}

}  // namespace stats
