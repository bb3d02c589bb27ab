#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "collect/stream/event.h"

namespace collect::stream {

/// What the door takes, as Segment's HTTP API does.
inline constexpr std::size_t kMostEventBytes = 32 * 1024;
inline constexpr std::size_t kMostBatchBytes = 500 * 1024;
inline constexpr std::size_t kMostBatchEvents = 2500;
inline constexpr std::size_t kMostMessageId = 100;

/// An event that is not taken, and why, in a few words for the sender's engineer.
struct Rejected {
  std::size_t index = 0;
  std::string message_id;
  std::string reason;
};

/// One request, read. The events' texts live as long as the reader is not asked again.
struct Call {
  std::vector<Event> events;
  std::vector<std::size_t> indices;  ///< of each event in the batch
  std::vector<Rejected> rejected;
  std::string_view write_key;        ///< in the body; "" = none
};

/// The stand-in for an address in ids: "p_…". Called with a normalised address.
using Pseudonym = std::function<base::Result<std::string>(std::string_view address)>;

/// Reads requests of Segment's HTTP API. Contact data (e-mail, phone, names, postal and IP address) is taken out of what is kept as JSON;
/// user ids that are e-mail addresses become pseudonyms. One thread at a time.
class Door {
 public:
  explicit Door(Pseudonym pseudonym);
  ~Door();
  Door(Door&&) noexcept;

  /// One event (`kind`), or a batch (none). `received_at` corrects the sender's clock: what it says of its own time in sentAt is moved
  /// to it. `invalid_input` when the body is no JSON object, is too large, or has no batch. Bad events of a batch, and a bad single
  /// one, stand among the rejected.
  base::Result<Call> read(std::string_view body, std::optional<Kind> kind, base::Instant received_at);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// "Order Completed", "orderCompleted" → "order_completed". Letters beyond ASCII stay as they are.
std::string snake_case(std::string_view name);

/// RFC 3339 with or without fraction, seconds or offset; nothing for anything else.
std::optional<base::Instant> parse_timestamp(std::string_view text);

}  // namespace collect::stream
