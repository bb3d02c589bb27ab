#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace collect::stream {

enum class Kind : std::uint8_t { identify = 1, track, page, screen, group, alias };

/// "identify", "track", …
std::string_view name_of(Kind kind);

/// One event as it stands in the spool; the views live as long as the record they were read from.
struct Event {
  Kind kind = Kind::track;
  base::Instant occurred_at;    ///< corrected by the sender's clock, never later than received
  std::string_view message_id;  ///< unique among all events of the workspace
  std::string_view customer_id; ///< the user's id, or "anon:" and the anonymous id
  std::string_view other_id;    ///< identify and alias: the id that is the same person (the anonymous or previous one)
  std::string_view type;        ///< of track: its name in snake case; of the others: the kind's name
  std::string_view sku;
  std::string_view json;        ///< what the warehouse keeps: properties or traits, and the rest under "$event"
  std::string_view email;       ///< normalised; contact data is in these four alone
  std::string_view phone;
  std::string_view name;
  std::string_view language;
};

/// Anonymous ids live apart from users' ids: nobody becomes a user by choosing their id for a cookie.
inline constexpr std::string_view kAnonymous = "anon:";

/// Writes the events of one request as one record.
class RecordWriter {
 public:
  explicit RecordWriter(base::Instant received_at);
  void add(const Event& event);
  std::uint32_t count() const { return count_; }
  std::string take();

 private:
  std::string bytes_;
  std::uint32_t count_ = 0;
};

/// Reads a record; `corrupt` when it is none of ours. The sink's error ends the reading.
base::Result<void> read_record(std::string_view record,
                               const std::function<base::Result<void>(const Event&, base::Instant received_at)>& sink);

}  // namespace collect::stream
