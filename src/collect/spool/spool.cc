#include "collect/spool/spool.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <zlib.h>

namespace collect::spool {
namespace {

using base::Code;
using base::Result;

constexpr std::string_view kMark = "WBSPOOL\x01";
constexpr std::string_view kEnding = ".seg";
constexpr std::size_t kHead = 24;   // mark, position, checksum, four bytes of nothing
constexpr std::size_t kFrame = 8;   // length, checksum
constexpr std::size_t kLongest = 64 << 20;
constexpr std::size_t kChunk = 1 << 20;

template <class T>
void put(char* to, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) to[i] = static_cast<char>(value >> (8 * i));
}
template <class T>
T get(const char* from) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value |= static_cast<T>(static_cast<T>(static_cast<unsigned char>(from[i])) << (8 * i));
  return value;
}

std::uint32_t checksum(Position at, std::string_view bytes) {
  char place[8];
  put(place, at);
  uLong sum = crc32(0, reinterpret_cast<const Bytef*>(place), sizeof place);
  sum = crc32(sum, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
  return static_cast<std::uint32_t>(sum);
}

std::string name_of(Position at) { return fmt::format("{:016x}{}", at, kEnding); }

std::optional<Position> position_of(std::string_view name) {
  if (name.size() != 16 + kEnding.size() || !name.ends_with(kEnding)) return std::nullopt;
  Position at = 0;
  const auto [end, wrong] = std::from_chars(name.data(), name.data() + 16, at, 16);
  if (wrong != std::errc{} || end != name.data() + 16) return std::nullopt;
  return at;
}

std::string head_of(Position at) {
  std::string head{kMark};
  head.resize(kHead, '\0');
  put(head.data() + 8, at);
  put(head.data() + 16, checksum(at, kMark));
  return head;
}

/// Walks the whole records in a segment's bytes. Reads piece by piece; stops at the first byte that belongs to none.
class Walk {
 public:
  Walk(Disk& disk, const std::string& name, Position begin) : disk_(disk), name_(name), begin_(begin) {}

  /// From here on, up to `limit` (both positions).
  Result<Position> run(Position from, Position limit, std::uint64_t most, const Spool::Sink& sink) {
    Position at = from;
    std::string piece;
    Position piece_at = from;
    const Position stop = most < limit - from ? from + most : limit;
    while (at < stop) {
      std::string_view rest = std::string_view{piece}.substr(std::min<std::size_t>(at - piece_at, piece.size()));
      std::size_t wanted = kFrame;
      if (rest.size() >= kFrame) {
        const auto length = get<std::uint32_t>(rest.data());
        if (length > kLongest || at + kFrame + length > limit) return at;
        wanted = kFrame + length;
        if (rest.size() >= wanted) {
          const std::string_view record = rest.substr(kFrame, length);
          if (checksum(at, record) != get<std::uint32_t>(rest.data() + 4)) return at;
          WB_TRY(sink(at, record));
          at += wanted;
          continue;
        }
      }
      WB_ASSIGN(piece, disk_.read(name_, kHead + (at - begin_), std::max(wanted, kChunk)));
      piece_at = at;
      if (piece.size() < wanted) return at;
    }
    return at;
  }

 private:
  Disk& disk_;
  const std::string& name_;
  Position begin_;
};

}  // namespace

Result<std::unique_ptr<Spool>> Spool::open(Disk& disk, SpoolLimits limits, Position at_least) {
  std::unique_ptr<Spool> spool{new Spool{disk, limits}};
  WB_TRY(spool->recover(at_least));
  return spool;
}

Result<void> Spool::recover(Position at_least) {
  WB_ASSIGN(const auto names, disk_.list());
  std::vector<std::pair<Position, std::string>> found;
  for (const std::string& name : names) {
    if (const auto at = position_of(name)) found.emplace_back(*at, name);
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& [begin, name] = found[i];
    const bool last = i + 1 == found.size();
    WB_ASSIGN(const std::string head, disk_.read(name, 0, kHead));
    if (head != head_of(begin)) {
      // A head is durable before the first record is acknowledged: a broken one at the end is a segment that never began.
      if (head.starts_with(kMark.substr(0, 7)) && head.size() > 7 && head[7] > kMark[7]) {
        return base::fail(Code::unsupported, "the spool's segment {} was written by a newer winback; use the newer program", name);
      }
      if (last) {
        WB_TRY(disk_.remove(name));
        WB_TRY(disk_.sync_names());
        end_ = std::max(end_, begin);
      } else {
        damaged_ += found[i + 1].first - begin > 1 ? found[i + 1].first - begin : 0;
      }
      continue;
    }
    WB_ASSIGN(const std::uint64_t size, disk_.size(name));
    const Position limit = last ? begin + (size - kHead) : std::min(begin + (size - kHead), found[i + 1].first);
    WB_ASSIGN(const Position end, Walk(disk_, name, begin).run(begin, limit, limit - begin, [](Position, std::string_view) -> Result<void> { return {}; }));
    if (last && begin + (size - kHead) != end) {
      // What was torn goes, so that nothing written later stands behind it.
      WB_ASSIGN(const auto file, disk_.open(name));
      WB_TRY(file->truncate(kHead + (end - begin)));
      WB_TRY(file->sync());
    } else if (last) {
      // Bytes a killed process left in the system's memory become durable before anybody reads them.
      WB_ASSIGN(const auto file, disk_.open(name));
      WB_TRY(file->sync());
    }
    segments_[begin] = {.name = name, .bytes = end - begin, .end = end};
    stored_ += end - begin;
    end_ = std::max(end_, end);
    if (!last && found[i + 1].first - end > 1) damaged_ += found[i + 1].first - end;  // one byte parts a segment given up from the next
  }
  end_ = std::max(end_, at_least);
  if (segments_.contains(end_)) ++end_;  // an empty one of before may be one that was given up
  return begin_segment(end_);
}

/// Made durable, head and name, before it takes a record.
Result<void> Spool::begin_segment(Position at) {
  file_.reset();
  const std::string name = name_of(at);
  {
    const std::lock_guard lock{mutex_};
    file_open_ = false;
  }
  WB_ASSIGN(auto file, disk_.open(name));
  WB_TRY(file->truncate(0));
  WB_TRY(file->write(head_of(at)));
  auto synced = file->sync();
  if (synced) synced = disk_.sync_names();
  if (!synced) {
    give_up();
    return synced;
  }
  const std::lock_guard lock{mutex_};
  segments_[at] = {.name = name, .bytes = 0, .end = at};
  file_open_ = true;
  file_ = std::move(file);
  return {};
}

void Spool::finish_frames(Batch& batch, Position base) const {
  for (const auto& [offset, size] : batch.records) {
    const std::string_view record{batch.bytes.data() + offset + kFrame, size};
    put(batch.bytes.data() + offset + 4, checksum(base + offset, record));
  }
  batch.base = base;
}

Result<Position> Spool::append(std::string_view record) {
  if (record.size() > kLongest) return base::fail(Code::invalid_input, "a record of {} bytes is too long for the spool", record.size());
  std::unique_lock lock{mutex_};
  if (stored_ + filling_->bytes.size() + kFrame + record.size() > limits_.most_bytes) {
    return base::fail(Code::exhausted, "the spool is full ({} MB wait to be taken in); send again in a moment", limits_.most_bytes >> 20);
  }
  const std::shared_ptr<Batch> batch = filling_;
  const std::size_t offset = batch->bytes.size();
  batch->bytes.resize(offset + kFrame);
  put(batch->bytes.data() + offset, static_cast<std::uint32_t>(record.size()));
  batch->bytes.append(record);
  batch->records.emplace_back(offset, record.size());
  while (!batch->done) {
    if (writing_) {
      written_.wait(lock);
      continue;
    }
    // The first who finds nobody writing writes for all who wait.
    writing_ = true;
    filling_ = std::make_shared<Batch>();
    lock.unlock();
    const auto done = write(*batch, false);
    lock.lock();
    writing_ = false;
    batch->done = true;
    if (!done) batch->error = done.error();
    written_.notify_all();
    if (done) arrived_.notify_all();
  }
  if (batch->error) return std::unexpected(*batch->error);
  return batch->base + offset;
}

/// By the leader, without the lock. An empty batch with `rotate` begins a new segment.
Result<void> Spool::write(Batch& batch, bool rotate) {
  Position at = 0, begin = 0;
  std::uint64_t filled = 0;
  {
    const std::lock_guard lock{mutex_};
    at = end_;
    if (!segments_.empty()) {
      begin = segments_.rbegin()->first;
      filled = segments_.rbegin()->second.bytes;
    }
  }
  if (!file_ || (filled > 0 && (rotate || filled + batch.bytes.size() > limits_.segment_bytes))) {
    WB_TRY(begin_segment(at));
    begin = at;
    filled = 0;
  }
  if (batch.bytes.empty()) return {};
  finish_frames(batch, at);
  if (const auto wrote = file_->write(batch.bytes); !wrote) {
    // Half a record is cut off again; where that fails the segment is given up.
    if (!file_->truncate(kHead + filled)) give_up();
    return wrote;
  }
  if (const auto synced = file_->sync(); !synced) {
    // What the system says of this file later is not to be believed. It is cut, as far as it lets itself be cut, and left.
    (void)file_->truncate(kHead + filled);
    give_up();
    return synced;
  }
  const std::lock_guard lock{mutex_};
  end_ = at + batch.bytes.size();
  stored_ += batch.bytes.size();
  Segment& segment = segments_[begin];
  segment.bytes = filled + batch.bytes.size();
  segment.end = end_;
  return {};
}

/// The next segment begins one byte on: it has another name, and what may stand behind this one's end is never read.
void Spool::give_up() {
  file_.reset();
  const std::lock_guard lock{mutex_};
  file_open_ = false;
  ++end_;
}

Result<Position> Spool::read(Position from, std::uint64_t most, const Sink& sink) {
  std::uint64_t left = most;
  for (;;) {
    Position begin = 0;
    Segment segment;
    {
      const std::lock_guard lock{mutex_};
      auto found = segments_.upper_bound(from);
      if (found != segments_.begin() && from < std::prev(found)->second.end) --found;
      while (found != segments_.end() && found->second.bytes == 0) ++found;
      if (found == segments_.end()) return std::max(from, end_);
      begin = found->first;
      segment = found->second;
    }
    from = std::max(from, begin);
    WB_ASSIGN(const Position at, Walk(disk_, segment.name, begin).run(from, segment.end, left, sink));
    const bool all = at >= segment.end;
    if (!all && at - from < left) {  // it was whole when it was written
      const std::lock_guard lock{mutex_};
      damaged_ += segment.end - at;
      from = segment.end;
      continue;
    }
    if (!all || at - from >= left) return at;
    left -= at - from;
    from = at;
  }
}

std::optional<Spool::Sealed> Spool::sealed_after(Position from) const {
  const std::lock_guard lock{mutex_};
  for (auto at = segments_.begin(); at != segments_.end(); ++at) {
    const bool open = std::next(at) == segments_.end() && file_open_;
    if (!open && at->second.bytes > 0 && at->second.end > from) return Sealed{std::max(at->first, from), at->second.end};
  }
  return std::nullopt;
}

Result<void> Spool::seal() {
  std::unique_lock lock{mutex_};
  if (segments_.empty() || segments_.rbegin()->second.bytes == 0) return {};
  written_.wait(lock, [&] { return !writing_; });
  writing_ = true;
  lock.unlock();
  Batch nothing;
  const auto done = write(nothing, true);
  lock.lock();
  writing_ = false;
  written_.notify_all();
  return done;
}

Result<void> Spool::forget(Position before) {
  bool any = false;
  for (;;) {
    std::string name;
    {
      const std::lock_guard lock{mutex_};
      if (segments_.size() < 2 || segments_.begin()->second.end > before) break;
      name = segments_.begin()->second.name;
      stored_ -= segments_.begin()->second.bytes;
      segments_.erase(segments_.begin());
    }
    WB_TRY(disk_.remove(name));
    any = true;
  }
  if (any) WB_TRY(disk_.sync_names());
  return {};
}

Position Spool::end() const {
  const std::lock_guard lock{mutex_};
  return end_;
}

std::uint64_t Spool::bytes() const {
  const std::lock_guard lock{mutex_};
  return stored_;
}

std::uint64_t Spool::damaged() const {
  const std::lock_guard lock{mutex_};
  return damaged_;
}

bool Spool::wait(Position known, std::chrono::milliseconds most) {
  std::unique_lock lock{mutex_};
  const std::uint64_t woken = woken_;
  arrived_.wait_for(lock, most, [&] { return end_ > known || woken_ != woken; });
  return end_ > known;
}

void Spool::wake() {
  const std::lock_guard lock{mutex_};
  ++woken_;
  arrived_.notify_all();
}

}  // namespace collect::spool
