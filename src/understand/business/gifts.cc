#include "understand/business/gifts.h"

#include <algorithm>
#include <cmath>

namespace understand::business {
namespace {

constexpr double kYear = 365.25;
constexpr std::int32_t kOneOccasion = 30;
constexpr std::int32_t kApart = 200;
constexpr double kRecognised = 0.8;
constexpr double kPriorSpread = 8, kPriorGaps = 20;
constexpr double kPriorShare = 0.2, kPriorCandidates = 10;

struct Candidate {
  std::size_t row = 0;
  std::vector<double> deviation;  ///< days from whole years, of each gap
  std::vector<std::int32_t> day;  ///< of each occasion
  double posterior = 0;
};

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

std::vector<Candidate> candidates_of(const Purchases& p, std::int32_t today) {
  std::vector<Candidate> out;
  for (std::size_t i = 0; i < p.size(); ++i) {
    Candidate c{i, {}, {}, 0};
    bool yearly = true;
    std::int32_t last = 0;
    for (std::size_t k = p.begin(i); k < p.end(i) && p.day[k] <= today && yearly; ++k) {
      if (c.day.empty()) {
        c.day.push_back(p.day[k]);
      } else if (p.day[k] - c.day.back() > kOneOccasion) {
        const double gap = p.day[k] - c.day.back();
        yearly = p.day[k] - last >= kApart;
        c.deviation.push_back(gap - kYear * std::round(gap / kYear));
        c.day.push_back(p.day[k]);
      }
      last = p.day[k];
    }
    if (yearly && c.day.size() >= 2) out.push_back(std::move(c));
  }
  return out;
}

/// Fits share and spread of the yearly, and each candidate's posterior.
double separate(std::vector<Candidate>& candidates) {
  double share = kPriorShare, spread = kPriorSpread;
  for (int round = 0; round < 60; ++round) {
    double weight = 0, square = 0, gaps = 0;
    for (Candidate& c : candidates) {
      double ratio = share / (1 - share);
      for (const double d : c.deviation) {
        ratio *= kYear / (spread * std::sqrt(2 * std::numbers::pi)) * std::exp(-d * d / (2 * spread * spread));
      }
      c.posterior = ratio / (1 + ratio);
      weight += c.posterior;
      for (const double d : c.deviation) {
        square += c.posterior * d * d;
        gaps += c.posterior;
      }
    }
    share = std::clamp((weight + kPriorShare * kPriorCandidates) / (static_cast<double>(candidates.size()) + kPriorCandidates), 0.01, 0.99);
    spread = std::clamp(std::sqrt((square + kPriorSpread * kPriorSpread * kPriorGaps) / (gaps + kPriorGaps)), 3.0, 15.0);
  }
  return spread;
}

}  // namespace

GiftBuyers find_gift_buyers(const Purchases& p, std::int32_t today, std::int32_t horizon) {
  GiftBuyers result;
  result.customers.resize(p.size());
  std::vector<Candidate> candidates = candidates_of(p, today);
  const double spread = separate(candidates);
  // Shares of those who buy at an occasion: seven in ten of the faithful and one in five of the others are assumed, worth
  // five of each; the second occasion counts for nothing, for without it nobody is recognised.
  double again = 3.5, again_of = 5, back = 1, back_of = 5;
  for (const Candidate& c : candidates) {
    GiftBuyer& buyer = result.customers[c.row];
    buyer.probability = c.posterior;
    buyer.occasions = static_cast<std::uint32_t>(c.day.size());
    if (c.posterior < kRecognised) continue;
    buyer.recognised = true;
    ++result.recognised;
    // The middle of the occasion: the mean over the years.
    double shift = 0;
    for (const std::int32_t day : c.day) {
      const double since = day - c.day.front();
      shift += since - kYear * std::round(since / kYear);
    }
    const double middle = c.day.front() + shift / static_cast<double>(c.day.size());
    buyer.spread = spread / std::numbers::sqrt2 * std::sqrt(1 + 1 / static_cast<double>(c.day.size()));
    const auto years = [&](std::int32_t day) { return std::round((day - middle) / kYear); };
    for (std::size_t k = 2; k < c.day.size(); ++k) {
      const double skipped = years(c.day[k]) - years(c.day[k - 1]) - 1;
      if (skipped < 1) {
        again += 1;
        again_of += 1;
      } else {
        again_of += 1;
        back += 1;
        back_of += skipped;
      }
    }
    double next = middle + kYear * (years(c.day.back()) + 1);
    while (next + 2 * buyer.spread < today) {
      (buyer.missed == 0 ? again_of : back_of) += 1;
      ++buyer.missed;
      next += kYear;
    }
    buyer.next = static_cast<std::int32_t>(std::lround(next));
  }
  result.comes_again = again / again_of;
  result.comes_back = back / back_of;
  result.seen = static_cast<std::size_t>(again_of + back_of - 10);
  for (GiftBuyer& buyer : result.customers) {
    if (!buyer.recognised) continue;
    const double r = buyer.missed == 0 ? result.comes_again : result.comes_back * std::pow(0.5, buyer.missed - 1);
    const double now = normal_cdf((today - buyer.next) / buyer.spread);
    const double then = normal_cdf((today + horizon - buyer.next) / buyer.spread);
    buyer.chance = std::clamp(r * (then - now) / (1 - r * now), 0.0, 1.0);
  }
  return result;
}

}  // namespace understand::business
