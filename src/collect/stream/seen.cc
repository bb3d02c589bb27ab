#include "collect/stream/seen.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>

#include "base/hash.h"

namespace collect::stream {
namespace {

struct Spread {
  std::size_t operator()(const IdHash& id) const { return id.b; }
};

bool is_empty(const IdHash& id) { return id.a == 0 && id.b == 0; }

}  // namespace

IdHash hash_of(std::string_view message_id) {
  const base::Digest digest = base::sha256(message_id);
  IdHash id;
  std::memcpy(&id.a, digest.data(), 8);
  std::memcpy(&id.b, digest.data() + 8, 8);
  return id;
}

SeenIds::SeenIds(std::chrono::hours window, std::size_t most) : window_(window), most_(std::max<std::size_t>(most, 16)) {}

bool SeenIds::find(const Generation& generation, const IdHash& id) {
  const Shard& shard = generation.shards[id.a % kShards];
  if (shard.slots.empty()) return false;
  const std::size_t mask = shard.slots.size() - 1;
  for (std::size_t at = id.b & mask;; at = (at + 1) & mask) {
    if (is_empty(shard.slots[at])) return false;
    if (shard.slots[at] == id) return true;
  }
}

void SeenIds::put(Generation& generation, const IdHash& id) {
  Shard& shard = generation.shards[id.a % kShards];
  if ((shard.used + 1) * 4 > shard.slots.size() * 3) {
    std::vector<IdHash> grown(std::max<std::size_t>(16, shard.slots.size() * 2));
    for (const IdHash& old : shard.slots) {
      if (is_empty(old)) continue;
      std::size_t at = old.b & (grown.size() - 1);
      while (!is_empty(grown[at])) at = (at + 1) & (grown.size() - 1);
      grown[at] = old;
    }
    shard.slots = std::move(grown);
  }
  std::size_t at = id.b & (shard.slots.size() - 1);
  while (!is_empty(shard.slots[at])) {
    if (shard.slots[at] == id) return;
    at = (at + 1) & (shard.slots.size() - 1);
  }
  shard.slots[at] = id;
  ++shard.used;
  ++generation.size;
}

bool SeenIds::known(const IdHash& id) const {
  return std::ranges::any_of(generations_, [&](const auto& generation) { return find(*generation, id); });
}

void SeenIds::keep(const IdHash& id, base::Instant at) {
  const auto total = [&] {
    std::size_t sum = 0;
    for (const auto& generation : generations_) sum += generation->size;
    return sum;
  };
  if (generations_.empty() || at - generations_.back()->begin >= window_ / 7 || generations_.back()->size >= most_ / 8 + 1) {
    generations_.push_back(std::make_unique<Generation>());
    generations_.back()->begin = at;
    // A generation goes when even its last ids, taken in before the next one began, are past the window.
    while (generations_.size() > 1 && (at - generations_[1]->begin > window_ || total() + most_ / 8 > most_)) generations_.pop_front();
  }
  put(*generations_.back(), id);
}

std::vector<bool> SeenIds::claim(std::span<const IdHash> ids) {
  std::unique_lock lock{mutex_};
  const std::unordered_set<IdHash, Spread> wanted{ids.begin(), ids.end()};
  settled_.wait(lock, [&] { return std::ranges::none_of(pending_, [&](const IdHash& id) { return wanted.contains(id); }); });
  std::vector<bool> fresh(ids.size());
  std::unordered_set<IdHash, Spread> mine;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    fresh[i] = !known(ids[i]) && mine.insert(ids[i]).second;
    if (fresh[i]) pending_.push_back(ids[i]);
  }
  return fresh;
}

void SeenIds::settle(std::span<const IdHash> ids, bool written, base::Instant now) {
  const std::lock_guard lock{mutex_};
  const std::unordered_set<IdHash, Spread> gone{ids.begin(), ids.end()};
  std::erase_if(pending_, [&](const IdHash& id) { return gone.contains(id); });
  if (written) {
    for (const IdHash& id : ids) keep(id, now);
  }
  settled_.notify_all();
}

void SeenIds::remember(const IdHash& id, base::Instant at) {
  const std::lock_guard lock{mutex_};
  if (!known(id)) keep(id, at);
}

std::size_t SeenIds::size() const {
  const std::lock_guard lock{mutex_};
  std::size_t sum = 0;
  for (const auto& generation : generations_) sum += generation->size;
  return sum;
}

base::Instant SeenIds::oldest() const {
  const std::lock_guard lock{mutex_};
  return generations_.empty() ? base::Instant::max() : generations_.front()->begin;
}

}  // namespace collect::stream
