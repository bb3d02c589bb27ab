#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace collect::stream {

/// 128 bits of SHA-256 of a messageId. Two different ids among a thousand million share them with a chance below 10⁻²⁰.
struct IdHash {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  bool operator==(const IdHash&) const = default;
};
IdHash hash_of(std::string_view message_id);

/// Which messageIds came in within the window. An id that is just being written is neither seen nor new: whoever asks for it
/// waits until its fate is known, so that nobody is told "we have it" of something that is lost a moment later. Any thread.
class SeenIds {
 public:
  /// Remembers ids for `window`; never more than `most` (about 24 bytes each): then the oldest go early.
  SeenIds(std::chrono::hours window, std::size_t most);

  /// For each id in turn whether it is new; new ones are being written until `settle`. An id twice among them is new once.
  std::vector<bool> claim(std::span<const IdHash> ids);

  /// The ids that `claim` called new: written, or not.
  void settle(std::span<const IdHash> ids, bool written, base::Instant now);

  /// Puts in an id known from before.
  void remember(const IdHash& id, base::Instant at);

  std::size_t size() const;

  /// Of the oldest id remembered; what was received before it may go from the ledger of ids.
  base::Instant oldest() const;

 private:
  static constexpr std::size_t kShards = 256;  ///< so that growing moves little at a time
  struct Shard {
    std::vector<IdHash> slots;
    std::size_t used = 0;
  };
  struct Generation {
    base::Instant begin;
    std::array<Shard, kShards> shards;
    std::size_t size = 0;
  };
  static bool find(const Generation& generation, const IdHash& id);
  static void put(Generation& generation, const IdHash& id);
  bool known(const IdHash& id) const;
  void keep(const IdHash& id, base::Instant at);

  const std::chrono::hours window_;
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::condition_variable settled_;
  std::deque<std::unique_ptr<Generation>> generations_;  // oldest first; protected by mutex_
  std::vector<IdHash> pending_;                          // few: one request's for each thread; protected by mutex_
};

}  // namespace collect::stream
