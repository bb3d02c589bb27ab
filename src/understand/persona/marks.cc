#include "understand/persona/marks.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "stats/special.h"

namespace understand::persona {
namespace {

constexpr double kConfidence = 0.95;
constexpr double kFalse = 0.05;
constexpr std::size_t kPairedMarks = 12;  // the strongest marks, of which pairs are made
constexpr std::size_t kMostPairs = 10;

double two_sided(double z) { return std::min(1.0, 2 * stats::normal_cdf(-std::fabs(z))); }

/// P of a count at least as far from what is expected, when `top` of `all` are drawn without looking at the value.
double p_of(double k, double n, double top, double all) {
  const double share = top / all, expected = n * share;
  const double variance = n * share * (1 - share) * (all - n) / std::max(1.0, all - 1);
  if (!(variance > 0)) return 1;
  return two_sided(std::max(0.0, std::fabs(k - expected) - 0.5) / std::sqrt(variance));
}

/// One-sided p that the first proportion is larger (pooled, continuity corrected).
double p_larger(double k1, double n1, double k2, double n2) {
  if (n1 <= 0 || n2 <= 0) return 1;
  const double pooled = (k1 + k2) / (n1 + n2), variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2);
  if (!(variance > 0)) return 1;
  const double gap = k1 / n1 - k2 / n2 - 0.5 * (1 / n1 + 1 / n2);
  return stats::normal_cdf(-gap / std::sqrt(variance));
}

void measure(Mark& mark, double all, double top) {
  const auto n = static_cast<double>(mark.customers), k = static_cast<double>(mark.top);
  const double base = top / all;
  mark.share_of_top = k / top;
  mark.share_of_all = n / all;
  mark.lift = k / n / base;
  // Most customers of a value that nearly all have are the very ones it is compared with: less can differ by chance.
  const double sure = n < all ? (all - 1) / (all - n) : 1;
  const stats::Interval share = stats::wilson(k * sure, n * sure, kConfidence);
  mark.interval = {share.low / base, share.high / base};
  mark.p = p_of(k, n, top, all);
}

/// Draws the lifts of one tag's values towards 1: beta prior with mean `base`, its weight from the spread beyond chance.
void shrink(std::vector<Mark>& marks, std::size_t from, double base) {
  double weight = 0, mean = 0, spread = 0;
  for (std::size_t i = from; i < marks.size(); ++i) {
    const auto n = static_cast<double>(marks[i].customers);
    weight += n;
    mean += n / std::max(n, 1.0);
    const double gap = static_cast<double>(marks[i].top) / n - base;
    spread += n * gap * gap;
  }
  if (weight <= 0) return;
  // E[Σ n (share − base)²] = Σ base (1 − base) (1 + (n − 1) ρ); ρ is how alike two customers of one value are.
  const double noise = base * (1 - base), beyond = spread / noise - mean;
  const double rho = std::clamp(beyond / std::max(1.0, weight - mean), 1e-4, 0.999);
  const double prior = 1 / rho - 1;
  for (std::size_t i = from; i < marks.size(); ++i) {
    const auto n = static_cast<double>(marks[i].customers), k = static_cast<double>(marks[i].top);
    marks[i].shrunk = (k + prior * base) / (n + prior) / base;
  }
}

/// Those that stand after the control of false finds, strongest first.
std::vector<Mark> standing(std::vector<Mark> marks) {
  std::vector<double> p;
  for (const Mark& one : marks) p.push_back(one.p);
  const std::vector<double> q = benjamini_hochberg(p);
  for (std::size_t i = 0; i < marks.size(); ++i) marks[i].q = q[i];
  std::erase_if(marks, [](const Mark& one) { return one.q > kFalse; });
  std::ranges::stable_sort(marks, [](const Mark& a, const Mark& b) {
    if ((a.lift > 1) != (b.lift > 1)) return a.lift > 1;
    return a.lift > 1 ? a.interval.low > b.interval.low : a.interval.high < b.interval.high;
  });
  return marks;
}

Mark pair_of(const std::vector<Tag>& tags, const std::vector<std::uint8_t>& top, const Mark& a, const Mark& b) {
  Mark both = a;
  both.pair = true;
  both.second_tag = b.tag;
  both.second_value = b.value;
  both.customers = both.top = 0;
  for (std::size_t i = 0; i < top.size(); ++i) {
    const bool has = tags[a.tag].value[i] == a.value && tags[b.tag].value[i] == b.value;
    both.customers += has;
    both.top += has && top[i] != 0;
  }
  return both;
}

}  // namespace

std::vector<double> benjamini_hochberg(const std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return p[a] > p[b]; });
  std::vector<double> q(p.size(), 1);
  double least = 1;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const double rank = static_cast<double>(p.size() - k);
    least = std::min(least, p[order[k]] * static_cast<double>(p.size()) / rank);
    q[order[k]] = least;
  }
  return q;
}

Marks find_marks(const std::vector<Tag>& tags, const std::vector<std::uint8_t>& top, std::uint64_t least) {
  Marks found;
  found.customers = top.size();
  for (const std::uint8_t one : top) found.top += one != 0;
  if (found.top == 0 || found.top == found.customers) return found;
  const auto all = static_cast<double>(found.customers), tops = static_cast<double>(found.top);
  std::vector<Mark> marks;
  for (std::size_t t = 0; t < tags.size(); ++t) {
    std::vector<std::uint64_t> n(tags[t].values.size(), 0), k(n.size(), 0);
    for (std::size_t i = 0; i < top.size(); ++i) {
      ++n[tags[t].value[i]];
      k[tags[t].value[i]] += top[i] != 0;
    }
    const std::size_t from = marks.size();
    for (std::uint32_t v = 1; v < n.size(); ++v) {
      if (n[v] < std::max<std::uint64_t>(1, least) || n[v] == found.customers) continue;
      Mark& mark = marks.emplace_back();
      mark.tag = t;
      mark.value = v;
      mark.customers = n[v];
      mark.top = k[v];
      measure(mark, all, tops);
    }
    shrink(marks, from, tops / all);
  }
  found.looked_at = marks.size();
  found.singles = standing(std::move(marks));

  std::vector<Mark> strong;
  for (const Mark& one : found.singles) {
    if (one.lift > 1 && strong.size() < kPairedMarks) strong.push_back(one);
  }
  std::vector<Mark> pairs;
  for (std::size_t a = 0; a < strong.size(); ++a) {
    for (std::size_t b = a + 1; b < strong.size(); ++b) {
      if (strong[a].tag == strong[b].tag) continue;
      Mark both = pair_of(tags, top, strong[a], strong[b]);
      if (both.customers < std::max<std::uint64_t>(1, least)) continue;
      measure(both, all, tops);
      const auto n = static_cast<double>(both.customers), k = static_cast<double>(both.top);
      // Against the rest of each part: the harder of the two counts.
      both.p = 0;
      for (const Mark* part : {&strong[a], &strong[b]}) {
        both.p = std::max(both.p, p_larger(k, n, static_cast<double>(part->top) - k, static_cast<double>(part->customers) - n));
      }
      both.shrunk = both.lift * std::min(1.0, std::max(strong[a].shrunk / strong[a].lift, strong[b].shrunk / strong[b].lift));
      pairs.push_back(both);
    }
  }
  found.pairs = standing(std::move(pairs));
  if (found.pairs.size() > kMostPairs) found.pairs.resize(kMostPairs);
  return found;
}

}  // namespace understand::persona
