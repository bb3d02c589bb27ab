#include "http/rate_limiter.h"

#include <algorithm>

namespace http {
namespace {

constexpr std::string_view kEverybodyElse = "";

}  // namespace

RateLimiter::RateLimiter(double per_second, double burst, std::size_t most_keys)
    : per_second_(per_second), burst_(burst), most_keys_(most_keys) {}

double RateLimiter::level(const Bucket& bucket, base::Instant now) const {
  const double seconds = std::chrono::duration<double>{std::max(now - bucket.at, base::Instant::duration{0})}.count();
  return std::min(burst_, bucket.left + seconds * per_second_);
}

void RateLimiter::forget_full(base::Instant now) {
  if (now - swept_at_ < std::chrono::seconds{1} && swept_at_ <= now) return;  // a sweep costs as much as there are keys
  swept_at_ = now;
  std::erase_if(buckets_, [&](const auto& entry) { return level(entry.second, now) >= burst_; });
}

bool RateLimiter::allow(std::string_view key, base::Instant now) {
  const std::lock_guard lock{mutex_};
  auto found = buckets_.find(std::string{key});
  if (found == buckets_.end()) {
    if (buckets_.size() >= most_keys_) forget_full(now);
    const std::string_view own = buckets_.size() < most_keys_ ? key : kEverybodyElse;
    found = buckets_.try_emplace(std::string{own}, Bucket{burst_, now}).first;
  }
  Bucket& bucket = found->second;
  bucket.left = level(bucket, now);
  bucket.at = std::max(bucket.at, now);
  if (bucket.left < 1) return false;
  bucket.left -= 1;
  return true;
}

std::size_t RateLimiter::keys() const {
  const std::lock_guard lock{mutex_};
  return buckets_.size();
}

}  // namespace http
