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

  /// "email", "in_app", "webhook", "sms", "push", …
  virtual std::string_view name() const = 0;

  /// Sends each delivery once, several at a time where the provider allows it, and gives the outcomes in their order.
  /// Anything that may have reached the provider without an answer is `unknown`.
  virtual std::vector<model::Outcome> send(std::span<const model::Delivery> deliveries) = 0;

  /// How long the provider answers a second call with the same send_key without acting again. Zero: it does not.
  virtual std::chrono::seconds replay_window() const { return std::chrono::seconds{0}; }

  /// Whether messages could go now: credentials, sender, account. Reaches no customer. The error is the sentence an operator
  /// reads, and says what to mend.
  virtual base::Result<void> check() { return {}; }

  /// Whether the provider knows this template of its own and would send it; channels without templates know none.
  virtual base::Result<void> check_template(std::string_view id) {
    return base::fail(base::Code::invalid_input, "{} has no templates of a provider, so {} cannot be one", name(), id);
  }

  /// Whether a message of this content uses up a grant of the customer's (GrantStore): one grant is one message.
  virtual bool needs_grant(const model::Content&) const { return false; }

  /// Asks the provider what became of an unknown attempt; `unknown` when it cannot say.
  virtual model::Outcome look_up(const model::Delivery&) { return {}; }
};

}  // namespace port
