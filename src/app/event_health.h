#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace app {

/// How the intake of events is doing; counts are since the program began to serve.
struct EventHealth {
  std::uint64_t accepted = 0;    ///< events stored
  std::uint64_t rejected = 0;    ///< events not taken, with a reason
  std::uint64_t duplicates = 0;  ///< events known by their messageId
  std::uint64_t refused = 0;     ///< requests answered 429 or 503 because the spool could take no more
  double per_second = 0;         ///< events stored, over the last ten seconds
  std::uint64_t spool_bytes = 0;
  std::uint64_t spool_most_bytes = 0;
  std::uint64_t damaged_bytes = 0;          ///< of the spool, passed over
  std::uint64_t warehouse_lag_bytes = 0;    ///< received and not yet in the warehouse
  std::uint64_t triggers_lag_bytes = 0;     ///< received and not yet looked at for journeys
  std::int64_t warehouse_lag_millis = 0;    ///< since the oldest of them was received
  std::int64_t triggers_lag_millis = 0;
  std::uint64_t skipped = 0;                ///< events that could not be looked at for journeys and were passed over
  std::uint64_t no_texts = 0;               ///< telephone numbers in events that can get no text messages
  std::uint64_t other_currency = 0;         ///< order lines whose money is not the shop's; they count as 0
  std::uint64_t remembered_ids = 0;
  std::string warehouse_problem;            ///< the last one, while it lasts
  std::string triggers_problem;
};

/// One event as it came to the door; no personal data beyond ids.
struct EventGlimpse {
  base::Instant at;
  std::string type;
  std::string name;
  std::string customer_id;
  std::string message_id;
  std::string verdict;  ///< "accepted", "duplicate", or why it was rejected
};

}  // namespace app
