#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace understand::reasons {

/// A signal's likelihood ratio for each reason.
struct Ratios {
  std::vector<double> ratio;
  bool learned = false;   ///< 20 stated reasons or more speak in it
};

/// One leaver whose reason is known, with the signals seen (indices).
struct Known {
  std::size_t reason = 0;
  std::vector<std::uint32_t> signals;
};

/// Ratios from an assumption and from leavers whose reason is known: P(signal | reason) is the posterior mean of a beta
/// law with mean assumed ratio × the signal's share and weight `weight`; the ratio is that over the share. `shares`: of
/// each signal among all leavers. `assumed[signal][reason]`.
std::vector<Ratios> learn_ratios(const std::vector<std::vector<double>>& assumed, std::span<const double> shares,
                                 std::span<const Known> known, double weight);

/// Shares of the reasons: a Dirichlet law with the assumed shares worth `weight` answers, and the answers, which together weigh no
/// more than the assumption: those who complain answer more readily than those who forgot. Sum to 1.
std::vector<double> learn_shares(std::span<const double> assumed, std::span<const double> answers, double weight);

/// One piece of evidence: what it multiplies each reason's odds by.
struct Piece {
  std::vector<double> ratio;
};

/// P(reason | evidence) by Bayes' rule with pieces taken as independent given the reason (naive Bayes), each piece's
/// spread of ratios held within `cap` so that no single one decides alone. Sums to 1.
std::vector<double> combine(std::span<const double> shares, std::span<const Piece> pieces, double cap);

/// The ratio of a text that is about topic t with probability about[t] (all topics equally likely beforehand): with chance
/// `alpha` people write about why they leave, else about anything. The last topic is "content" and no reason.
std::vector<double> speech_ratio(std::span<const double> about, double alpha);

}  // namespace understand::reasons
