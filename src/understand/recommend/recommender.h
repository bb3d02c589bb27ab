#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "stats/interval.h"
#include "understand/recommend/affinity.h"
#include "understand/recommend/baskets.h"

namespace understand::recommend {

/// Why a product is recommended.
enum class Why : std::uint8_t {
  usual,      ///< bought three times or more
  again,      ///< bought once or twice
  goes_with,  ///< others have it in one basket with `because`
  after,      ///< others buy it after `because`
  popular,    ///< many buy it now
};
inline constexpr std::size_t kWhys = 5;
std::string_view name_of(Why why);

struct Recommendation {
  Item item = 0;
  double chance = 0;           ///< that the customer's next basket holds it, should there be one
  Why why = Why::popular;
  Item because = 0;            ///< of goes_with and after
  std::uint32_t times = 0;     ///< baskets the customer had it in
  double every_days = 0;       ///< of usual: mean days between buying it
};

/// What must not be shown, and to whom.
struct Shelf {
  std::vector<std::uint8_t> hidden;       ///< per item: sold out, badly rated, no longer sold or without a name
  std::vector<std::uint32_t> category;    ///< per item, 0 = none; empty = no categories
};

/// How well the first products of the lists were, at the last basket of customers the weights were not learned from.
struct Check {
  std::size_t customers = 0;
  std::size_t length = 4;
  double hits = 0;            ///< share of customers whose next basket held one of the list's
  stats::Interval interval;   ///< 95 %, Wilson
  double hits_by_habit = 0;   ///< of a list of what they bought most, filled up with best sellers
  double hits_by_sales = 0;   ///< of the best sellers alone
};

/// What a customer may buy next: own products (how often, how lately), what sells now, what goes with and what follows
/// what they bought; weighed by a logistic regression on last baskets held out of the history.
class Recommender {
 public:
  static constexpr std::size_t kFeatures = 13;

  /// Learns from these customers; `today` is the day it is asked on. With fewer than 100 customers who came twice the
  /// weights are assumed ones: own products by how often, then best sellers.
  static Recommender learn(const Baskets& baskets, Shelf shelf, std::int32_t today);

  /// Reused from customer to customer; one for each thread.
  struct Scratch {
    std::vector<std::uint32_t> place;  ///< per item: 1 + its candidate, 0 = none
    struct Candidate {
      Item item = 0;
      float together = 0, after = 0, best_together = 0, best_after = 0;
      Item because_together = 0, because_after = 0;
      std::uint32_t times = 0;
      float fresh = 0, lasting = 0;  ///< own purchases, weighed less with every basket since
      std::int32_t first_day = 0, last_day = 0;
      bool in_last = false;
      double score = 0;
    };
    std::vector<Candidate> candidates;
    std::vector<std::pair<std::uint32_t, float>> category;  ///< share of what the customer bought
  };

  /// The likeliest `most` products, best first. Leaves out what the shelf hides, what is in `sent_back`, and durable-like
  /// products (hardly anybody buys them twice) bought in the year before `today`. A customer without baskets gets best sellers.
  void recommend(const HistoryView& history, std::span<const Item> sent_back, std::size_t most, Scratch& scratch,
                 std::vector<Recommendation>& out) const;

  /// Wilson's 95 % bound says that fewer than 3 % of its buyers ever bought it again.
  bool durable(Item item) const { return durable_[item] != 0; }
  bool learned() const { return learned_; }
  std::size_t teachers() const { return teachers_; }  ///< customers the weights were learned from
  const Check& check() const { return check_; }
  const Affinity& affinity() const { return affinity_; }
  const std::array<double, kFeatures + 1>& weights() const { return weights_; }  ///< the intercept first

 private:
  void gather(const HistoryView& history, Scratch& scratch) const;
  void features(const HistoryView& history, const Scratch& scratch, const Scratch::Candidate& candidate, double* out) const;
  bool learn_weights(const Baskets& baskets);
  void check_lists(const Baskets& baskets);
  void rank(const HistoryView& history, Scratch& scratch) const;

  Affinity affinity_;
  Shelf shelf_;
  std::int32_t today_ = 0;
  std::vector<std::uint8_t> durable_;
  std::array<double, kFeatures + 1> weights_{};
  bool learned_ = false;
  std::size_t teachers_ = 0;
  Check check_;
};

}  // namespace understand::recommend
