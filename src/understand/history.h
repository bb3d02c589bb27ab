#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/block.h"
#include "base/error.h"
#include "base/time.h"
#include "port/warehouse.h"

namespace understand {

/// Every customer's purchases up to a day, ordered by customer id. A purchase is a day with at least one sale; several
/// orders of one day are one purchase, as the buy-till-you-die models count; a day of which everything was cancelled or sent
/// back is none. Customers without a sale are left out.
struct Histories {
  base::Day as_of;
  base::TextData customer_id;
  std::vector<std::size_t> ends;     ///< purchases of customer i: [ends[i - 1], ends[i])
  std::vector<std::int32_t> day;     ///< ascending within a customer
  std::vector<double> amount;        ///< sales of that day, less what later went back of them
  std::vector<std::uint8_t> discounted;  ///< of each purchase: something in it was bought below its list price
  std::vector<std::uint32_t> category;  ///< of the dearest line of that day; empty: not known
  std::vector<double> returned;      ///< per customer: money that went back, ≥ 0
  std::vector<std::uint32_t> first_item, last_item, favourite_item, favourite_category, country;
  std::vector<std::string> items, categories, countries;  ///< dictionaries; entry 0 is ""

  std::size_t size() const { return ends.size(); }
  std::size_t begin(std::size_t i) const { return i == 0 ? 0 : ends[i - 1]; }
  std::size_t end(std::size_t i) const { return ends[i]; }
  std::int32_t first_day(std::size_t i) const { return day[begin(i)]; }
  std::int32_t last_day(std::size_t i) const { return day[ends[i] - 1]; }
  std::size_t purchases(std::size_t i) const { return ends[i] - begin(i); }
};

/// The last day with an order line, or nothing in an empty warehouse.
struct Extent {
  base::Day last_day;
  std::uint64_t lines = 0;
  std::uint64_t without_customer = 0;
};
base::Result<Extent> order_extent(port::Warehouse& warehouse);

/// Reads the histories in one streamed pass, in the order of the warehouse's key: no sort, no large aggregation.
base::Result<Histories> load_histories(port::Warehouse& warehouse, base::Day as_of);

}  // namespace understand
