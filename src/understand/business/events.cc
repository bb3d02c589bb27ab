#include "understand/business/events.h"

#include <algorithm>
#include <cmath>

#include "gen/sql_warehouse.h"
#include "understand/business/by_person.h"

namespace understand::business {

using base::Block;
using base::ColumnKind;
using base::Result;

void Events::add(std::string_view id, std::int32_t on, Happening happening, double money, std::string_view where) {
  if (customer_id.size() == 0 || customer_id[customer_id.size() - 1] != id) {
    customer_id.push_back(id);
    ends.push_back(day.size());
  }
  day.push_back(on);
  what.push_back(happening);
  amount.push_back(std::isfinite(money) ? money : 0);
  std::uint32_t number = 0;
  if (!where.empty()) {
    // Places are few (units, plans); the last one seen is the likeliest.
    const auto found = std::find(places.rbegin(), places.rend(), where);
    if (found == places.rend()) {
      number = static_cast<std::uint32_t>(places.size());
      places.emplace_back(where);
    } else {
      number = static_cast<std::uint32_t>(places.rend() - found - 1);
    }
  }
  place.push_back(number);
  ends.back() = day.size();
}

std::size_t Events::count(Happening happening) const {
  return static_cast<std::size_t>(std::count(what.begin(), what.end(), happening));
}

Result<Events> load_events(port::Warehouse& warehouse, base::Day as_of) {
  Events events;
  events.as_of = as_of;
  WB_TRY(select_by_person({gen::warehouse::business_events.name, gen::warehouse::business_events.text, {{"as_of", base::to_string(as_of)}}}, warehouse,
                          [&](Block&& block) -> Result<void> {
                            WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
                            WB_ASSIGN(const auto* day, block.need("day", ColumnKind::i32));
                            WB_ASSIGN(const auto* what, block.need("what", ColumnKind::u8));
                            WB_ASSIGN(const auto* amount, block.need("amount", ColumnKind::f64));
                            WB_ASSIGN(const auto* place, block.need("place", ColumnKind::text));
                            for (std::size_t row = 0; row < block.rows(); ++row) {
                              events.add(id->text()[row], day->as<std::int32_t>()[row],
                                         static_cast<Happening>(what->as<std::uint8_t>()[row]), amount->as<double>()[row],
                                         place->text()[row]);
                            }
                            return {};
                          }));
  return events;
}

Result<base::Day> last_event_day(port::Warehouse& warehouse) {
  base::Day last{};
  WB_TRY(warehouse.select({gen::warehouse::last_business_event.name, gen::warehouse::last_business_event.text},
                          [&](Block&& block) -> Result<void> {
                            WB_ASSIGN(const auto* day, block.need("day", ColumnKind::i32));
                            if (block.rows() > 0) last = base::day_from_number(day->as<std::int32_t>()[0]);
                            return {};
                          }));
  return last;
}

}  // namespace understand::business
