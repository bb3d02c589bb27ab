#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/block.h"
#include "simulate/traces.h"

namespace simulate {

/// What a run of customers adds to each file (without headings), and what the shop's books need of them.
struct Tables {
  explicit Tables(const World& world);

  std::string orders, customers, events, messages, feedback, topics, campaigns;
  base::Block truth;                     ///< one row a customer, in the order of their numbers
  std::vector<std::uint32_t> newcomers;  ///< by week and way of acquisition
  std::vector<std::uint64_t> letters;    ///< sent, by campaign

  /// Takes over another's counts.
  void add_counts(const Tables& other);
};

/// A shop with known truth. Each customer's life depends on the world, the seed and the customer's number alone.
/// Immutable once opened; any thread may use it.
class Shop {
 public:
  /// Fails when a market's zone is unknown.
  static base::Result<std::unique_ptr<Shop>> open(World world, std::uint64_t seed);

  const World& world() const { return world_; }
  const Catalogue& catalogue() const { return catalogue_; }
  const People& people() const { return people_; }

  /// Everything that happened to one customer, up to the world's end or to day `until`; without orders.
  Story story(std::uint64_t number, double until = kNever) const;

  /// Appends customers number begin … end − 1.
  void add(std::uint64_t begin, std::uint64_t end, Tables& out) const;

  std::string products_csv() const { return catalogue_.csv(world_); }
  std::string spend_csv(const Tables& counts) const;

 private:
  Shop(World world, std::uint64_t seed);
  void add_customer(const Story& story, std::string& out) const;
  void add_truth(const Story& story, base::Block& out) const;
  std::vector<Outlook> futures_of(const Person& person, const State& end, std::span<const std::int32_t> horizons) const;
  /// Money of an order, a period, a session or a unit.
  double expected_money(const Person& person) const;

  World world_;
  std::uint64_t seed_;
  Catalogue catalogue_;
  People people_;
  std::vector<Calendar> calendars_;  ///< by market
};

inline constexpr std::string_view kCustomersHeading =
    "customer_id,name,email,phone,language,country,city,birthday,joined,tags,household\n";
inline constexpr std::string_view kSpendHeading = "date,channel,purpose,amount,new_customers\n";

/// Horizons of the truth table, in days.
inline constexpr std::int32_t kHorizons[] = {60, 90};

}  // namespace simulate
