#include "simulate/baskets.h"

#include <cmath>

#include "simulate/csv.h"

namespace simulate {
namespace {

double return_chance(const World& world, const Person& person, std::size_t category) {
  return std::min(1.0, world.catalogue.categories[category].returns * person.returns);
}

double mean_quantity(const World& world) {
  double sum = 0, weighted = 0;
  for (std::size_t i = 0; i < world.basket.quantity.size(); ++i) {
    sum += world.basket.quantity[i];
    weighted += world.basket.quantity[i] * static_cast<double>(i + 1);
  }
  return weighted / sum;
}

}  // namespace

std::vector<Order> fill_baskets(const World& world, const Catalogue& catalogue, const People& people,
                                const Person& person, const Life& life, std::uint64_t seed) {
  base::Rng rng = rng_of(seed, person.number, Stream::basket);
  const Lot quantities{world.basket.quantity};
  const Season& season = people.season(person);
  std::vector<Order> orders;
  orders.reserve(life.purchases.size());
  for (const Purchase& purchase : life.purchases) {
    Order order{&purchase, {}, "web", {}};
    const double where = rng.uniform();
    if (person.has_app && where < 0.6) order.channel = "app";
    if (where > 0.92) order.channel = "store";
    const auto day = static_cast<std::int32_t>(purchase.at);
    const std::uint64_t lines = 1 + rng.poisson(person.extra_lines);
    const Campaign* campaign =
        purchase.campaign < 0 ? nullptr : &world.messages.campaigns[static_cast<std::size_t>(purchase.campaign)];
    for (std::uint64_t i = 0; i < lines; ++i) {
      Line line;
      if (rng.chance(world.basket.usual)) {
        line.product = person.usual;
      } else {
        line.product =
            catalogue.draw(rng.chance(world.basket.favourite) ? person.favourite : catalogue.draw_category(rng), rng);
      }
      line.quantity = static_cast<std::int64_t>(quantities.draw(rng)) + 1;
      double depth = rng.chance(season.discounted_share(day)) ? season.discount_depth(day) : 0;
      if (campaign != nullptr) depth = std::max(depth, campaign->discount);
      const Product& product = catalogue.products()[line.product];
      line.discount = std::llround(static_cast<double>(product.price * line.quantity) * depth);
      const bool back = rng.chance(return_chance(world, person, product.category));
      const double after = 6 + 20 * rng.uniform();
      if (back && !purchase.cancelled) line.returned = purchase.at + after;
      order.lines.push_back(line);
    }
    if (campaign != nullptr && campaign->discount > 0) {
      order.coupon = fmt::format("WB{}-", purchase.campaign + 1);
      Csv::append_id(order.coupon, 'C', person.number + 1);
    }
    orders.push_back(std::move(order));
  }
  return orders;
}

double expected_basket(const World& world, const Catalogue& catalogue, const Person& person) {
  const auto kept = [&](std::size_t category) {
    return catalogue.mean_price(category) * (1 - return_chance(world, person, category));
  };
  double anything = 0;
  for (std::size_t c = 0; c < world.catalogue.categories.size(); ++c) anything += catalogue.category_share(c) * kept(c);
  const Product& usual = catalogue.products()[person.usual];
  const double other = world.basket.favourite * kept(person.favourite) + (1 - world.basket.favourite) * anything;
  const double line =
      world.basket.usual * static_cast<double>(usual.price) * (1 - return_chance(world, person, usual.category)) +
      (1 - world.basket.usual) * other;
  return (1 + person.extra_lines) * mean_quantity(world) * line / 100;
}

void write_orders(const World& world, const Catalogue& catalogue, const Calendar& calendar, const Person& person,
                  const std::vector<Order>& orders, std::string& out) {
  Csv csv{out};
  char number[24];
  const auto digits = [&](std::size_t value, std::string_view after) {
    char* end = std::to_chars(number, number + 12, value).ptr;
    end = std::copy(after.begin(), after.end(), end);
    return std::string_view{number, static_cast<std::size_t>(end - number)};
  };
  for (std::size_t o = 0; o < orders.size(); ++o) {
    const Order& order = orders[o];
    std::string id;
    Csv::append_id(id, 'W', person.number + 1);
    id += '-';
    id += digits(o + 1, "");
    const auto row = [&](std::size_t index, double at, bool back) {
      const Line& line = order.lines[index];
      const Product& product = catalogue.products()[line.product];
      csv.text(id).text(digits(index + 1, back ? "R" : "")).id('C', person.number + 1);
      calendar.stamp(csv.raw(), at);
      csv.text(product.sku).text(product.name).text(world.catalogue.categories[product.category].name);
      csv.whole(back ? -line.quantity : line.quantity).money(product.price).money(line.discount).text(world.currency);
      csv.text(back ? "returned" : order.purchase->cancelled ? "cancelled" : "completed").text(order.channel);
      csv.text(world.markets[person.market].country).text(order.coupon).end();
    };
    for (std::size_t l = 0; l < order.lines.size(); ++l) row(l, order.purchase->at, false);
    for (std::size_t l = 0; l < order.lines.size(); ++l) {
      if (order.lines[l].returned < world.days) row(l, order.lines[l].returned, true);
    }
  }
}

}  // namespace simulate
