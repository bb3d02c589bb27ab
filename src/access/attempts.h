#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace entry {

/// Slows guessing down: after five failures with a key the next try waits two seconds, then twice as long each time, up to
/// fifteen minutes. Nobody is ever shut out for good, and a day without failures forgets them. Keeps at most `most_keys`
/// keys; when there are more, those whose wait is over are forgotten, and if none is, new keys share one. Any thread.
class Attempts {
 public:
  explicit Attempts(std::size_t most_keys = 100'000) : most_keys_(most_keys) {}

  bool may(std::string_view key, base::Instant now) const;
  void failed(std::string_view key, base::Instant now);
  void succeeded(std::string_view key);

 private:
  struct Record {
    unsigned failures = 0;
    base::Instant last{};
    base::Instant wait_until{};
  };
  const std::size_t most_keys_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Record> records_;  // protected by mutex_
};

}  // namespace entry
