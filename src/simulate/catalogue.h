#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulate/chance.h"
#include "simulate/world.h"

namespace simulate {

/// Money in hundredths of the world's currency.
using Cents = std::int64_t;

struct Product {
  std::string sku, name;
  std::uint32_t category = 0;
  Cents price = 0;
  Cents cost = 0;
  std::int64_t stock = 0;
  int rating = 0;  ///< tenths of a star
};

/// What the shop sells. The same seed and world give the same products.
class Catalogue {
 public:
  Catalogue(const World& world, std::uint64_t seed);

  const std::vector<Product>& products() const { return products_; }

  /// A product of a category (by popularity).
  std::uint32_t draw(std::size_t category, base::Rng& rng) const {
    return first_[category] + static_cast<std::uint32_t>(popular_[category].draw(rng));
  }

  std::size_t draw_category(base::Rng& rng) const { return categories_.draw(rng); }
  double category_share(std::size_t category) const { return categories_.share(category); }

  /// Mean list price of a line of the category, in cents, and the same for the whole shop.
  double mean_price(std::size_t category) const { return mean_price_[category]; }

  /// products.csv
  std::string csv(const World& world) const;

 private:
  std::vector<Product> products_;
  std::vector<std::uint32_t> first_;
  std::vector<Lot> popular_;
  Lot categories_;
  std::vector<double> mean_price_;
};

}  // namespace simulate
