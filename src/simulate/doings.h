#pragma once

#include <string_view>
#include <vector>

#include "base/random.h"
#include "simulate/csv.h"
#include "simulate/world.h"

namespace simulate {

struct Story;

/// Something a subscriber, player or learner did.
struct Doing {
  double at = 0;
  std::string_view type;
  double amount = 0;  ///< money, or the value of an item
  double hours = 0;
  std::uint32_t unit = 0;  ///< from 1
  std::string_view plan = {};
};

/// All that a life makes visible in a world that is no shop, in no order; texts lie in the world.
std::vector<Doing> doings_of(const World& world, const Story& story, base::Rng& rng);

/// The cells amount, hours, unit and plan.
void write_columns(Csv& csv, const Doing& doing);

/// What a game account is worth at the world's end: shares of what was paid and found, and of the hours.
struct Account {
  double hours = 0, spend = 0, items = 0;
  double worth = 0;
};
Account account_of(const World& world, const Story& story, std::uint64_t seed);

}  // namespace simulate
