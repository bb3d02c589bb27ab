#include "access/attempts.h"

#include <algorithm>
#include <chrono>

namespace entry {

using namespace std::chrono_literals;

namespace {

constexpr unsigned kFree = 5;
constexpr base::Instant::duration kLongest = 15min;
const std::string kShared = "everybody else";

}  // namespace

bool Attempts::may(std::string_view key, base::Instant now) const {
  const std::lock_guard lock{mutex_};
  auto found = records_.find(std::string{key});
  if (found == records_.end() && records_.size() >= most_keys_) found = records_.find(kShared);
  return found == records_.end() || now >= found->second.wait_until;
}

void Attempts::failed(std::string_view key, base::Instant now) {
  const std::lock_guard lock{mutex_};
  std::string name{key};
  if (!records_.contains(name) && records_.size() >= most_keys_) {
    std::erase_if(records_, [&](const auto& entry) { return now >= entry.second.wait_until && now - entry.second.last > kLongest; });
    if (records_.size() >= most_keys_) name = kShared;
  }
  Record& record = records_[name];
  if (now - record.last > 24h) record.failures = 0;
  record.last = now;
  if (++record.failures >= kFree) {
    const unsigned doublings = std::min(record.failures - kFree, 10U);
    record.wait_until = now + std::min(kLongest, base::Instant::duration{2s} * (1 << doublings));
  }
}

void Attempts::succeeded(std::string_view key) {
  const std::lock_guard lock{mutex_};
  records_.erase(std::string{key});
}

}  // namespace entry
