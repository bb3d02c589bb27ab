#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "simulate/outlook.h"
#include "simulate/person.h"

namespace simulate {

inline constexpr double kNever = std::numeric_limits<double>::infinity();

/// One order, wanted at `at`. Times in days since the world's start.
struct Purchase {
  double at = 0;
  bool cancelled = false;
  std::int32_t campaign = -1;  ///< index of the campaign that brought it
  Delay delay = Delay::none;   ///< subscriptions: what put it off …
  double due = 0;              ///< … from this day on
};

/// Being away, until the order that ended it.
struct Absence {
  double from = 0;
  double until = kNever;
  Reason reason = Reason::none;
};

/// A campaign met by this customer.
struct Touch {
  std::size_t campaign = 0;
  double at = 0;
  bool treated = false;
  bool brought = false;  ///< an order that would not have come
  bool put_off = false;  ///< an order less
  bool opted_out = false;
  double chance_without = 0;  ///< of an order within the response time, without the letter …
  double chance_with = 0;     ///< … and with it
};

struct Life {
  std::vector<Purchase> purchases;
  std::vector<Absence> absences;
  std::vector<Touch> touches;
  State end;  ///< at the world's end
};

/// What comes next after an order at `at`.
struct Next {
  double at = kNever;
  std::optional<Absence> absence;  ///< before it
  Delay delay = Delay::none;
  double due = 0;
};

/// Draws the next order after a renewal at `at`; `leaving` is the chance of having left with it.
Next draw_next(const Person& person, const Season& season, double at, double leaving, base::Rng& rng);

/// The same in a subscription.
Next draw_payment(const World& world, const Person& person, double at, base::Rng& rng);

/// A customer's life in the world, up to its end or to `until`. `opted_out` says from when letters (not the campaign's
/// own) were refused. What a policy decides in one campaign leaves the luck of all others as it was.
Life live(const World& world, const People& people, const Person& person, std::uint64_t seed, double opted_out,
          bool reachable, double until = kNever);

}  // namespace simulate
