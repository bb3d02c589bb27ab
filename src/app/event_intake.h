#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/context.h"
#include "app/event_dispatcher.h"
#include "app/event_health.h"
#include "app/event_loader.h"
#include "collect/spool/spool.h"
#include "collect/stream/door.h"
#include "collect/stream/seen.h"
#include "port/clock.h"

namespace app {

/// Events from the door to where they act: into the spool and acknowledged, then, by two threads of this object, into the warehouse
/// and to the journeys. Thread-safe.
class EventIntake {
 public:
  /// Opens DATA/spool and begins to work off what lies there. The context outlives this object and is used only within this call.
  static base::Result<std::unique_ptr<EventIntake>> open(Context& context, const port::Clock& clock, act::deliver::CrashPoint crash = {});

  /// Stops.
  ~EventIntake();

  /// What became of one request.
  struct Answer {
    std::size_t accepted = 0;  ///< stored or known already
    std::vector<collect::stream::Rejected> rejected;
  };

  /// Reads one event (`kind`) or a batch (none); when it returns, what was accepted is durable. `invalid_input` for bodies that are
  /// none; `exhausted` when the spool is at its bound; `unavailable` when the disk takes nothing.
  base::Result<Answer> take(std::string_view body, std::optional<collect::stream::Kind> kind);

  EventHealth health() const;
  std::vector<EventGlimpse> recent() const;  ///< newest first, at most 200

  /// Ends both threads after what they are at; the spool keeps the rest. Idempotent.
  void stop();

 private:
  EventIntake(Context& context, const port::Clock& clock);
  base::Result<void> start(Context& context, act::deliver::CrashPoint crash);
  base::Result<void> remember_ids();
  base::Result<void> retire();
  base::Result<void> write_ids(collect::spool::Position before);
  void load();
  void dispatch();
  void count(std::size_t accepted, base::Instant now);
  void glimpse(const collect::stream::Call& call, const std::vector<bool>& fresh, base::Instant now);
  void problem(std::string EventIntake::* where, std::string text);

  const port::Clock& clock_;
  std::unique_ptr<collect::spool::Disk> disk_, ids_disk_;
  std::unique_ptr<collect::spool::Spool> spool_, ids_;
  collect::stream::SeenIds seen_;
  std::unique_ptr<port::ActStore> key_store_;                       // of the door: pseudonyms
  std::unique_ptr<port::ActStore> trigger_store_, load_store_;      // one for each thread
  std::unique_ptr<Desk> trigger_desk_, load_desk_;
  std::unique_ptr<EventDispatcher> dispatcher_, buyers_;
  std::unique_ptr<EventLoader> loader_;
  port::Warehouse* warehouse_ = nullptr;

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<collect::stream::Door>> doors_;       // idle ones; protected by mutex_
  std::deque<EventGlimpse> recent_;                                 // protected by mutex_
  std::array<std::pair<std::int64_t, std::uint64_t>, 16> seconds_{};  // second and events of it; protected by mutex_
  std::string warehouse_problem_, triggers_problem_;                // protected by mutex_
  std::atomic<std::uint64_t> accepted_ = 0, rejected_ = 0, duplicates_ = 0, refused_ = 0, skipped_ = 0, no_texts_ = 0, other_currency_ = 0;
  std::atomic<std::uint64_t> loaded_to_ = 0, dispatched_to_ = 0;
  std::atomic<std::int64_t> loading_since_ = 0, dispatching_since_ = 0;  // when the oldest record still to do came; 0 = none
  std::atomic<bool> stopping_ = false;
  std::jthread loader_thread_, dispatcher_thread_;
};

}  // namespace app
