// What the truth table says of the future, against lives played on.
#include "simulate/outlook.h"

#include <gtest/gtest.h>

#include <cmath>

#include "simulate/chance.h"
#include "simulate/life.h"

namespace simulate {
namespace {

World seasonal_world() {
  World world;
  world.start = base::Day{std::chrono::year{2024} / 7 / 1};
  world.days = 400;
  world.season.weekly = {1.2, 0.9, 0.9, 1, 1, 0.8, 1.2};
  world.season.monthly = {0.8, 0.9, 1, 1, 1, 0.9, 0.9, 0.8, 1, 1.1, 1.2, 1.4};
  world.season.peaks.push_back({"sale", "all", 820, 828, 2.5, 0.3, 0.5});
  return world;
}

Person person_of(std::uint32_t stages, double a_year) {
  Person p;
  p.rate = a_year / 365;
  p.stages = stages;
  p.leave_after = 0.15;
  p.leave_rate = 0.9 / 365;
  p.after_order[1] = 0.7;
  p.after_order[5] = 0.3;
  p.over_time[5] = 0.6;
  p.over_time[9] = 0.4;
  p.back[1] = 1.5 / 365;
  p.back[5] = 4.0 / 365;
  return p;
}

struct Counted {
  double orders = 0, returned = 0, money = 0, orders_squared = 0;
};

/// Plays the future of `state` on, `runs` times.
Counted play(const Person& p, const Season& season, const State& state, double from, double cancelled, double days,
             int runs) {
  base::Rng rng{17};
  Counted sum;
  for (int run = 0; run < runs; ++run) {
    Next next;
    if (state.away) {
      const double rate = p.back[static_cast<std::size_t>(state.reason)];
      next.at = rate > 0 ? season.after(from, rng.exponential(rate)) : kNever;
    } else {
      do {  // what was drawn at the last order must agree with nothing having happened since
        next = draw_next(p, season, state.since, 0, rng);
      } while (next.at <= from || (next.absence && next.absence->from <= from));
    }
    double orders = 0;
    while (next.at < from + days) {
      if (!rng.chance(cancelled)) {
        ++orders;
        sum.money += 1 - season.discount(static_cast<std::int32_t>(next.at));
      }
      next = draw_next(p, season, next.at, p.leave_after, rng);
    }
    sum.orders += orders;
    sum.orders_squared += orders * orders;
    sum.returned += orders > 0 ? 1 : 0;
  }
  return sum;
}

void expect_agreement(const Person& p, const State& state) {
  const World world = seasonal_world();
  const Season season{world, "", 1};
  constexpr std::int32_t kDays[] = {30, 90};
  constexpr int kRuns = 40'000;
  const double from = world.days;
  const auto exact = outlook(p, season, state, from, 0.05, 7, kDays);
  for (std::size_t h = 0; h < 2; ++h) {
    const Counted played = play(p, season, state, from, 0.05, kDays[h], kRuns);
    const double mean = played.orders / kRuns;
    const double error = std::sqrt((played.orders_squared / kRuns - mean * mean) / kRuns) + 1e-6;
    EXPECT_NEAR(exact[h].orders, mean, 4 * error) << kDays[h];
    EXPECT_NEAR(exact[h].money, played.money / kRuns, 4 * error) << kDays[h];
    const double chance = played.returned / kRuns;
    EXPECT_NEAR(exact[h].chance, chance, 4 * std::sqrt(chance * (1 - chance) / kRuns) + 1e-6) << kDays[h];
  }
}

TEST(Outlook, AgreesWithLivesPlayedOn) {
  for (const std::uint32_t stages : {1U, 2U, 4U, 8U}) {
    for (const double a_year : {0.7, 6.0, 40.0}) {
      for (const double silent : {0.5, 20.0, 120.0}) {
        if (a_year * silent > 365 * 3) continue;  // rejection would never end: nobody is that silent
        SCOPED_TRACE(fmt::format("{} stages, {} a year, silent {}", stages, a_year, silent));
        expect_agreement(person_of(stages, a_year), {false, Reason::none, 400 - silent});
      }
    }
  }
}

TEST(Outlook, OfThoseWhoLeft) {
  expect_agreement(person_of(2, 8), {true, Reason::product, 300});
  expect_agreement(person_of(3, 20), {true, Reason::competitor, 399});
  const World world = seasonal_world();
  const Season season{world, "", 1};
  constexpr std::int32_t kDays[] = {90};
  EXPECT_EQ(outlook(person_of(2, 8), season, {true, Reason::need_ended, 300}, 400, 0, 7, kDays)[0].chance, 0);
}

TEST(Outlook, OfGiftBuyersIsTheirDay) {
  const World world = seasonal_world();
  const Season season{world, "", 1};
  Person p = person_of(1, 1);
  p.gift_buyer = true;
  p.joined = 80;  // again around day 445
  constexpr std::int32_t kDays[] = {30, 45, 60};
  const auto seen = outlook(p, season, {false, Reason::none, 80}, 400, 0.1, 10, kDays);
  EXPECT_EQ(seen[0].chance, 0);
  EXPECT_NEAR(seen[1].chance, 0.9 / 2, 1e-12);
  EXPECT_NEAR(seen[2].chance, 0.9, 1e-12);
  EXPECT_LT(seen[2].money, seen[2].orders + 1e-12);
}

TEST(Season, ItsClockRunsBackAndForth) {
  const World world = seasonal_world();
  const Season season{world, "", 2};
  double year = 0;
  for (std::int32_t d = 0; d < 365; ++d) year += season.factor(d);
  EXPECT_NEAR(year, 365, 1e-6);
  base::Rng rng{3};
  for (int i = 0; i < 10'000; ++i) {
    const double t = 300 * rng.uniform(), gap = 60 * rng.uniform();
    EXPECT_NEAR(season.at(season.after(t, gap)) - season.at(t), gap, 1e-8);
  }
  EXPECT_EQ(season.after(10, 1e9), kNever);
  const std::int32_t sale =
      static_cast<std::int32_t>((base::Day{std::chrono::year{2024} / 8 / 22} - world.start).count());
  EXPECT_GT(season.factor(sale), 2 * season.factor(sale - 7));
  EXPECT_NEAR(season.discount(sale), 0.15, 1e-12);
}

}  // namespace
}  // namespace simulate
