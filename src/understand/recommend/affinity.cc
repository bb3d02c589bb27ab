#include "understand/recommend/affinity.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace understand::recommend {
namespace {

constexpr double kHalfLife = 60;
constexpr double kDamping = 10;
constexpr double kChances = 10;
constexpr std::size_t kNeighbours = 20;
constexpr std::size_t kPopular = 200;
constexpr std::size_t kMostPairs = 8'000'000;
constexpr std::size_t kOfBasket = 40;  // of a huge basket, so many items make pairs
constexpr std::uint32_t kLeastSeen = 2;

HistoryView known_of(const Baskets& baskets, std::size_t i, bool hold_out_last) {
  const HistoryView whole = baskets[i];
  return hold_out_last && whole.baskets() >= 2 ? whole.before_last() : whole;
}

bool has(std::span<const Item> basket, Item item) { return std::ranges::find(basket, item) != basket.end(); }

double log_odds(double p) { return std::log(p / (1 - p)); }

/// Pairs (from, to), sorted and counted, become each product's closest.
template <class Closeness>
void keep_closest(std::vector<std::uint64_t>& pairs, std::size_t items, const Closeness& closeness,
                  std::vector<Affinity::Neighbour>& kept, std::vector<std::size_t>& ends) {
  std::ranges::sort(pairs);
  kept.clear();
  ends.assign(items, 0);
  std::vector<Affinity::Neighbour> near;
  std::size_t at = 0;
  for (std::size_t from = 0; from < items; ++from) {
    near.clear();
    while (at < pairs.size() && (pairs[at] >> 32) == from) {
      std::size_t end = at;
      while (end < pairs.size() && pairs[end] == pairs[at]) ++end;
      const auto seen = static_cast<std::uint32_t>(end - at);
      const auto to = static_cast<Item>(pairs[at] & 0xFFFFFFFFU);
      if (seen >= kLeastSeen) near.push_back({to, static_cast<float>(closeness(static_cast<Item>(from), to, seen)), seen});
      at = end;
    }
    const std::size_t most = std::min(near.size(), kNeighbours);
    std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(most), near.end(), [](const auto& a, const auto& b) {
      return a.closeness != b.closeness ? a.closeness > b.closeness : a.item < b.item;
    });
    kept.insert(kept.end(), near.begin(), near.begin() + static_cast<std::ptrdiff_t>(most));
    ends[from] = kept.size();
  }
}

}  // namespace

Affinity Affinity::count(const Baskets& baskets, std::size_t items, std::int32_t today, bool hold_out_last) {
  Affinity made;
  made.sold_.assign(items, 0);
  made.recent_.assign(items, 0);
  made.staying_.assign(items, 0);
  made.buyers_.assign(items, 0);
  made.again_.assign(items, 0);
  made.count_items(baskets, today, hold_out_last);
  made.count_pairs(baskets, hold_out_last);
  return made;
}

void Affinity::count_items(const Baskets& baskets, std::int32_t today, bool hold_out_last) {
  std::vector<float> chances(sold_.size(), 0), stayed(sold_.size(), 0);
  std::vector<double> recent(sold_.size(), 0);
  double all_chances = 0, all_stayed = 0;
  std::vector<Item> own;
  for (std::size_t c = 0; c < baskets.customers(); ++c) {
    const HistoryView history = known_of(baskets, c, hold_out_last);
    std::size_t at = 0;
    for (std::size_t b = 0; b < history.baskets(); ++b) {
      const auto basket = history.items.subspan(at, history.sizes[b]);
      at += basket.size();
      const double weight = std::exp2(-std::max(0, today - history.days[b]) / kHalfLife);
      baskets_ += 1;
      recent_baskets_ += weight;
      const auto next = b + 1 < history.baskets() ? history.items.subspan(at, history.sizes[b + 1]) : std::span<const Item>{};
      for (const Item i : basket) {
        sold_[i] += 1;
        recent[i] += weight;
        if (b + 1 == history.baskets()) continue;
        chances[i] += 1;
        if (has(next, i)) stayed[i] += 1;
      }
    }
    own.assign(history.items.begin(), history.items.end());
    std::ranges::sort(own);
    for (std::size_t k = 0; k < own.size(); ++k) {
      if (k > 0 && own[k] == own[k - 1]) continue;
      buyers_[own[k]] += 1;
      if (k + 1 < own.size() && own[k + 1] == own[k]) again_[own[k]] += 1;
    }
  }
  for (std::size_t i = 0; i < sold_.size(); ++i) {
    recent_[i] = static_cast<float>(recent[i]);
    all_chances += chances[i];
    all_stayed += stayed[i];
  }
  const double mean = (all_stayed + 0.5) / (all_chances + 1);
  for (std::size_t i = 0; i < sold_.size(); ++i) {
    staying_[i] = static_cast<float>(log_odds((stayed[i] + kChances * mean) / (chances[i] + kChances)) - log_odds(mean));
  }
  for (std::size_t i = 0; i < sold_.size(); ++i) {
    if (sold_[i] > 0) popular_.push_back(static_cast<Item>(i));
  }
  const std::size_t most = std::min(popular_.size(), kPopular);
  std::partial_sort(popular_.begin(), popular_.begin() + static_cast<std::ptrdiff_t>(most), popular_.end(), [&](Item a, Item b) {
    return recent_[a] != recent_[b] ? recent_[a] > recent_[b] : a < b;
  });
  popular_.resize(most);
}

void Affinity::count_pairs(const Baskets& baskets, bool hold_out_last) {
  const auto pairs_of = [&](const HistoryView& history) {
    std::size_t n = 0;
    for (std::size_t b = 0; b < history.baskets(); ++b) {
      const std::size_t size = std::min<std::size_t>(history.sizes[b], kOfBasket);
      n += size * (size - 1);
      if (b + 1 < history.baskets()) n += size * std::min<std::size_t>(history.sizes[b + 1], kOfBasket);
    }
    return n;
  };
  std::size_t all = 0;
  for (std::size_t c = 0; c < baskets.customers(); ++c) all += pairs_of(known_of(baskets, c, hold_out_last));
  const double share = all <= kMostPairs ? 1 : static_cast<double>(kMostPairs) / static_cast<double>(all);
  std::vector<std::uint64_t> together, after;
  for (std::size_t c = 0; c < baskets.customers(); ++c) {
    if (share < 1 && static_cast<double>(base::mix(c) >> 11) * 0x1p-53 >= share) continue;
    const HistoryView history = known_of(baskets, c, hold_out_last);
    std::size_t at = 0;
    for (std::size_t b = 0; b < history.baskets(); ++b) {
      const auto whole = history.items.subspan(at, history.sizes[b]);
      at += whole.size();
      const auto basket = whole.first(std::min(whole.size(), kOfBasket));
      for (const Item i : basket) {
        for (const Item j : basket) {
          if (i != j) together.push_back(std::uint64_t{i} << 32 | j);
        }
      }
      if (b + 1 == history.baskets()) continue;
      const auto next = history.items.subspan(at, std::min<std::size_t>(history.sizes[b + 1], kOfBasket));
      for (const Item j : next) {
        if (has(whole, j)) continue;
        for (const Item i : basket) after.push_back(std::uint64_t{i} << 32 | j);
      }
    }
  }
  // Counted in a sample, compared with counts of everybody: brought to one scale.
  keep_closest(together, items(), [&](Item i, Item j, double n) { return n / share / (std::sqrt(double{sold_[i]} * sold_[j]) + kDamping); },
               together_, together_ends_);
  keep_closest(after, items(), [&](Item i, Item, double n) { return n / share / (sold_[i] + kDamping); }, after_, after_ends_);
}

}  // namespace understand::recommend
