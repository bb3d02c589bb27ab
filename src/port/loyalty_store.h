#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/loyalty.h"

namespace port {

/// The ledger of points and who stands in which tier. Customers are named by their person's id.
class LoyaltyStore {
 public:
  virtual ~LoyaltyStore() = default;

  /// False when its source was booked before: nothing is changed then.
  virtual base::Result<bool> add(const model::PointsEntry& entry) = 0;
  /// Of the person this customer is, under whatever id they were booked; by day.
  virtual base::Result<std::vector<model::PointsEntry>> entries(std::string_view customer) = 0;
  virtual base::Result<std::optional<model::PointsEntry>> of_source(std::string_view source) = 0;

  struct Booked {
    std::int64_t entries = 0, points = 0, amount = 0;
  };
  /// What was booked for an order so far.
  virtual base::Result<Booked> of_order(std::string_view order_key) = 0;
  virtual base::Result<std::vector<std::string>> customers() = 0;  ///< persons with entries

  virtual base::Result<std::optional<model::Membership>> membership(std::string_view customer) = 0;
  virtual base::Result<void> save(std::string_view customer, const model::Membership& membership) = 0;

  /// False when the customer was told of it before.
  virtual base::Result<bool> notice(std::string_view customer, std::string_view what, base::Instant at) = 0;
  virtual base::Result<bool> noticed(std::string_view customer, std::string_view what) = 0;
};

/// Who recommends whom.
class ReferralStore {
 public:
  virtual ~ReferralStore() = default;

  /// Remembers the customer's code; the one they have already stays. Gives the one that holds.
  virtual base::Result<std::string> keep_code(std::string_view customer, std::string_view code, base::Instant at) = 0;
  virtual base::Result<std::optional<std::string>> referrer(std::string_view code) = 0;

  /// Sets its id. False when the newcomer came by a recommendation before.
  virtual base::Result<bool> add(model::Referral& referral) = 0;
  virtual base::Result<std::optional<model::Referral>> find(std::int64_t id) = 0;
  virtual base::Result<std::optional<model::Referral>> of_newcomer(std::string_view customer) = 0;
  virtual base::Result<std::vector<model::Referral>> of_referrer(std::string_view customer) = 0;
  virtual base::Result<std::vector<model::Referral>> list() = 0;               ///< newest first
  virtual base::Result<std::vector<model::Referral>> due(base::Day day) = 0;   ///< waiting ones whose window is over

  /// Its state and codes become these, and the decision is noted, both or neither.
  virtual base::Result<void> decide(const model::Referral& referral, const model::ReferralDecision& decision) = 0;
  virtual base::Result<std::vector<model::ReferralDecision>> decisions(std::int64_t id) = 0;
};

}  // namespace port
