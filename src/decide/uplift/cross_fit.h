#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "decide/uplift/experiment.h"
#include "decide/uplift/regressor.h"
#include "port/learner.h"
#include "stats/uplift_metrics.h"

namespace decide::uplift {

/// How an effect is learned, and with what.
enum class Learner : std::uint8_t { t_linear, t_trees, x_linear, x_trees, dr_linear, dr_trees };
inline constexpr std::size_t kLearners = 6;

/// "T-learner, linear", as it stands in outputs; `id_of` as in JSON: "t_linear".
std::string_view name_of(Learner learner);
std::string_view id_of(Learner learner);

/// One arm against the control, every number of a row from models that have not seen the row's fold.
struct ArmFit {
  std::array<std::vector<float>, kLearners> effect;  ///< as learned; empty for learners a sample ruled out
  std::vector<float> signal;                         ///< doubly robust: its mean is the average effect
  std::array<double, kLearners> gain{};  ///< fall of the DR-loss against the average effect, per row, after shrinkage; ≤ 0: none. Of the
                                         ///< sample, where the learner was chosen on one
  Learner chosen = Learner::t_linear;    ///< the most gain over all folds
  std::vector<float> predicted;          ///< effect for each row: fold's average + slope · difference, learner and slope from other folds
  std::vector<float> rank;               ///< 0 … 1 within the fold, of `predicted`; equal predictions share their middle
  double slope = 0;                      ///< shrinkage of the chosen learner over all folds, 0 … 1
  double slope_error = 0;
  double centre = 0;                     ///< mean of the chosen learner's effects
};

/// Everything learned out of fold.
struct CrossFit {
  std::size_t folds = 0;                      ///< those asked for; at most 3 where the learner was chosen on a sample
  std::size_t sample = 0;                     ///< rows the learner was chosen on; 0 = all
  std::vector<std::uint8_t> fold;
  std::vector<float> propensity;              ///< of the row's own arm
  bool propensity_estimated = false;          ///< from columns
  std::vector<std::vector<float>> overlap;    ///< [arm − 1] e(a)·e(0)/(e(a)+e(0)) of the row, mean 1; empty where all alike or not known
  std::size_t clipped = 0;                    ///< estimated propensities raised to 0.01
  std::vector<std::vector<float>> mean;       ///< [arm][row] predicted outcome
  std::vector<Base> base;                     ///< of each arm's outcome model in most folds
  std::vector<ArmFit> arm;                    ///< [arm − 1]
};

/// T-learner, X-learner (Künzel et al. 2019), doubly robust learner (Kennedy 2023), each with linear models and trees.
/// In every fold the nuisance means the effect learners use are themselves cross-fitted inside the learning rows. Above
/// kMostTried rows each arm's learner is chosen on kSample of them, and only it is learned from all. Fails when an arm has fewer than 2 rows a fold, a number is not finite, or lengths differ.
inline constexpr std::size_t kMostTried = 200'000, kSample = 100'000;
base::Result<CrossFit> cross_fit(port::Learner& learner, const Experiment& experiment, const Options& options);

/// Whether the outcome holds only numbers from 0 to 1 of which at most two differ.
port::Objective objective_of(std::span<const float> outcome);

/// Folds of even size within each arm; reproducible, and no matter of the order of other rows' outcomes.
std::vector<std::uint8_t> make_folds(std::span<const std::uint8_t> arm, std::size_t arms, std::size_t folds, std::uint64_t seed);

}  // namespace decide::uplift
