#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/block.h"
#include "base/error.h"
#include "base/time.h"
#include "port/warehouse.h"

namespace understand::business {

/// What happened, of the things a business without orders is understood from. The values are those of the SQL.
enum class Happening : std::uint8_t {
  subscribed = 1,
  renewed,
  cancelled,
  payment_failed,
  payment_recovered,
  paused,
  resumed,
  session,         ///< amount: hours, 0 = not told
  payment,         ///< amount: money
  item,            ///< amount: value of what was gained
  account_sold,    ///< amount: price paid for the whole account
  unit_started,    ///< place: the unit
  unit_completed,
  course_completed,
};

/// The events of every customer up to a day, ordered by customer id and time.
struct Events {
  base::Day as_of;
  base::TextData customer_id;
  std::vector<std::size_t> ends;  ///< events of customer i: [ends[i - 1], ends[i])
  std::vector<std::int32_t> day;  ///< ascending within a customer
  std::vector<Happening> what;
  std::vector<double> amount;
  std::vector<std::uint32_t> place;
  std::vector<std::string> places{""};  ///< entry 0 is ""

  std::size_t size() const { return ends.size(); }
  std::size_t begin(std::size_t i) const { return i == 0 ? 0 : ends[i - 1]; }
  std::size_t end(std::size_t i) const { return ends[i]; }

  /// Appends an event to the last customer, or begins the customer `id`.
  void add(std::string_view id, std::int32_t on, Happening happening, double money = 0, std::string_view where = {});

  std::size_t count(Happening happening) const;
};

/// Reads them in one streamed pass; types not named above are left out. An amount that is no number is 0.
base::Result<Events> load_events(port::Warehouse& warehouse, base::Day as_of);

/// The last day with any of these events; 1970-01-01 when there is none.
base::Result<base::Day> last_event_day(port::Warehouse& warehouse);

}  // namespace understand::business
