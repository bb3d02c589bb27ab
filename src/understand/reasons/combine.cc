#include "understand/reasons/combine.h"

#include <algorithm>
#include <cmath>

namespace understand::reasons {

namespace {
constexpr std::size_t kLearnedFrom = 20;  // stated reasons
constexpr std::size_t kFewestSeen = 20;   // … that show the signal
}

std::vector<Ratios> learn_ratios(const std::vector<std::vector<double>>& assumed, std::span<const double> shares,
                                 std::span<const Known> known, double weight) {
  std::vector<Ratios> found(assumed.size());
  if (assumed.empty()) return found;
  const std::size_t reasons = assumed.front().size();
  std::vector<double> of_reason(reasons, 0);
  std::vector<std::vector<double>> seen(assumed.size(), std::vector<double>(reasons, 0));
  for (const Known& one : known) {
    of_reason[one.reason] += 1;
    for (const std::uint32_t s : one.signals) seen[s][one.reason] += 1;
  }
  // The share of a signal is taken among those who told, when enough did: those who tell may show it more often.
  double tellers = 0;
  for (const double n : of_reason) tellers += n;
  for (std::size_t s = 0; s < assumed.size(); ++s) {
    double told = 0;
    for (const double n : seen[s]) told += n;
    const double share = std::clamp((told + weight * std::clamp(shares[s], 0.0, 1.0)) / (tellers + weight), 0.001, 0.9);
    double learned_from = 0;
    for (std::size_t r = 0; r < reasons; ++r) {
      const double mean = std::clamp(assumed[s][r] * share, 0.0005, 0.95);
      const double chance = (seen[s][r] + weight * mean) / (of_reason[r] + weight);
      found[s].ratio.push_back(chance / share);
      learned_from += of_reason[r] >= static_cast<double>(kLearnedFrom) ? 1 : 0;
    }
    found[s].learned = learned_from >= 2 && told >= static_cast<double>(kFewestSeen);
  }
  return found;
}

std::vector<double> learn_shares(std::span<const double> assumed, std::span<const double> answers, double weight) {
  double total = 0, said = 0;
  for (const double one : assumed) total += one;
  for (const double one : answers) said += one;
  const double trust = said > weight ? weight / said : 1;
  said *= trust;
  std::vector<double> shares;
  for (std::size_t r = 0; r < assumed.size(); ++r) {
    const double mean = total > 0 ? assumed[r] / total : 1 / static_cast<double>(assumed.size());
    shares.push_back((trust * answers[r] + weight * mean) / (said + weight));
  }
  return shares;
}

std::vector<double> combine(std::span<const double> shares, std::span<const Piece> pieces, double cap) {
  const double most = std::log(cap);
  std::vector<double> log_odds(shares.size());
  for (std::size_t r = 0; r < shares.size(); ++r) log_odds[r] = std::log(std::max(shares[r], 1e-12));
  for (const Piece& piece : pieces) {
    // A piece is known up to a factor common to all reasons: it is centred on the reasons' mean before it is held.
    double mean = 0;
    for (std::size_t r = 0; r < shares.size(); ++r) mean += shares[r] * std::max(piece.ratio[r], 1e-9);
    for (std::size_t r = 0; r < shares.size(); ++r) {
      log_odds[r] += std::clamp(std::log(std::max(piece.ratio[r], 1e-9) / mean), -most, most);
    }
  }
  const double top = *std::ranges::max_element(log_odds);
  double sum = 0;
  for (double& one : log_odds) sum += one = std::exp(one - top);
  for (double& one : log_odds) one /= sum;
  return log_odds;
}

std::vector<double> speech_ratio(std::span<const double> about, double alpha) {
  const double topics = static_cast<double>(about.size());
  std::vector<double> ratio;
  for (std::size_t r = 0; r + 1 < about.size(); ++r) ratio.push_back(alpha * about[r] * topics + (1 - alpha));
  return ratio;
}

}  // namespace understand::reasons
