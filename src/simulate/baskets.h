#pragma once

#include <string>
#include <vector>

#include "simulate/calendar.h"
#include "simulate/life.h"

namespace simulate {

struct Line {
  std::uint32_t product = 0;
  std::int64_t quantity = 1;
  Cents discount = 0;
  double returned = kNever;  ///< when it was back and paid back
};

struct Order {
  const Purchase* purchase = nullptr;
  std::vector<Line> lines;
  std::string_view channel;
  std::string coupon;
};

/// What lay in the baskets of a life, order by order.
std::vector<Order> fill_baskets(const World& world, const Catalogue& catalogue, const People& people,
                                const Person& person, const Life& life, std::uint64_t seed);

/// Money an order of this person is expected to bring at list prices, less what comes back; in the world's currency.
double expected_basket(const World& world, const Catalogue& catalogue, const Person& person);

/// Rows of orders.csv: one a line, and one for each line that came back before the world's end.
void write_orders(const World& world, const Catalogue& catalogue, const Calendar& calendar, const Person& person,
                  const std::vector<Order>& orders, std::string& out);
inline constexpr std::string_view kOrdersHeading =
    "order_id,line_id,customer_id,ordered_at,sku,product,category,quantity,unit_price,discount,currency,status,channel,"
    "country,coupon\n";

}  // namespace simulate
