#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace http {

/// Token buckets by key (an address, a token): each key has `burst` requests at once and gains `per_second` more each
/// second. Time comes from the caller. Keeps at most `most_keys` buckets; when there are more, full ones are forgotten, and
/// if none is, new keys share one bucket, so that memory stays bounded under any flood. Any thread.
class RateLimiter {
 public:
  RateLimiter(double per_second, double burst, std::size_t most_keys = 100'000);

  /// Takes one request from the key's bucket; false when it is empty.
  bool allow(std::string_view key, base::Instant now);

  std::size_t keys() const;

 private:
  struct Bucket {
    double left;
    base::Instant at;
  };
  double level(const Bucket& bucket, base::Instant now) const;
  void forget_full(base::Instant now);

  const double per_second_;
  const double burst_;
  const std::size_t most_keys_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;  // protected by mutex_
  base::Instant swept_at_{};                         // protected by mutex_
};

}  // namespace http
