#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "collect/spool/disk.h"

namespace collect::spool {

/// A place in the log: bytes of records since the log began, whatever was deleted since. Never given twice to records that
/// were acknowledged.
using Position = std::uint64_t;

struct SpoolLimits {
  std::uint64_t segment_bytes = 8 << 20;  ///< a segment that has reached this is followed by the next
  std::uint64_t most_bytes = 1 << 30;     ///< of all segments; more is refused until readers have caught up
};

/// A durable queue of byte strings in one folder: an append-only log of segments. Each segment begins with a head (mark,
/// version, its position, checksum); each record is its length, a checksum over position and bytes, and the bytes. A tail
/// that was torn is cut at the last whole record when the log is opened; only records nobody was told of are lost by it.
/// Any thread may call; one process at a time (the caller holds the folder).
class Spool {
 public:
  /// Opens or makes the log. Positions continue at `at_least` or later: readers that were told higher ones elsewhere are not given
  /// new records under old positions. The disk outlives this object.
  static base::Result<std::unique_ptr<Spool>> open(Disk& disk, SpoolLimits limits, Position at_least = 0);

  /// Appends one record and returns its position when it is durable. Those who wait at the same time share one sync.
  /// `exhausted` when the disk or the bound is full: then nothing of it is kept. After a failed sync the segment takes nothing any
  /// more, and the next record begins a new one.
  base::Result<Position> append(std::string_view record);

  /// Hands the durable records from `from` on to the sink, until about `most` bytes were read; gives the position after the last.
  /// A position that was deleted goes on at the first record there is; bytes damaged on the disk are passed over and counted.
  using Sink = std::function<base::Result<void>(Position at, std::string_view record)>;
  base::Result<Position> read(Position from, std::uint64_t most, const Sink& sink);

  /// One segment that takes nothing any more.
  struct Sealed {
    Position begin = 0;
    Position end = 0;
  };

  /// The first sealed segment that holds records from `from` on.
  std::optional<Sealed> sealed_after(Position from) const;

  /// Lets the segment being written take nothing more, unless it is empty.
  base::Result<void> seal();

  /// Deletes the sealed segments that lie wholly before.
  base::Result<void> forget(Position before);

  Position end() const;         ///< after the last durable record
  std::uint64_t bytes() const;  ///< of all segments on the disk
  std::uint64_t damaged() const;  ///< bytes passed over since opening

  /// Waits until there are durable records beyond `known`, or the time is over, or `wake` was called. True: there are.
  bool wait(Position known, std::chrono::milliseconds most);
  void wake();

 private:
  struct Segment {
    std::string name;
    std::uint64_t bytes = 0;  ///< of whole records
    Position end = 0;
  };
  struct Batch {
    std::string bytes;
    std::vector<std::pair<std::size_t, std::size_t>> records;  ///< offset of each frame and size of its record
    Position base = 0;
    bool done = false;
    std::optional<base::Error> error;
  };
  Spool(Disk& disk, SpoolLimits limits) : disk_(disk), limits_(limits) {}
  base::Result<void> recover(Position at_least);
  base::Result<void> begin_segment(Position at);
  base::Result<void> write(Batch& batch, bool rotate);
  void finish_frames(Batch& batch, Position base) const;
  void give_up();

  Disk& disk_;
  const SpoolLimits limits_;
  mutable std::mutex mutex_;
  std::condition_variable written_, arrived_;
  std::map<Position, Segment> segments_;         // by begin; protected by mutex_
  Position end_ = 0;                             // protected by mutex_
  std::uint64_t stored_ = 0, damaged_ = 0, woken_ = 0;  // protected by mutex_
  bool file_open_ = false;                       // the last segment takes records; protected by mutex_
  std::shared_ptr<Batch> filling_ = std::make_shared<Batch>();  // shared by those who wait for it; protected by mutex_
  bool writing_ = false;                         // somebody leads; protected by mutex_
  std::unique_ptr<AppendFile> file_;             // of the leader; null: the next record begins a segment
};

}  // namespace collect::spool
