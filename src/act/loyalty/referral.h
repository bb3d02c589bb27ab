#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/loyalty.h"

// Recommendations: whether a newcomer is somebody else, and what becomes of the reward. Nobody is refused by the program: what
// looks like the same household or the same person twice goes to a person with the ground.

namespace act::loyalty {

/// One thing known of an account that others may have, too. `value` only tells equal from different; a hash will do.
struct Trait {
  std::string customer_id;
  std::string kind;   ///< "device", "email", "phone", "address", "payment"
  std::string value;
};

/// Accounts joined by what they share, directly or over others: union-find over accounts and traits.
class Circles {
 public:
  explicit Circles(std::span<const Trait> traits);

  /// What joins the two: the kinds on a shortest way between them ("device", or "device, payment" over a third account). Empty:
  /// they are not joined. Somebody and themselves: "the same customer".
  std::string link(std::string_view a, std::string_view b) const;

  /// Accounts in the circle of this one, itself among them.
  std::size_t size(std::string_view customer) const;

 private:
  std::size_t root(std::size_t at) const;
  std::optional<std::size_t> node(std::string_view customer) const;
  struct Edge {
    std::size_t to;
    std::size_t kind;
  };
  std::vector<std::string> kinds_;
  std::unordered_map<std::string, std::size_t> nodes_;  ///< "c/ID" accounts, "t/KIND/VALUE" traits
  std::vector<std::size_t> parent_;
  std::vector<std::size_t> accounts_;                   ///< in the circle, at its root
  std::vector<std::vector<Edge>> edges_;
};

/// What is known when a newcomer's order names a code.
struct Introduction {
  std::string_view referrer, newcomer;
  base::Day day;                 ///< of the order
  bool first_order = true;
  std::uint32_t recent = 0;      ///< referrals of the referrer in the window before this one
};

struct Verdict {
  model::ReferralState state = model::ReferralState::waiting;
  std::string ground;            ///< a sentence for the people who look at it
};

/// Waiting or held; nothing where the code means nothing: not a first order, so no referral at all.
std::optional<Verdict> judge(const Introduction& introduction, const Circles& circles, const model::ReferralRules& rules);

/// When the return window is over: rewarded, or lapsed when too little of the order is left (units of the currency).
Verdict conclude(double left_of_order, const model::ReferralRules& rules);

}  // namespace act::loyalty
