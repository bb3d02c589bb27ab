#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/block.h"
#include "base/error.h"
#include "port/warehouse.h"

namespace collect {

/// Sends blocks to a table in a thread of its own, one after another, each under the token "prefix-number". One block
/// is sent while the caller fills the next; no more are in memory.
class InsertQueue {
 public:
  /// The first `skip` blocks are known to be there and are not sent again.
  InsertQueue(port::Warehouse& warehouse, std::string table, std::string token_prefix, std::uint64_t skip);
  ~InsertQueue();
  InsertQueue(const InsertQueue&) = delete;
  InsertQueue& operator=(const InsertQueue&) = delete;

  /// Waits until the block before is durable; the error is that of an earlier block.
  base::Result<void> push(base::Block&& block);

  /// Waits until every block is durable.
  base::Result<void> finish();

  /// How many blocks are durable.
  std::uint64_t sent();

 private:
  void run();

  port::Warehouse& warehouse_;
  std::string table_;
  std::string token_prefix_;
  std::uint64_t skip_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<base::Block> waiting_;
  std::optional<base::Error> error_;
  std::uint64_t pushed_ = 0;
  std::uint64_t sent_ = 0;
  bool closing_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace collect
