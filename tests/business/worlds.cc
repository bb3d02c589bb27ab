#include "tests/business/worlds.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "app/presets.h"
#include "app/world_yaml.h"

namespace tests {

using understand::business::Events;
using understand::business::Happening;

namespace {

/// Calls `row` with the cells of each line; the worlds' files quote nothing these tests read.
template <class Row>
void each_row(std::string_view text, const Row& row) {
  std::vector<std::string_view> cells;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    cells.clear();
    for (std::size_t comma; (comma = line.find(',')) != line.npos; line.remove_prefix(comma + 1)) cells.push_back(line.substr(0, comma));
    cells.push_back(line);
    row(cells);
  }
}

std::int32_t day_of(std::string_view stamp) { return base::day_number(*base::parse_day(stamp.substr(0, 10))); }
double number(std::string_view text) { return text.empty() ? 0 : std::stod(std::string{text}); }

Events read_events(std::string_view csv, base::Day as_of) {
  static const std::map<std::string_view, Happening> kKinds = {
      {"subscribed", Happening::subscribed},     {"renewed", Happening::renewed},
      {"cancelled", Happening::cancelled},       {"payment_failed", Happening::payment_failed},
      {"payment_recovered", Happening::payment_recovered}, {"paused", Happening::paused},
      {"resumed", Happening::resumed},           {"session", Happening::session},
      {"payment", Happening::payment},           {"item_gained", Happening::item},
      {"account_sold", Happening::account_sold}, {"unit_started", Happening::unit_started},
      {"unit_completed", Happening::unit_completed}, {"course_completed", Happening::course_completed}};
  Events events;
  events.as_of = as_of;
  each_row(csv, [&](const std::vector<std::string_view>& cells) {
    if (cells.size() < 12) return;
    const auto kind = kKinds.find(cells[2]);
    if (kind == kKinds.end()) return;
    const bool session = kind->second == Happening::session;
    events.add(cells[0], day_of(cells[1]), kind->second, number(cells[session ? 9 : 8]), cells[10].empty() ? cells[11] : cells[10]);
  });
  return events;
}

understand::Histories read_orders(std::string_view csv, base::Day as_of) {
  understand::Histories h;
  h.as_of = as_of;
  h.items = h.categories = h.countries = {""};
  std::map<std::string, std::map<std::int32_t, std::pair<double, std::uint32_t>>> days;
  std::map<std::string, std::uint32_t> categories;
  each_row(csv, [&](const std::vector<std::string_view>& cells) {
    if (cells[11] != "completed") return;
    const auto [category, fresh] = categories.try_emplace(std::string{cells[6]}, static_cast<std::uint32_t>(h.categories.size()));
    if (fresh) h.categories.emplace_back(cells[6]);
    auto& day = days[std::string{cells[2]}][day_of(cells[3])];
    day.first += number(cells[7]) * number(cells[8]) - number(cells[9]);
    day.second = category->second;
  });
  for (const auto& [id, bought] : days) {
    h.customer_id.push_back(id);
    for (const auto& [day, what] : bought) {
      h.day.push_back(day);
      h.amount.push_back(what.first);
      h.category.push_back(what.second);
    }
    h.ends.push_back(h.day.size());
    h.returned.push_back(0);
    h.favourite_category.push_back(bought.begin()->second.second);
    for (auto* column : {&h.first_item, &h.last_item, &h.favourite_item, &h.country}) column->push_back(0);
  }
  return h;
}

}  // namespace

double SmallWorld::truth(const std::string& customer, const char* column) const {
  return tables.truth.need(column, base::ColumnKind::f64).value()->as<double>()[truth_row.at(customer)];
}

std::string SmallWorld::truth_text(const std::string& customer, const char* column) const {
  return std::string{tables.truth.need(column, base::ColumnKind::text).value()->text()[truth_row.at(customer)]};
}

SmallWorld make_world(const std::string& name, std::uint64_t customers, std::uint64_t seed) {
  auto world = app::load_world(name);
  EXPECT_TRUE(world) << world.error().message;
  auto shop = simulate::Shop::open(std::move(*world), seed);
  EXPECT_TRUE(shop) << shop.error().message;
  simulate::Tables tables{(*shop)->world()};
  (*shop)->add(0, customers, tables);
  const base::Day end = (*shop)->world().start + std::chrono::days{(*shop)->world().days};
  const base::Day last = end - std::chrono::days{1};
  SmallWorld small{std::move(*shop), std::move(tables), {}, {}, {}};
  small.events = read_events(small.shop->world().trade == simulate::Trade::shop ? "" : small.tables.events, last);
  small.orders = read_orders(small.tables.orders, last);
  const auto* ids = small.tables.truth.need("customer_id", base::ColumnKind::text).value();
  for (std::size_t i = 0; i < customers; ++i) small.truth_row[std::string{ids->text()[i]}] = i;
  return small;
}

Events until(const Events& events, base::Day day) {
  Events cut;
  cut.as_of = day;
  for (std::size_t i = 0; i < events.size(); ++i) {
    for (std::size_t k = events.begin(i); k < events.end(i) && events.day[k] <= base::day_number(day); ++k) {
      cut.add(events.customer_id[i], events.day[k], events.what[k], events.amount[k], events.places[events.place[k]]);
    }
  }
  return cut;
}

model::Business business_of(const std::string& name) {
  auto business = app::load_business(name, {});
  EXPECT_TRUE(business) << business.error().message;
  return *business;
}

Calibration calibration(std::vector<std::pair<double, double>> pairs) {
  Calibration result;
  result.customers = pairs.size();
  std::sort(pairs.begin(), pairs.end());
  constexpr std::size_t kGroups = 20;
  for (std::size_t g = 0; g < kGroups; ++g) {
    const std::size_t begin = pairs.size() * g / kGroups, end = pairs.size() * (g + 1) / kGroups;
    double predicted = 0, observed = 0;
    for (std::size_t i = begin; i < end; ++i) {
      predicted += pairs[i].first;
      observed += pairs[i].second;
    }
    result.predicted += predicted;
    result.observed += observed;
    result.distance += std::abs(predicted - observed);
  }
  const double n = std::max<double>(1, static_cast<double>(pairs.size()));
  result.predicted /= n;
  result.observed /= n;
  result.distance /= n;
  return result;
}

}  // namespace tests
