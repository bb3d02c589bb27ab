#pragma once

#include <chrono>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/message.h"

namespace port {

/// A way messages leave. One object is used by one thread at a time. Sending never throws and never tries again by
/// itself: what an attempt's fate means is the outbox's to decide.
class Channel {
 public:
  virtual ~Channel() = default;

  /// "email", "in_app", "webhook", …
  virtual std::string_view name() const = 0;

  /// Sends each delivery once, several at a time where the provider allows it, and gives the outcomes in their order.
  /// Anything that may have reached the provider without an answer is `unknown`.
  virtual std::vector<model::Outcome> send(std::span<const model::Delivery> deliveries) = 0;

  /// How long the provider answers a second call with the same send_key without acting again. Zero: it does not.
  virtual std::chrono::seconds replay_window() const { return std::chrono::seconds{0}; }

  /// Asks the provider what became of an unknown attempt; `unknown` when it cannot say.
  virtual model::Outcome look_up(const model::Delivery&) { return {}; }
};

}  // namespace port
