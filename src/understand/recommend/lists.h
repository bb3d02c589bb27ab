#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "port/warehouse.h"
#include "understand/recommend/recommender.h"

namespace understand::recommend {

/// A customer's doing with one product on one day.
struct Line {
  std::int32_t day = 0;
  Item item = 0;
  bool bought = true;  ///< else cancelled or sent back
};

/// Whose lists; nothing set = of everybody who ever bought.
struct Scope {
  std::string customer;
  std::string plan;  ///< those it approaches
};

/// The shop's products and what was learned of who buys what. Any number of threads may ask.
class Lists {
 public:
  /// Learns on about `sample_lines` order lines of whole customers, drawn by a hash of their ids. Products sold out, rated
  /// below 3.5, without a name, or not sold for a year are never shown. `not_found` when nothing was ever bought.
  static base::Result<Lists> learn(port::Warehouse& warehouse, base::Day as_of, std::size_t sample_lines = 2'000'000);

  struct Product {
    std::string sku, name, category;
  };
  const std::vector<Product>& products() const { return products_; }
  const Recommender& recommender() const { return recommender_; }
  base::Day as_of() const { return as_of_; }
  /// The product's place, or the number of products.
  Item find(std::string_view sku) const;

  /// A list of at most `most` for one customer's lines, which are reordered.
  void list(std::vector<Line>& lines, std::size_t most, Recommender::Scratch& scratch, std::vector<Recommendation>& out) const;

  /// Streams everybody's list in the order of customer ids; memory stays flat.
  using Sink = std::function<base::Result<void>(std::string_view customer, std::span<const Recommendation> list)>;
  base::Result<void> each(const Scope& scope, std::size_t most, port::Warehouse& warehouse, const Sink& sink) const;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  base::Day as_of_;
  std::vector<Product> products_;
  std::unordered_map<std::string, Item, Hash, std::equal_to<>> places_;
  Recommender recommender_;
};

}  // namespace understand::recommend
