#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/journey.h"

namespace act::journey {

/// What changed from one version of a journey to the next.
struct Difference {
  std::vector<std::string> changes;   ///< one sentence each; empty = the same journey
  std::vector<std::string> dangers;   ///< why customers on the way cannot be moved to it
  bool safe_for_running() const { return dangers.empty(); }
};

/// Compares step by step, by their ids. Customers on the way can be moved when every step at which they may stand
/// (`occupied`; none = every message and wait) still exists and is still of its kind.
Difference diff(const model::Journey& before, const model::Journey& after,
                std::optional<std::span<const std::string>> occupied = std::nullopt);

/// "4 days", "36 hours", "90 minutes": exactly, in the largest unit that divides it.
std::string duration_text(std::chrono::seconds duration);

/// A step's kind as YAML names it: message, wait, wait_until, wait_for, branch, split, offer, task, webhook, tag, exit.
std::string_view kind_of(const model::Step& step);

}  // namespace act::journey
