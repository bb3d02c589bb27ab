#include "simulate/catalogue.h"

#include <cmath>
#include <set>

#include "simulate/csv.h"

namespace simulate {
namespace {

/// 12.37 -> 12.49, 61.2 -> 61.00 …: prices end as shops write them.
Cents shop_price(double money) {
  const double cents = std::max(money, 0.5) * 100;
  const double step = cents < 2000 ? 50 : cents < 10'000 ? 100 : 500;
  return static_cast<Cents>(std::max(1.0, std::round(cents / step)) * step) - 1;
}

std::string sku_prefix(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (out.size() < 3 && ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) out += static_cast<char>(c & ~0x20);
  }
  return out.empty() ? "P" : out;
}

}  // namespace

Catalogue::Catalogue(const World& world, std::uint64_t seed) {
  std::vector<double> weights;
  for (std::size_t c = 0; c < world.catalogue.categories.size(); ++c) {
    const Category& category = world.catalogue.categories[c];
    weights.push_back(category.weight);
    first_.push_back(static_cast<std::uint32_t>(products_.size()));
    std::vector<double> popularity;
    std::set<std::string> names;
    double price = 0, total = 0;
    for (std::uint32_t i = 0; i < category.products; ++i) {
      base::Rng rng = rng_of(seed, c * 100'000 + i, Stream::products);
      Product product;
      product.category = static_cast<std::uint32_t>(c);
      product.sku = fmt::format("{}-{}{:03}", sku_prefix(category.name), c + 1, i + 1);
      const auto& styles = world.catalogue.styles;
      for (int tries = 0; tries < 20; ++tries) {
        product.name =
            fmt::format("{} {}", styles[rng.below(styles.size())], category.nouns[rng.below(category.nouns.size())]);
        if (names.insert(product.name).second) break;
        if (tries == 19) product.name += fmt::format(" No. {}", i + 1);
      }
      product.price = shop_price(category.price * std::exp(category.spread * rng.normal()));
      product.cost = static_cast<Cents>(static_cast<double>(product.price) *
                                        std::min(0.95, category.cost * (0.85 + 0.3 * rng.uniform())));
      product.stock = rng.chance(world.catalogue.sold_out)
                          ? 0
                          : static_cast<std::int64_t>(draw_gamma(rng, world.catalogue.stock)) + 1;
      product.rating = static_cast<int>(std::lround(10 + 40 * draw_beta(rng, world.catalogue.rating)));
      popularity.push_back(std::pow(i + 1.0, -world.catalogue.popularity));
      price += popularity.back() * static_cast<double>(product.price);
      total += popularity.back();
      products_.push_back(std::move(product));
    }
    popular_.emplace_back(popularity);
    mean_price_.push_back(price / total);
  }
  categories_ = Lot{weights};
}

std::string Catalogue::csv(const World& world) const {
  std::string out = "sku,product,category,price,cost,stock,rating\n";
  Csv csv{out};
  for (const Product& product : products_) {
    csv.text(product.sku).text(product.name).text(world.catalogue.categories[product.category].name);
    csv.money(product.price).money(product.cost).whole(product.stock);
    csv.text(fmt::format("{}.{}", product.rating / 10, product.rating % 10)).end();
  }
  return out;
}

}  // namespace simulate
