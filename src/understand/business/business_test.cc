// The statistics of businesses other than shops, on laws that are known and on input nobody would wish for.
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/random.h"
#include "understand/business/account_value.h"
#include "understand/business/gifts.h"
#include "understand/business/hazard.h"
#include "understand/business/play.h"
#include "understand/business/replacement.h"
#include "understand/business/subscription.h"

namespace understand::business {
namespace {

constexpr std::int32_t kToday = 19000;

TEST(Hazard, FindsTheLawItWasDrawnFrom) {
  base::Rng rng{7};
  std::vector<Duration> lives;
  for (int i = 0; i < 20000; ++i) {
    // Shifted beta-geometric, α = 0.8, β = 3, watched for up to 24 periods (Fader & Hardie 2007).
    const double leaves = rng.beta(0.8, 3);
    const auto watched = static_cast<int>(rng.below(24)) + 1;
    int t = 0;
    while (t < watched && !rng.chance(leaves)) ++t;
    lives.push_back({30.0 * t + (t < watched ? 1 : 0), t < watched});
  }
  const Hazard hazard = Hazard::learn(lives, 30);
  EXPECT_NEAR(hazard.alpha(), 0.8, 0.08);
  EXPECT_NEAR(hazard.beta(), 3, 0.35);
  // S(3) by eq. 5: Γ(β + t)Γ(α + β) / (Γ(β)Γ(α + β + t)).
  const double expected = std::exp(std::lgamma(6) + std::lgamma(3.8) - std::lgamma(3) - std::lgamma(6.8));
  EXPECT_NEAR(hazard.survival(90), expected, 0.01);
  EXPECT_LT(hazard.periods()[2].survival_95.low, expected);
  EXPECT_GT(hazard.periods()[2].survival_95.high, expected);
  EXPECT_NEAR(hazard.chance(90, 30), 0.8 / 6.8, 0.015);
}

TEST(Hazard, FaderAndHardiesHighEndCustomers) {
  // Their table 1: survivors of 1,000 over seven years; α = 0.668, β = 3.806 reported for the "High End" data set.
  const std::vector<double> alive = {1000, 869, 743, 653, 593, 551, 517, 491};
  std::vector<Duration> lives;
  for (std::size_t t = 0; t + 1 < alive.size(); ++t) {
    for (double n = alive[t + 1]; n < alive[t]; n += 1) lives.push_back({static_cast<double>(t) + 0.5, true});
  }
  for (double n = 0; n < alive.back(); n += 1) lives.push_back({7, false});
  const Hazard hazard = Hazard::learn(lives, 1);
  EXPECT_NEAR(hazard.alpha(), 0.668, 0.01);
  EXPECT_NEAR(hazard.beta(), 3.806, 0.05);
}

TEST(Hazard, SaysNothingSureOfNothing) {
  for (const Hazard& hazard : {Hazard::learn({}, 30), Hazard::learn({{400, false}}, 30), Hazard::learn({{NAN, true}, {-5, false}}, NAN)}) {
    for (const double t : {0.0, 10.0, 400.0, 1e5}) {
      EXPECT_TRUE(std::isfinite(hazard.survival(t)));
      const double chance = hazard.chance(t, 60);
      EXPECT_TRUE(chance >= 0 && chance < 1) << chance;
    }
    EXPECT_TRUE(std::isfinite(hazard.mean_within(365).error));
  }
}

TEST(Hazard, IsAlwaysAHazard) {
  rc::check([] {
    std::vector<Duration> lives;
    const auto n = *rc::gen::inRange(0, 60);
    for (int i = 0; i < n; ++i) lives.push_back({static_cast<double>(*rc::gen::inRange(-10, 3000)), *rc::gen::arbitrary<bool>()});
    const Hazard hazard = Hazard::learn(lives, 30);
    double last = 1;
    for (double t = 0; t < 1000; t += 17) {
      const double s = hazard.survival(t);
      RC_ASSERT(std::isfinite(s) && s >= 0 && s <= last + 1e-12);
      RC_ASSERT(hazard.chance(t, 60) >= 0 && hazard.chance(t, 60) <= 1);
      last = s;
    }
    const auto mean = hazard.mean_within(365);
    RC_ASSERT(mean.days >= 0 && mean.days <= 365 + 1e-9 && std::isfinite(mean.error));
  });
}

TEST(Subscription, AFailedPaymentAndAPauseAreNotLeaving) {
  Events e;
  e.as_of = base::day_from_number(kToday);
  const auto monthly = [&](const char* id, int months) {
    for (int m = months; m > 0; --m) e.add(id, kToday - 30 * m - 5, m == months ? Happening::subscribed : Happening::renewed, 20);
  };
  monthly("failed", 8);
  e.add("failed", kToday - 5, Happening::payment_failed);
  monthly("left", 8);
  e.add("left", kToday - 20, Happening::cancelled);
  monthly("paused", 8);
  e.add("paused", kToday - 5, Happening::paused);
  monthly("recovered", 8);
  e.add("recovered", kToday - 5, Happening::payment_failed);
  e.add("recovered", kToday - 2, Happening::payment_recovered, 20);
  monthly("silent", 8);
  const std::int32_t period = 30;
  const auto at = [&](std::size_t i, std::int32_t day) { return subscriber_at(e, i, day, period, 45).standing; };
  EXPECT_EQ(at(0, kToday), Standing::payment_failed);
  EXPECT_EQ(at(1, kToday), Standing::left);
  EXPECT_EQ(at(2, kToday), Standing::paused);
  EXPECT_EQ(at(3, kToday), Standing::subscribed);
  EXPECT_EQ(at(4, kToday), Standing::subscribed);
  EXPECT_EQ(at(0, kToday + 30), Standing::payment_failed);
  EXPECT_EQ(at(0, kToday + 60), Standing::left);  // never paid: gone after all
  EXPECT_EQ(at(2, kToday + 200), Standing::paused);
  EXPECT_EQ(at(4, kToday + 100), Standing::left);  // nothing came any more
  EXPECT_EQ(subscriber_at(e, 1, kToday, period, 45).since, kToday - 20);
  EXPECT_EQ(subscriber_at(e, 0, kToday, period, 45).paid, 160);
  EXPECT_DOUBLE_EQ(billing_period(e), 30);
}

TEST(Gifts, NobodyBuysYearlyByChanceAlone) {
  base::Rng rng{3};
  std::vector<std::size_t> ends;
  std::vector<std::int32_t> day;
  for (int i = 0; i < 3000; ++i) {
    for (double t = 0; t < 1460; t += rng.exponential(1.0 / 300)) day.push_back(kToday - 1460 + static_cast<std::int32_t>(t));
    ends.push_back(day.size());
  }
  const GiftBuyers found = find_gift_buyers({ends, day, {}}, kToday, 60);
  EXPECT_LT(found.recognised, 30U);  // of 3,000 who buy at random
}

TEST(Gifts, AMissedSeasonIsAMissedSeason) {
  const std::vector<std::int32_t> day = {kToday - 1100, kToday - 735, kToday - 1440, kToday - 1075, kToday - 711, kToday - 345};
  const std::vector<std::size_t> ends = {2, 6};
  const GiftBuyers found = find_gift_buyers({ends, day, {}}, kToday, 60);
  ASSERT_TRUE(found.customers[0].recognised);
  ASSERT_TRUE(found.customers[1].recognised);
  EXPECT_EQ(found.customers[0].missed, 1U);
  EXPECT_EQ(found.customers[1].missed, 0U);
  EXPECT_NEAR(found.customers[1].next, kToday + 20, 3);
  EXPECT_GT(found.customers[1].chance, 0.5);
  EXPECT_LT(found.customers[0].chance, 0.3);
}

TEST(Replacement, FindsTheLawAmongThoseWhoStayAndThoseWhoGo) {
  base::Rng rng{5};
  std::vector<std::size_t> ends;
  std::vector<std::int32_t> day;
  for (int i = 0; i < 5000; ++i) {
    for (double t = 2500 * rng.uniform(); t < 2500;) {
      day.push_back(kToday - 2500 + static_cast<std::int32_t>(t));
      if (!rng.chance(0.7)) break;
      t += 600 * std::pow(rng.exponential(1), 1 / 3.0);
    }
    ends.push_back(day.size());
  }
  const Replacement law = learn_replacement({ends, day, {}}, kToday, 1);
  ASSERT_TRUE(law.known);
  EXPECT_NEAR(law.all.shape, 3, 0.2);
  EXPECT_NEAR(law.all.scale, 600, 15);
  EXPECT_NEAR(law.all.comes_back, 0.7, 0.03);
}

TEST(Replacement, FewPurchasesTeachNothing) {
  const std::vector<std::size_t> ends = {2};
  const std::vector<std::int32_t> day = {kToday - 500, kToday - 100};
  EXPECT_FALSE(learn_replacement({ends, day, {}}, kToday, 1).known);
}

TEST(AccountValue, LearnsFromSalesAndKeepsItsWord) {
  base::Rng rng{9};
  Events e;
  e.as_of = base::day_from_number(kToday);
  std::vector<double> price;
  const auto account = [&](const std::string& id, bool sold) {
    const double paid = rng.gamma(0.7, 0.01), items = rng.gamma(1, 0.02), hours = rng.gamma(1.5, 0.02);
    e.add(id, kToday - 50, Happening::payment, paid);
    e.add(id, kToday - 49, Happening::item, items);
    double played = 0;
    for (; played < hours; played += 5) e.add(id, kToday - 48, Happening::session, 5);
    const double truth = (0.15 * paid + 0.7 * items + 0.3 * played) * std::exp(0.2 * rng.normal());
    if (sold) e.add(id, kToday - 1, Happening::account_sold, truth);
    price.push_back(truth);
  };
  for (int i = 0; i < 200; ++i) account(fmt::format("sold{:03}", i), true);
  for (int i = 0; i < 1000; ++i) account(fmt::format("kept{:04}", i), false);
  const AccountModel model = AccountModel::learn(e, {});
  EXPECT_EQ(model.sales(), 200U);
  double within = 0, error = 0;
  for (std::size_t i = 200; i < e.size(); ++i) {
    const AccountValue value = model.value(e, i);
    within += value.low <= price[i] && price[i] <= value.high ? 1 : 0;
    error += (value.fair - price[i]) / 1000;
    double sum = 0;
    for (const LedgerLine& line : value.ledger) sum += line.worth;
    ASSERT_NEAR(sum, value.fair, 1e-9);
  }
  EXPECT_NEAR(within / 1000, 0.8, 0.05);
  EXPECT_NEAR(error, 0, 3);
  // Nothing known: the assumptions speak, and the interval says how little that is.
  const AccountModel none = AccountModel::learn({}, {});
  const AccountValue wide = none.value(e, 300);
  EXPECT_NEAR(wide.assumed, 1, 1e-9);
  EXPECT_LT(model.value(e, 300).assumed, 0.4);
  EXPECT_GT(wide.high / wide.low, model.value(e, 300).high / model.value(e, 300).low);
}

TEST(Play, OddEventsGiveNumbers) {
  rc::check([] {
    Events e;
    e.as_of = base::day_from_number(kToday);
    const auto customers = *rc::gen::inRange(1, 20);
    for (int c = 0; c < customers; ++c) {
      const auto n = *rc::gen::inRange(0, 30);
      std::int32_t day = kToday - *rc::gen::inRange(0, 300);
      for (int k = 0; k < n; ++k) {
        day += *rc::gen::inRange(0, 40);
        if (day > kToday) break;
        const double amount = *rc::gen::element(0.0, 1.0, -3.0, 1e9, std::numeric_limits<double>::quiet_NaN(), 5.0);
        e.add(fmt::format("c{:02}", c), day, static_cast<Happening>(*rc::gen::inRange(1, 15)), amount, k % 3 == 0 ? "7" : "");
      }
    }
    const Paying paying = Paying::learn(e, kToday, 30);
    const AccountModel accounts = AccountModel::learn(e, {});
    const Subscriptions subscriptions = learn_subscriptions(e, kToday, 90);
    for (std::size_t i = 0; i < e.size(); ++i) {
      const Player player = player_at(e, i, kToday);
      const double chance = paying.chance(player, kToday);
      RC_ASSERT(chance >= 0 && chance <= 1);
      const auto money = paying.money(player);
      RC_ASSERT(std::isfinite(money.mean) && money.mean >= 0 && std::isfinite(money.error) && money.error >= 0);
      const AccountValue value = accounts.value(e, i);
      RC_ASSERT(std::isfinite(value.fair) && std::isfinite(value.high) && value.low <= value.high);
      const Subscriber s = subscriber_at(e, i, kToday, subscriptions.period_days, subscriptions.grace_days);
      const double pays = pays_within(subscriptions, s, kToday, 90);
      RC_ASSERT(pays >= 0 && pays <= 1);
    }
  });
}

}  // namespace
}  // namespace understand::business
