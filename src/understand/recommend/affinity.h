#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "understand/recommend/baskets.h"

namespace understand::recommend {

/// How often products are bought, again, together and one after another, counted over many customers.
///
/// Together: cosine n_ij / (√(n_i n_j) + λ) of products in one basket. After: P(i in the next basket | j in this one, i not)
/// as n_j→i / (n_j + λ). λ = 10 draws what was seen a few times towards nothing (Linden, Smith & York 2003; Sarwar et al.
/// 2001 with the damping of Bell & Koren 2007). Each keeps a product's 20 closest.
class Affinity {
 public:
  struct Neighbour {
    Item item = 0;
    float closeness = 0;
    std::uint32_t seen = 0;  ///< baskets, or pairs of baskets, that say so
  };

  /// With `hold_out_last`, the last basket of everyone with two or more is not looked at. `today` is the day that
  /// recent sales are recent to. Memory is bounded whatever the size of baskets: above eight million pairs customers are
  /// sampled.
  static Affinity count(const Baskets& baskets, std::size_t items, std::int32_t today, bool hold_out_last);

  std::size_t items() const { return sold_.size(); }
  double baskets() const { return baskets_; }
  float sold(Item i) const { return sold_[i]; }      ///< baskets it was in
  float recent(Item i) const { return recent_[i]; }  ///< the same, halved every 60 days
  double recent_baskets() const { return recent_baskets_; }
  std::uint32_t buyers(Item i) const { return buyers_[i]; }
  std::uint32_t again(Item i) const { return again_[i]; }  ///< buyers who bought it on another day, too
  /// Log-odds that a buyer's very next basket holds it again, less the shop's; shrunk with ten chances.
  float staying(Item i) const { return staying_[i]; }
  std::span<const Neighbour> together(Item i) const { return list_of(together_, together_ends_, i); }
  std::span<const Neighbour> after(Item i) const { return list_of(after_, after_ends_, i); }
  /// Most sold recently, best first; at most 200.
  std::span<const Item> popular() const { return popular_; }

 private:
  static std::span<const Neighbour> list_of(const std::vector<Neighbour>& all, const std::vector<std::size_t>& ends, Item i) {
    if (i >= ends.size()) return {};
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return std::span{all}.subspan(begin, ends[i] - begin);
  }
  void count_items(const Baskets& baskets, std::int32_t today, bool hold_out_last);
  void count_pairs(const Baskets& baskets, bool hold_out_last);

  double baskets_ = 0, recent_baskets_ = 0;
  std::vector<float> sold_, recent_, staying_;
  std::vector<std::uint32_t> buyers_, again_;
  std::vector<Neighbour> together_, after_;
  std::vector<std::size_t> together_ends_, after_ends_;
  std::vector<Item> popular_;
};

}  // namespace understand::recommend
