#include "adapter/smtp/pace.h"

#include <algorithm>

namespace adapter::smtp {
namespace {

constexpr std::size_t kMostBuckets = 20'000;
constexpr int kMostDoublings = 32;

}  // namespace

Pace::Pace(DomainLimit usual, std::map<std::string, DomainLimit> exceptions, std::chrono::milliseconds first_back_off)
    : usual_(usual), exceptions_(std::move(exceptions)), first_back_off_(first_back_off) {}

const DomainLimit& Pace::limit_of(const std::string& domain) const {
  const auto found = exceptions_.find(domain);
  return found == exceptions_.end() ? usual_ : found->second;
}

Pace::Bucket& Pace::bucket(const std::string& domain, Time now) {
  const DomainLimit& limit = limit_of(domain);
  const double burst = std::max(1.0, limit.burst);
  auto found = buckets_.find(domain);
  if (found == buckets_.end()) {
    if (buckets_.size() >= kMostBuckets) forget_resting(now);
    found = buckets_.emplace(domain, Bucket{burst, now, now, 0, first_back_off_}).first;
  }
  Bucket& bucket = found->second;
  const double seconds = std::chrono::duration<double>(now - bucket.filled).count();
  bucket.tokens = std::min(burst, bucket.tokens + seconds * limit.rate);
  bucket.filled = now;
  return bucket;
}

std::optional<Pace::Time> Pace::when(const std::string& domain, Time now) {
  const DomainLimit& limit = limit_of(domain);
  const Bucket& one = bucket(domain, now);
  if (one.under_way >= std::max<std::size_t>(1, limit.connections)) return std::nullopt;
  Time at = std::max(now, one.held_until);
  if (limit.rate > 0 && one.tokens < 1) {
    const std::chrono::duration<double> wait{(1 - one.tokens) / limit.rate};
    at = std::max(at, now + std::chrono::ceil<Time::duration>(wait) + std::chrono::milliseconds{1});
  }
  return at;
}

void Pace::begin(const std::string& domain, Time now) {
  Bucket& one = bucket(domain, now);
  if (limit_of(domain).rate > 0) one.tokens -= 1;
  ++one.under_way;
}

void Pace::end(const std::string& domain) { --buckets_.at(domain).under_way; }

std::chrono::milliseconds Pace::back_off(const std::string& domain, Time now) {
  Bucket& one = bucket(domain, now);
  if (one.held_until > now)  // letters that were under way together are one signal
    return std::chrono::ceil<std::chrono::milliseconds>(one.held_until - now);
  const auto wait = one.next_back_off;
  one.held_until = now + wait;
  one.next_back_off = std::min(2 * wait, kMostDoublings * first_back_off_);
  return wait;
}

void Pace::taken(const std::string& domain) { buckets_.at(domain).next_back_off = first_back_off_; }

void Pace::forget_resting(Time now) {
  std::erase_if(buckets_, [&](const auto& entry) {
    const Bucket& one = entry.second;
    const DomainLimit& limit = limit_of(entry.first);
    const double rested = one.tokens + std::chrono::duration<double>(now - one.filled).count() * limit.rate;
    return one.under_way == 0 && one.held_until <= now && one.next_back_off == first_back_off_ &&
           (limit.rate <= 0 || rested >= std::max(1.0, limit.burst));
  });
}

}  // namespace adapter::smtp
