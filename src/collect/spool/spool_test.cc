#include "collect/spool/spool.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"

namespace collect::spool {
namespace {

using base::Code;
using base::Result;
using testing::ElementsAre;

/// A disk in memory that can fail and lose power: what was not synced survives in part.
class FaultyDisk final : public Disk {
 public:
  struct File {
    std::string bytes;
    std::string durable;
    bool broken = false;  ///< a sync failed: what it says later means nothing
  };
  class Handle final : public AppendFile {
   public:
    Handle(FaultyDisk& disk, std::string name) : disk_(disk), name_(std::move(name)) {}
    Result<void> write(std::string_view bytes) override {
      File& file = disk_.files[name_];
      if (disk_.fail_write > 0 && --disk_.fail_write == 0) {
        file.bytes.append(bytes.substr(0, disk_.rng.below(bytes.size() + 1)));
        return base::fail(Code::exhausted, "the disk is full");
      }
      file.bytes.append(bytes);
      return {};
    }
    Result<void> sync() override {
      ++disk_.syncs;
      File& file = disk_.files[name_];
      if (disk_.fail_sync > 0 && --disk_.fail_sync == 0) {
        file.broken = true;
        return base::fail(Code::unavailable, "the disk failed");
      }
      if (!file.broken) file.durable = file.bytes;  // a broken one says yes and keeps nothing
      return {};
    }
    Result<void> truncate(std::uint64_t size) override {
      if (disk_.fail_truncate) return base::fail(Code::unavailable, "the disk failed");
      disk_.files[name_].bytes.resize(size);
      return {};
    }

   private:
    FaultyDisk& disk_;
    std::string name_;
  };

  Result<std::vector<std::string>> list() override {
    std::vector<std::string> names;
    for (const auto& [name, file] : files) names.push_back(name);
    return names;
  }
  Result<std::unique_ptr<AppendFile>> open(std::string_view name) override {
    files.try_emplace(std::string{name});
    return std::make_unique<Handle>(*this, std::string{name});
  }
  Result<std::uint64_t> size(std::string_view name) override { return files[std::string{name}].bytes.size(); }
  Result<std::string> read(std::string_view name, std::uint64_t offset, std::size_t most) override {
    const std::string& bytes = files[std::string{name}].bytes;
    return offset < bytes.size() ? bytes.substr(offset, most) : std::string{};
  }
  Result<void> remove(std::string_view name) override {
    files.erase(std::string{name});
    return {};
  }
  Result<void> sync_names() override { return {}; }

  /// The power fails: of what was written and not synced any beginning may be there.
  void lose_power() {
    for (auto& [name, file] : files) {
      if (file.bytes.starts_with(file.durable)) {
        file.bytes.resize(file.durable.size() + rng.below(file.bytes.size() - file.durable.size() + 1));
      } else if (rng.chance(0.5)) {
        file.bytes = file.durable;
      }
      file.durable = file.bytes;
      file.broken = false;
    }
  }

  std::map<std::string, File> files;
  base::Rng rng{1};
  int fail_write = 0, fail_sync = 0, syncs = 0;
  bool fail_truncate = false;
};

std::vector<std::string> all(Spool& spool, Position from = 0) {
  std::vector<std::string> records;
  const auto end = spool.read(from, UINT64_MAX, [&](Position, std::string_view record) -> Result<void> {
    records.emplace_back(record);
    return {};
  });
  EXPECT_TRUE(end.has_value());
  EXPECT_EQ(*end, std::max(from, spool.end()));
  return records;
}

std::unique_ptr<Spool> open(Disk& disk, SpoolLimits limits = {}, Position at_least = 0) {
  auto spool = Spool::open(disk, limits, at_least);
  EXPECT_TRUE(spool.has_value()) << spool.error().message;
  return std::move(*spool);
}

TEST(Spool, GivesBackWhatWasAppendedInOrder) {
  FaultyDisk disk;
  const auto spool = open(disk);
  const auto first = spool->append("one");
  const auto second = spool->append("");
  const auto third = spool->append("three");
  ASSERT_TRUE(first && second && third);
  EXPECT_LT(*first, *second);
  EXPECT_LT(*second, *third);
  EXPECT_THAT(all(*spool), ElementsAre("one", "", "three"));
  EXPECT_THAT(all(*spool, *second), ElementsAre("", "three"));
  EXPECT_THAT(all(*open(disk)), ElementsAre("one", "", "three"));
}

TEST(Spool, ReadsInPiecesWithoutMissingOrRepeating) {
  FaultyDisk disk;
  const auto spool = open(disk, {.segment_bytes = 100, .most_bytes = 1 << 20});
  std::vector<std::string> written, read;
  for (int i = 0; i < 60; ++i) {
    written.push_back(std::string(static_cast<std::size_t>(i % 23), static_cast<char>('a' + i % 26)));
    ASSERT_TRUE(spool->append(written.back()));
  }
  for (Position at = 0; at < spool->end();) {
    const auto next = spool->read(at, 37, [&](Position, std::string_view record) -> Result<void> {
      read.emplace_back(record);
      return {};
    });
    ASSERT_TRUE(next);
    ASSERT_GT(*next, at);
    at = *next;
  }
  EXPECT_EQ(read, written);
}

/// The core promise: wherever the last segment is cut, every whole record before the cut is there and nothing else.
TEST(Spool, CutAtEveryByteKeepsEveryWholeRecord) {
  FaultyDisk disk;
  const auto spool = open(disk);
  std::vector<std::string> written;
  std::vector<std::size_t> size_after;
  std::string name;
  for (int i = 0; i < 12; ++i) {
    written.push_back(std::string(static_cast<std::size_t>(i * 7 % 31), static_cast<char>('A' + i)));
    ASSERT_TRUE(spool->append(written.back()));
    name = disk.files.begin()->first;
    size_after.push_back(disk.files[name].bytes.size());
  }
  const std::string whole = disk.files[name].bytes;
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    FaultyDisk torn;
    torn.files[name].bytes = whole.substr(0, cut);
    const auto again = open(torn);
    const auto kept = static_cast<std::size_t>(std::ranges::count_if(size_after, [&](std::size_t size) { return size <= cut; }));
    ASSERT_EQ(all(*again), std::vector<std::string>(written.begin(), written.begin() + static_cast<std::ptrdiff_t>(kept))) << "cut at " << cut;
    ASSERT_TRUE(again->append("after"));
    ASSERT_EQ(all(*again).back(), "after") << "cut at " << cut;
    ASSERT_EQ(all(*open(torn)).size(), kept + 1) << "cut at " << cut;
  }
}

TEST(Spool, ADamagedByteIsNeverTakenForARecord) {
  FaultyDisk disk;
  {
    const auto spool = open(disk);
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(spool->append("record " + std::to_string(i)));
  }
  const std::string name = disk.files.begin()->first;
  const std::string whole = disk.files[name].bytes;
  for (std::size_t at = 24; at < whole.size(); ++at) {
    FaultyDisk damaged;
    damaged.files[name].bytes = whole;
    damaged.files[name].bytes[at] = static_cast<char>(damaged.files[name].bytes[at] ^ 0x20);
    const auto records = all(*open(damaged));
    ASSERT_LT(records.size(), 5U) << at;
    for (std::size_t i = 0; i < records.size(); ++i) ASSERT_EQ(records[i], "record " + std::to_string(i)) << at;
  }
}

TEST(Spool, AFullDiskIsSaidAndLeavesNoHalfRecord) {
  FaultyDisk disk;
  const auto spool = open(disk);
  ASSERT_TRUE(spool->append("before"));
  disk.fail_write = 1;
  const auto failed = spool->append(std::string(500, 'x'));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::exhausted);
  ASSERT_TRUE(spool->append("after"));
  EXPECT_THAT(all(*spool), ElementsAre("before", "after"));
  EXPECT_THAT(all(*open(disk)), ElementsAre("before", "after"));
}

TEST(Spool, AfterAFailedSyncTheSegmentTakesNothingMore) {
  FaultyDisk disk;
  const auto spool = open(disk);
  ASSERT_TRUE(spool->append("before"));
  const std::size_t files = disk.files.size();
  disk.fail_sync = 1;
  EXPECT_FALSE(spool->append("lost"));
  ASSERT_TRUE(spool->append("after"));
  EXPECT_EQ(disk.files.size(), files + 1);
  EXPECT_THAT(all(*spool), ElementsAre("before", "after"));
  disk.lose_power();
  EXPECT_THAT(all(*open(disk)), ElementsAre("before", "after"));
}

TEST(Spool, BytesASegmentGivenUpStillHoldsAreNeverRead) {
  FaultyDisk disk;
  const auto spool = open(disk);
  ASSERT_TRUE(spool->append("before"));
  disk.fail_sync = 1;
  disk.fail_truncate = true;
  EXPECT_FALSE(spool->append("refused"));
  disk.fail_truncate = false;
  ASSERT_TRUE(spool->append("after"));
  EXPECT_THAT(all(*spool), ElementsAre("before", "after"));
  EXPECT_THAT(all(*open(disk)), ElementsAre("before", "after"));
}

TEST(Spool, MoreThanTheBoundIsRefusedUntilReadersCaughtUp) {
  FaultyDisk disk;
  const auto spool = open(disk, {.segment_bytes = 50, .most_bytes = 200});
  Position end = 0;
  std::size_t taken = 0;
  for (; taken < 100; ++taken) {
    const auto at = spool->append(std::string(20, 'a'));
    if (!at) {
      EXPECT_EQ(at.error().code, Code::exhausted);
      break;
    }
    end = spool->end();
  }
  EXPECT_EQ(taken, 200 / 28);
  ASSERT_TRUE(spool->seal());
  ASSERT_TRUE(spool->forget(end));
  EXPECT_EQ(spool->bytes(), 0U);
  EXPECT_TRUE(spool->append("b"));
}

TEST(Spool, SegmentsAreSealedReadAndForgotten) {
  FaultyDisk disk;
  const auto spool = open(disk);
  EXPECT_FALSE(spool->sealed_after(0));
  ASSERT_TRUE(spool->append("one"));
  EXPECT_FALSE(spool->sealed_after(0)) << "it is still being written";
  ASSERT_TRUE(spool->seal());
  const auto sealed = spool->sealed_after(0);
  ASSERT_TRUE(sealed);
  ASSERT_TRUE(spool->append("two"));
  EXPECT_FALSE(spool->sealed_after(sealed->end));
  ASSERT_TRUE(spool->seal());
  ASSERT_TRUE(spool->sealed_after(sealed->end));
  ASSERT_TRUE(spool->forget(sealed->end));
  EXPECT_THAT(all(*spool), ElementsAre("two"));
  const Position end = spool->end();
  EXPECT_GE(open(disk)->end(), end) << "positions never begin anew";
  EXPECT_GE(open(disk, {}, end + 1000)->end(), end + 1000);
}

TEST(Spool, ManyThreadsShareSyncs) {
  FaultyDisk disk;
  const auto spool = open(disk, {.segment_bytes = 2000, .most_bytes = 1 << 24});
  std::vector<std::jthread> threads;
  std::vector<std::vector<std::pair<Position, std::string>>> told(8);
  for (std::size_t t = 0; t < told.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        std::string record = std::to_string(t) + "/" + std::to_string(i);
        const auto at = spool->append(record);
        ASSERT_TRUE(at);
        told[t].emplace_back(*at, std::move(record));
      }
    });
  }
  threads.clear();
  std::map<Position, std::string> read;
  ASSERT_TRUE(spool->read(0, UINT64_MAX, [&](Position at, std::string_view record) -> Result<void> {
    read.emplace(at, record);
    return {};
  }));
  EXPECT_EQ(read.size(), 1600U);
  for (const auto& one : told) {
    Position last = 0;
    for (const auto& [at, record] : one) {
      EXPECT_EQ(read[at], record);
      EXPECT_TRUE(last == 0 || at > last);
      last = at;
    }
  }
}

/// Appends, reads, seals, forgets, full disks, failed syncs and power losses in any order: what was acknowledged and not
/// forgotten is there, once, in order; what was refused by a full disk never is.
RC_GTEST_PROP(SpoolFaults, NothingAcknowledgedIsLost, ()) {
  FaultyDisk disk;
  disk.rng = base::Rng{*rc::gen::arbitrary<std::uint64_t>()};
  base::Rng& rng = disk.rng;
  const SpoolLimits limits{.segment_bytes = 60 + rng.below(300), .most_bytes = 1 << 20};
  auto spool = open(disk, limits);
  std::map<Position, std::string> acknowledged;
  std::vector<std::string> doubtful;  // its answer was an error or never came
  Position forgotten = 0;
  for (int step = 0; step < 80; ++step) {
    const double what = rng.uniform();
    if (what < 0.06) disk.fail_write = static_cast<int>(1 + rng.below(3));
    if (what > 0.94) disk.fail_sync = static_cast<int>(1 + rng.below(3));
    disk.fail_truncate = rng.chance(0.1);
    if (what < 0.7) {
      std::string record = std::to_string(step) + std::string(rng.below(70), 'r');
      const auto at = spool->append(record);
      if (at) {
        RC_ASSERT(acknowledged.emplace(*at, std::move(record)).second);
      } else {
        doubtful.push_back(std::move(record));
      }
    } else if (what < 0.78) {
      (void)spool->seal();
    } else if (what < 0.84) {
      if (const auto sealed = spool->sealed_after(forgotten)) {
        RC_ASSERT(spool->forget(sealed->end).has_value());
        forgotten = sealed->end;
      }
    } else if (what < 0.9) {
      spool.reset();
      if (rng.chance(0.5)) disk.lose_power();
      disk.fail_write = disk.fail_sync = 0;
      disk.fail_truncate = false;
      auto opened = Spool::open(disk, limits, forgotten);
      RC_ASSERT(opened.has_value());
      spool = std::move(*opened);
    }
    std::map<Position, std::string> read;
    RC_ASSERT(spool->read(forgotten, UINT64_MAX, [&](Position at, std::string_view record) -> Result<void> {
      RC_ASSERT(read.emplace(at, record).second);
      return {};
    }).has_value());
    for (const auto& [at, record] : acknowledged) {
      if (at >= forgotten) RC_ASSERT(read.contains(at) && read[at] == record);
    }
    for (const auto& [at, record] : read) {
      RC_ASSERT(acknowledged.contains(at) || std::ranges::find(doubtful, record) != doubtful.end());
    }
  }
}

TEST(Spool, WorksInARealFolder) {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("winback-spool-{}", getpid());
  std::filesystem::remove_all(folder);
  {
    const auto disk = open_disk(folder);
    ASSERT_TRUE(disk);
    const auto spool = open(**disk, {.segment_bytes = 1000, .most_bytes = 1 << 20});
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(spool->append("record " + std::to_string(i)));
    ASSERT_TRUE(spool->seal());
  }
  const auto disk = open_disk(folder);
  ASSERT_TRUE(disk);
  const auto spool = open(**disk);
  EXPECT_EQ(all(*spool).size(), 100U);
  ASSERT_TRUE(spool->forget(spool->end()));
  EXPECT_EQ((*disk)->list()->size(), 1U);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace collect::spool
