// Businesses other than shops, in simulated worlds of known truth: what is estimated agrees with it.
#include <gtest/gtest.h>

#include "app/presets.h"
#include "decide/plan.h"
#include "tests/business/worlds.h"
#include "understand/business/subscription.h"

namespace {

using model::Filter;
using model::Situation;
using tests::SmallWorld;
using understand::Analysis;

Analysis analyze(const SmallWorld& world, const std::string& business) {
  understand::AnalyzeRequest request{.business = tests::business_of(business), .currency = "EUR"};
  return world.shop->world().trade == simulate::Trade::shop ? understand::analyze_histories(request, world.orders)
                                                            : understand::analyze_events(request, world.events);
}

double figure(const Analysis& analysis, std::string_view name) {
  for (const auto& f : analysis.shop.by_business) {
    if (f.name == name) return f.value;
  }
  ADD_FAILURE() << name << " is not told";
  return 0;
}

void all_finite(const model::Profiles& p) {
  for (const auto* column : {&p.spend, &p.return_chance, &p.expected_orders, &p.expected_basket, &p.basket_sd, &p.expected_year, &p.loss_90, &p.expected_gap}) {
    ASSERT_EQ(column->size(), p.size());
    for (const double value : *column) ASSERT_TRUE(std::isfinite(value) && value >= 0) << value;
  }
}

decide::Plan plan_of(const Analysis& analysis, const std::string& business) {
  decide::PlanRequest request{.business = tests::business_of(business), .currency = "EUR", .workspace_id = "test"};
  request.assumptions = *app::load_assumptions({});
  request.offers = *app::preset_offers(request.business.offers);
  auto plan = decide::make_plan(request, analysis.profiles, {});
  EXPECT_TRUE(plan) << plan.error().message;
  return std::move(*plan);
}

/// Predicted p(none) against the truth, for those `chosen` takes.
template <class Chosen>
tests::Calibration judge(const SmallWorld& world, const model::Profiles& p, const char* column, const Chosen& chosen) {
  std::vector<std::pair<double, double>> pairs;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (chosen(i)) pairs.emplace_back(p.return_chance[i], world.truth(std::string{p.customer_id[i]}, column));
  }
  const auto result = tests::calibration(std::move(pairs));
  fmt::print("{} customers: predicted {:.3f}, true {:.3f}, mean distance of groups {:.3f}\n", result.customers, result.predicted,
             result.observed, result.distance);
  return result;
}

TEST(BusinessWorlds, SubscriptionsComeBackAsForeseen) {
  const SmallWorld world = tests::make_world("subscription", 4000, 11);
  const Analysis analysis = analyze(world, "saas");
  const model::Profiles& p = analysis.profiles;
  all_finite(p);
  EXPECT_EQ(analysis.shop.return_model, "hazard");
  EXPECT_NEAR(figure(analysis, "billing_period_days"), 30, 0.5);
  const auto gone = judge(world, p, "return_chance_90", [&](std::size_t i) { return p.situation[i] == Situation::usual; });
  EXPECT_NEAR(gone.predicted, gone.observed, 0.02);
  EXPECT_LT(gone.distance, 0.03);
  const auto there = judge(world, p, "return_chance_90", [&](std::size_t i) { return p.situation[i] == Situation::subscribed; });
  EXPECT_NEAR(there.predicted, there.observed, 0.03);
  // A failed payment and a pause are standings of their own; neither has left, and none of them is approached.
  std::map<std::string, std::map<std::string, int>> table;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const std::string found{p.situation[i] == Situation::usual ? "left" : model::name_of(p.situation[i])};
    ++table[world.truth_text(std::string{p.customer_id[i]}, "standing")][found];
  }
  for (const auto& [truth, found] : table) {
    for (const auto& [name, count] : found) fmt::print("{} found as {}: {}\n", truth, name, count);
  }
  EXPECT_GT(table["payment_failed"]["payment_failed"], 10);
  EXPECT_GT(table["paused"]["paused"], 10);
  EXPECT_EQ(table["paused"]["left"], 0);
  EXPECT_LE(table["payment_failed"]["left"], 2);  // unpaid for longer than the grace days
  EXPECT_EQ(table["subscribed"]["left"], 0);
  const decide::Plan plan = plan_of(analysis, "saas");
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p.situation[i] == Situation::payment_failed) {
      EXPECT_EQ(plan.decisions.filter[i], Filter::payment_failed);
    }
    if (p.situation[i] == Situation::paused) {
      EXPECT_EQ(plan.decisions.filter[i], Filter::paused);
    }
    if (p.situation[i] != Situation::usual) {
      EXPECT_NE(plan.decisions.verdict[i], model::Verdict::approach);
    }
  }
  EXPECT_GT(plan.summary.eligible, 500U);
}

TEST(BusinessWorlds, ASecondLifeIsWorthItsMonths) {
  const SmallWorld world = tests::make_world("subscription", 6000, 3);
  const Analysis analysis = analyze(world, "saas");
  // What those who came back in a longer world truly paid for in the year after.
  double months = 0, lives = 0;
  for (std::uint64_t n = 0; n < 6000; ++n) {
    const simulate::Story story = world.shop->story(n);
    for (const simulate::Absence& absence : story.life.absences) {
      if (absence.until + 365 > world.shop->world().days) continue;
      const auto end = std::find_if(story.life.absences.begin(), story.life.absences.end(),
                                    [&](const simulate::Absence& next) { return next.from > absence.until; });
      const double until = end == story.life.absences.end() ? simulate::kNever : end->from;
      months += std::min(365.0, until - absence.until) / 30;
      lives += 1;
    }
  }
  ASSERT_GT(lives, 100);
  const double mean = figure(analysis, "second_life_months"), error = figure(analysis, "second_life_months_error");
  fmt::print("second life: {:.2f} ± {:.2f} months foreseen, {:.2f} lived by {} who came back\n", mean, error, months / lives, lives);
  EXPECT_NEAR(mean, months / lives, 3 * std::hypot(error, 4 / std::sqrt(lives)));
  EXPECT_LT(error, 1);
}

TEST(BusinessWorlds, PlayersReturnAndPayAsForeseen) {
  const SmallWorld world = tests::make_world("game", 3000, 5);
  const model::Business business = tests::business_of("game");
  // A month before the end, so that payments can be compared with what came.
  const base::Day cut = world.events.as_of - std::chrono::days{business.horizon_days};
  const understand::AnalyzeRequest request{.business = business, .currency = "EUR"};
  const auto known = tests::until(world.events, cut);
  const Analysis analysis = understand::analyze_events(request, known);
  const model::Profiles& p = analysis.profiles;
  all_finite(p);
  std::map<std::string_view, std::pair<bool, double>> later;
  for (std::size_t i = 0; i < world.events.size(); ++i) {
    auto& [active, paid] = later[world.events.customer_id[i]];
    for (std::size_t k = world.events.begin(i); k < world.events.end(i); ++k) {
      if (world.events.day[k] <= base::day_number(cut)) continue;
      active = active || world.events.what[k] != understand::business::Happening::account_sold;
      if (world.events.what[k] == understand::business::Happening::payment) paid += world.events.amount[k];
    }
  }
  std::vector<std::pair<double, double>> active;
  double foreseen = 0, paid = 0, newcomers = 0, silent_big = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const auto& [was_active, money] = later[p.customer_id[i]];
    active.emplace_back(p.return_chance[i], was_active ? 1 : 0);
    foreseen += p.return_chance[i] * p.expected_basket[i];
    paid += std::min(money, figure(analysis, "spend_cut"));
    newcomers += p.situation[i] == Situation::newcomer ? 1 : 0;
    silent_big += p.situation[i] == Situation::big_spender ? 1 : 0;
  }
  const auto calibrated = tests::calibration(active);
  fmt::print("active: predicted {:.3f}, seen {:.3f}, distance {:.3f}; money foreseen {:.0f}, paid {:.0f} (cut); newcomers {}, silent big spenders {}\n",
             calibrated.predicted, calibrated.observed, calibrated.distance, foreseen, paid, newcomers, silent_big);
  EXPECT_LT(calibrated.distance, 0.05);
  EXPECT_NEAR(foreseen, paid, 0.25 * paid);
  // Newcomers are apart: not lapsed, and not in the plan; the hours are those played.
  const decide::Plan plan = plan_of(analysis, "game");
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p.situation[i] != Situation::newcomer) continue;
    EXPECT_FALSE(model::is_lapsed(p.stage[i]));
    EXPECT_EQ(plan.decisions.filter[i], Filter::newcomer);
  }
  EXPECT_GT(newcomers, 300);
  EXPECT_GT(silent_big, 3);
  EXPECT_EQ(plan.summary.filtered[static_cast<std::size_t>(Filter::newcomer)], static_cast<std::uint64_t>(newcomers));
}

TEST(BusinessWorlds, PlayersAtTheEndReturnAsTheTruthSays) {
  const SmallWorld world = tests::make_world("game", 3000, 6);
  const Analysis analysis = analyze(world, "game");
  const auto result = judge(world, analysis.profiles, "return_chance_30", [](std::size_t) { return true; });
  EXPECT_NEAR(result.predicted, result.observed, 0.02);
  EXPECT_LT(result.distance, 0.04);
}

TEST(BusinessWorlds, LearnersAreStuckWhereTheCourseIsHard) {
  const SmallWorld world = tests::make_world("course", 3000, 8);
  const Analysis analysis = analyze(world, "course");
  const model::Profiles& p = analysis.profiles;
  all_finite(p);
  const auto result = judge(world, p, "return_chance_60", [&](std::size_t i) { return p.stage[i] != model::Stage::natural_end; });
  EXPECT_LT(result.distance, 0.05);
  std::map<std::string, int> stuck;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p.situation[i] == Situation::stuck) ++stuck[p.places[p.place[i]]];
  }
  const double done = figure(analysis, "completed");
  fmt::print("stuck at 4: {}, 12: {}, 21: {}, at 5: {}; completed {}\n", stuck["4"], stuck["12"], stuck["21"], stuck["5"], done);
  EXPECT_GT(stuck["4"], 3 * stuck["5"]);
  EXPECT_GT(done, 50);
  const decide::Plan plan = plan_of(analysis, "course");
  EXPECT_EQ(plan.summary.filtered[static_cast<std::size_t>(Filter::natural_end)] + plan.summary.filtered[static_cast<std::size_t>(Filter::not_lapsed)] > 0, true);
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p.stage[i] == model::Stage::natural_end) {
      EXPECT_NE(plan.decisions.verdict[i], model::Verdict::approach);
    }
  }
}

TEST(BusinessWorlds, OwnersHaveNotLapsedBeforeTheTimeToReplace) {
  const SmallWorld world = tests::make_world("durables", 4000, 2);
  const Analysis analysis = analyze(world, "durables");
  const model::Profiles& p = analysis.profiles;
  all_finite(p);
  EXPECT_EQ(analysis.shop.return_model, "replacement");
  const auto result = judge(world, p, "return_chance_90", [](std::size_t) { return true; });
  EXPECT_NEAR(result.predicted, result.observed, 0.01);
  EXPECT_LT(result.distance, 0.02);
  double lapsed = 0, gone = 0, owners = 0, owners_gone = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const bool left = world.tables.truth.need("alive", base::ColumnKind::u8).value()->as<std::uint8_t>()[world.truth_row.at(std::string{p.customer_id[i]})] == 0;
    (model::is_lapsed(p.stage[i]) ? lapsed : owners) += 1;
    (model::is_lapsed(p.stage[i]) ? gone : owners_gone) += left ? 1 : 0;
    if (p.situation[i] == Situation::owner) {
      EXPECT_FALSE(model::is_lapsed(p.stage[i]));
    }
  }
  fmt::print("{} lapsed, {:.0f} % of them truly gone; {} others, {:.0f} % gone; middle {:.0f}, passed {:.0f} days\n", lapsed, 100 * gone / lapsed, owners,
             100 * owners_gone / owners, figure(analysis, "replacement_days_middle"), figure(analysis, "replacement_days_passed"));
  EXPECT_GT(gone / lapsed, 0.8);
}

TEST(BusinessWorlds, YearlyBuyersAreFoundAndMetBeforeTheirDay) {
  const SmallWorld world = tests::make_world("gifts", 5000, 4);
  const Analysis analysis = analyze(world, "shop");
  const model::Profiles& p = analysis.profiles;
  all_finite(p);
  double found = 0, wrong = 0, could = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const bool gift = world.truth_text(std::string{p.customer_id[i]}, "kind") == "gift_buyer";
    could += gift && p.purchase_days[i] >= 2 ? 1 : 0;
    if (p.situation_of(i) != Situation::gift_buyer) continue;
    found += gift ? 1 : 0;
    wrong += gift ? 0 : 1;
  }
  fmt::print("yearly buyers with two occasions or more: {}; found {}; taken for one wrongly {}\n", could, found, wrong);
  EXPECT_GT(found, 0.9 * could);
  EXPECT_LT(wrong, 0.1 * (found + wrong));
  const auto result = judge(world, p, "return_chance_60", [&](std::size_t i) { return p.situation_of(i) == Situation::gift_buyer; });
  EXPECT_NEAR(result.predicted, result.observed, 0.03);
  EXPECT_LT(result.distance, 0.05);
  const decide::Plan plan = plan_of(analysis, "shop");
  const std::int32_t today = base::day_number(p.as_of);
  std::size_t waiting = 0, met = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p.situation_of(i) != Situation::gift_buyer) continue;
    const bool before = today >= p.occasion[i] - 28 && today <= p.occasion[i];
    EXPECT_EQ(plan.decisions.filter[i] == Filter::out_of_season, !before);
    if (before) {
      ++met;
      continue;
    }
    ++waiting;
    EXPECT_EQ(plan.decisions.verdict[i], model::Verdict::wait);
    EXPECT_GT(plan.decisions.wait_until[i], today);
    EXPECT_LE(plan.decisions.wait_until[i], today + 366);
  }
  EXPECT_GT(waiting, 300U);
  EXPECT_GT(met, 20U);
}

}  // namespace
