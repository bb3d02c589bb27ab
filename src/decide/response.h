#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "model/experience.h"
#include "model/offer.h"
#include "stats/logistic_posterior.h"

namespace decide {

/// What is believed of an approach's effect on one customer: the change of the log-odds of returning, normal. Its error
/// is shared by all customers.
struct Effect {
  double mean = 0;
  double sd = 0;
};

/// How people answer approaches: the assumptions of presets/priors.yaml, moved by what was learned.
///
/// log-odds of a return = log-odds p(none) + level of the trial + main effects of the traits
///                        + [approached] · (reach · (θ_kind + γ·traits) + (1 − reach) · φ)
/// θ starts from the prior of its kind, any two correlated as assumed, γ (different people answer differently) and φ (those who come anyway) from 0.
/// The posterior is exact partial pooling: little experience leaves the prior nearly as it was, much replaces it
/// (Gelman & Hill 2007, ch. 12). γ is kept only when the evidence speaks for it (three to one); else everybody of equal
/// reach is believed to answer alike. What a future campaign does differently from past ones is added to every belief.
class Response {
 public:
  /// The assumptions alone.
  explicit Response(const model::Assumptions& assumptions);
  Response() : Response(model::Assumptions{}) {}

  /// Fails when columns of the experience differ in length or hold what is not finite. No rows give the assumptions.
  static base::Result<Response> learn(const model::Assumptions& assumptions, const model::Experience& experience);

  /// `reach` is how much of the effect comes through (decide/worth.h, fade).
  Effect effect(model::OfferKind kind, double reach, const model::Traits& traits) const;

  /// Everything drawn once from what is believed, shared by all customers.
  struct Draw {
    std::vector<double> coefficient;
  };
  Draw draw(base::Rng& rng) const;
  Draw mirrored(const Draw& draw) const;  ///< as far on the other side of what is expected
  double effect(const Draw& draw, model::OfferKind kind, double reach, const model::Traits& traits) const;

  /// What was learned of one kind.
  struct Lesson {
    model::OfferKind kind = model::OfferKind::reminder;
    std::uint64_t approached = 0;
    std::uint64_t not_approached = 0;  ///< in the same trials
    Effect before;                     ///< on a customer of middling traits, whole reach
    Effect after;
    double learned = 0;  ///< share of the prior's variance that experience took away
  };
  const std::vector<Lesson>& lessons() const { return lessons_; }  ///< kinds that were tried
  bool measured(model::OfferKind kind) const;  ///< more than half of what is believed is experience
  bool heterogeneous() const { return spread_ > 0; }
  std::uint64_t rows() const { return rows_; }

  /// Puts what is believed into the assumptions, for those who read them: `effect` of a customer of middling traits and
  /// whether it is measured.
  void tell(model::Assumptions& assumptions) const;

 private:
  struct Design;
  void design(model::OfferKind kind, double reach, const model::Traits& traits, Design& out) const;

  stats::NormalBelief belief_;  ///< kinds, what they share, φ, γ
  std::array<double, model::kOfferKinds> shared_{};  ///< weight of what they share in each kind
  double campaigns_differ_ = 0;
  double spread_ = 0;  ///< the prior sd of γ that was kept
  model::Traits middle_{}, scale_{};
  std::vector<Lesson> lessons_;
  std::array<bool, model::kOfferKinds> measured_{};
  std::uint64_t rows_ = 0;
};

}  // namespace decide
