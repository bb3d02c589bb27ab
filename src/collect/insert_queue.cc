#include "collect/insert_queue.h"

namespace collect {

using base::Result;

InsertQueue::InsertQueue(port::Warehouse& warehouse, std::string table, std::string token_prefix, std::uint64_t skip)
    : warehouse_(warehouse),
      table_(std::move(table)),
      token_prefix_(std::move(token_prefix)),
      skip_(skip),
      thread_([this] { run(); }) {}

InsertQueue::~InsertQueue() {
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
    waiting_.reset();
  }
  changed_.notify_all();
}

Result<void> InsertQueue::push(base::Block&& block) {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return sent_ == pushed_ || error_; });
  if (error_) return std::unexpected(*error_);
  waiting_ = std::move(block);
  ++pushed_;
  changed_.notify_all();
  return {};
}

Result<void> InsertQueue::finish() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return error_ || sent_ == pushed_; });
  if (error_) return std::unexpected(*error_);
  return {};
}

std::uint64_t InsertQueue::sent() {
  const std::lock_guard lock{mutex_};
  return sent_;
}

void InsertQueue::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [&] { return waiting_ || closing_; });
    if (closing_) return;
    const base::Block block = std::move(*waiting_);
    waiting_.reset();
    const std::uint64_t number = sent_;
    changed_.notify_all();
    lock.unlock();
    Result<void> done;
    if (number >= skip_) done = warehouse_.insert(table_, fmt::format("{}-{}", token_prefix_, number), block);
    lock.lock();
    if (done) {
      ++sent_;
    } else {
      error_ = std::move(done).error();
    }
    changed_.notify_all();
    if (error_) return;
  }
}

}  // namespace collect
