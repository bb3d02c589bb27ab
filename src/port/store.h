#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/import.h"
#include "model/plan.h"

namespace port {

/// The ledger of imports. Every change is durable when it returns.
class ImportStore {
 public:
  virtual ~ImportStore() = default;

  /// Opens a new entry, or gives back the unfinished one of the same fingerprint so that its rows keep their id.
  virtual base::Result<model::Import> begin(const model::Import& draft) = 0;

  /// Closes the entry with its totals.
  virtual base::Result<void> finish(const model::Import& import) = 0;

  /// The finished, not undone import of these bytes and options, if there is one.
  virtual base::Result<std::optional<model::Import>> find_finished(std::string_view fingerprint) = 0;

  virtual base::Result<std::optional<model::Import>> find(std::uint32_t id) = 0;

  /// All entries, newest first.
  virtual base::Result<std::vector<model::Import>> list() = 0;

  virtual base::Result<void> mark_undone(std::uint32_t id, base::Instant at) = 0;
};

/// Contact points and the secret that turns an address into a pseudonym.
class ContactStore {
 public:
  virtual ~ContactStore() = default;

  /// Adds or replaces by (customer, channel). An opt-out already stored stays: an import never lifts it.
  virtual base::Result<void> put(std::span<const model::ContactPoint> points) = 0;

  /// All contact points, ordered by customer id; customers without one are not named.
  virtual base::Result<void> each(const std::function<base::Result<void>(const model::ContactPoint&)>& sink) = 0;

  virtual base::Result<std::uint64_t> count() = 0;

  /// "p_" + 32 hex digits of HMAC-SHA256(workspace secret, address): the same for the same address, says nothing of it.
  virtual base::Result<std::string> pseudonym(std::string_view normalised_address) = 0;
};

/// Plans made.
class PlanStore {
 public:
  virtual ~PlanStore() = default;
  virtual base::Result<void> save(const model::Plan& plan) = 0;
  virtual base::Result<std::optional<model::Plan>> find(std::string_view id) = 0;
  virtual base::Result<std::vector<model::Plan>> list() = 0;  ///< newest first
};

/// Everything the Store keeps for one workspace. The references live as long as this object.
class Store {
 public:
  virtual ~Store() = default;
  virtual std::string_view workspace_id() const = 0;  ///< random, made with the data folder
  virtual ImportStore& imports() = 0;
  virtual ContactStore& contacts() = 0;
  virtual PlanStore& plans() = 0;
};

}  // namespace port
