#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/condition.h"
#include "base/error.h"
#include "base/time.h"
#include "port/warehouse.h"
#include "understand/recommend/lists.h"

namespace app {

/// A product as letters show it. Stock is what the shop last reported; below 0 = not known.
struct Product {
  std::string sku, name, category;
  double price = 0;
  double stock = -1;
  double rating = 0;
};

/// What sells, best first.
class Products {
 public:
  static base::Result<Products> load(port::Warehouse& warehouse);
  static Products of(std::vector<Product> products);
  const std::vector<Product>& all() const { return all_; }
  const Product* find(std::string_view sku) const;

  /// The best sellers of the favourite category, then of all, that are in stock and were not bought yet.
  std::vector<std::string> recommend(std::string_view category, const std::vector<std::string_view>& bought,
                                     std::size_t most) const;

  /// With lists, each customer's recommendations are what `winback recommend` says, as far as it sells and is in stock;
  /// without, the best sellers. Shared: they are learned seldom and outlive the products of one moment.
  void advise(std::shared_ptr<const understand::recommend::Lists> lists) { lists_ = std::move(lists); }
  const understand::recommend::Lists* lists() const { return lists_.get(); }

 private:
  std::vector<Product> all_;
  std::unordered_map<std::string, std::size_t> by_sku_;
  std::shared_ptr<const understand::recommend::Lists> lists_;
};

/// Learns what customers buy next from all orders there are; nothing where they do not teach it.
std::shared_ptr<const understand::recommend::Lists> learn_lists(port::Warehouse& warehouse);

/// One customer, as an enrolment remembers them.
struct CustomerFacts {
  std::string customer_id;
  std::string country;
  std::int32_t birth_year = 0;  ///< 0 = not known
  std::int32_t birthday = 0;    ///< month · 100 + day, 0 = not known
  base::Day first_day, last_day;
  double purchases = 0;
  double silence_ended = 0;     ///< days between the last purchase day and the one before; means nothing for one purchase
  std::string attributes;       ///< JSON of the customer file's other columns
  std::vector<std::pair<std::string, double>> numbers;     ///< fields of conditions
  std::vector<std::pair<std::string, std::string>> texts;
  std::string json;             ///< kept with the enrolment

  base::Fact fact(std::string_view name) const;

  /// Adds what an entering event said (its JSON properties): `event` of letters, and the facts event_value and event_kind.
  void add_event(std::string_view properties);
};

/// What is known of somebody no analysis has met: that they have bought nothing we know of.
CustomerFacts stranger(std::string_view id);

/// Streams the facts of these customers (empty = of everyone the last analysis knows). More than 200 are picked out of
/// everyone's.
base::Result<void> each_customer(const std::vector<std::string>& ids, const Products& products, port::Warehouse& warehouse,
                                 const std::function<base::Result<void>(CustomerFacts&&)>& sink);

/// Reads a condition on a customer: the language of branches, and bare names of segments and stages ("at_risk").
base::Result<base::Condition> parse_customer_condition(std::string_view text);

}  // namespace app
