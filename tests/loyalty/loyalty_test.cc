// From orders to points, notices, tiers and rewards of recommendations, with the store as it is and a warehouse that answers.
#include <gtest/gtest.h>

#include "adapter/sqlite/open_sqlite.h"
#include "app/loyalty_pass.h"
#include "app/loyalty_yaml.h"
#include "app/presets.h"
#include "app/referrals.h"
#include "tests/support/act_rows.h"
#include "tests/support/fake_warehouse.h"
#include "tests/support/places.h"

namespace tests {
namespace {

using base::Column;
using base::ColumnKind;
using base::Day;
using model::ReferralState;
using std::chrono::days;

const Day kDay = *base::parse_day("2026-03-02");

struct Order {
  std::string customer, key;
  Day day;
  double amount = 0;
  std::string code;
};

struct Shared {
  std::string customer, kind, value;
};

class LoyaltyTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = std::move(*adapter::sqlite::open_sqlite_in_memory());
    rules_ = must(app::load_loyalty(folder_.path() / "none.yaml"));
    rules_.active = true;
    rules_.since = kDay - days{1000};
    referral_ = must(app::load_referral(folder_.path() / "none.yaml"));
    offers_ = must(app::all_preset_offers());
    warehouse_.answer("loyalty_orders", [this](const port::Statement&, const base::BlockSink& sink) { return sink(orders(true)); });
    warehouse_.answer("introductions", [this](const port::Statement&, const base::BlockSink& sink) { return sink(orders(false)); });
    warehouse_.answer("left_of_orders", [this](const port::Statement&, const base::BlockSink& sink) {
      Column key{"order_key", ColumnKind::text}, amount{"amount", ColumnKind::f64};
      for (const Order& one : orders_) {
        key.text().push_back(one.key);
        amount.as<double>().push_back(one.amount);
      }
      base::Block block;
      block.columns = {key, amount};
      return sink(std::move(block));
    });
    warehouse_.answer("account_traits", [this](const port::Statement&, const base::BlockSink& sink) {
      Column id{"customer_id", ColumnKind::text}, kind{"trait", ColumnKind::text}, value{"value", ColumnKind::text};
      for (const Shared& one : shared_) {
        id.text().push_back(one.customer);
        kind.text().push_back(one.kind);
        value.text().push_back(one.value);
      }
      base::Block block;
      block.columns = {id, kind, value};
      return sink(std::move(block));
    });
  }

  base::Block orders(bool all) const {
    Column id{"customer_id", ColumnKind::text}, key{"order_key", ColumnKind::text}, day{"day", ColumnKind::i32}, amount{"amount", ColumnKind::f64}, code{"code", ColumnKind::text};
    for (const Order& one : orders_) {
      if (!all && one.code.empty()) continue;
      id.text().push_back(one.customer);
      key.text().push_back(one.key);
      day.as<std::int32_t>().push_back(base::day_number(one.day));
      amount.as<double>().push_back(one.amount);
      code.text().push_back(one.code);
    }
    base::Block block;
    block.columns = {id, key, day, amount, code};
    return block;
  }

  static base::Instant at(Day day) { return base::Instant{day} + std::chrono::hours{12}; }
  std::size_t book(Day day) { return must(app::book_orders(rules_, *store_, warehouse_, at(day))); }
  app::Reckoned reckon(Day day) { return must(app::reckon_members(rules_, *store_, day, true)); }
  std::int64_t balance(const std::string& customer, Day day) { return must(app::reckon_member(customer, rules_, *store_, day)); }
  std::size_t introduce(Day day) { return must(app::take_introductions(referral_, *store_, warehouse_, text::Language::en, day, at(day))); }
  std::size_t conclude(Day day) { return must(app::conclude_referrals(referral_, offers_, *store_, warehouse_, base::Zone::utc(), day, at(day))); }

  TemporaryFolder folder_;
  std::unique_ptr<port::ActStore> store_;
  FakeWarehouse warehouse_;
  model::LoyaltyRules rules_;
  model::ReferralRules referral_;
  std::vector<model::Offer> offers_;
  std::vector<Order> orders_;
  std::vector<Shared> shared_;
};

TEST_F(LoyaltyTest, TheSameOrderTwiceEarnsOnce) {
  orders_ = {{"mary", "s/1", kDay, 120.5}};
  EXPECT_EQ(book(kDay), 1U);
  EXPECT_EQ(book(kDay), 0U);
  EXPECT_EQ(balance("mary", kDay), 120);
}

TEST_F(LoyaltyTest, AnOrderOfTwoCustomersSettlesOnOne) {
  orders_ = {{"mary", "s/1", kDay, 40}, {"tom", "s/1", kDay, 60}};
  EXPECT_EQ(book(kDay), 1U);
  EXPECT_EQ(book(kDay), 0U);
  EXPECT_EQ(balance("mary", kDay), 40);
}

TEST_F(LoyaltyTest, WhatIsSentBackTakesItsPointsAlong) {
  orders_ = {{"mary", "s/1", kDay, 120}};
  book(kDay);
  orders_[0].amount = 50;
  EXPECT_EQ(book(kDay + days{5}), 1U);
  EXPECT_EQ(balance("mary", kDay + days{5}), 50);
  orders_[0].amount = 0;
  book(kDay + days{6});
  EXPECT_EQ(balance("mary", kDay + days{6}), 0);
  EXPECT_EQ(book(kDay + days{7}), 0U);
}

TEST_F(LoyaltyTest, AReturnOfAnOrderFromBeforeTakesNothingThatWasNeverEarned) {
  orders_ = {{"mary", "s/C1", kDay, -80}};
  book(kDay);
  EXPECT_EQ(balance("mary", kDay), 0);
  orders_.push_back({"mary", "s/2", kDay + days{1}, 60});
  book(kDay + days{1});
  EXPECT_EQ(balance("mary", kDay + days{1}), 60);
}

TEST_F(LoyaltyTest, PointsOfOnePersonUnderTwoIdsAreOneAccount) {
  must(store_->events().join("mary", "m2", "same e-mail", at(kDay)));
  orders_ = {{"mary", "s/1", kDay, 40}, {"m2", "s/2", kDay, 60}};
  book(kDay);
  EXPECT_EQ(balance("mary", kDay), 100);
}

TEST_F(LoyaltyTest, WhoIsFoundToBeOnePersonLaterHasOneAccount) {
  orders_ = {{"mary", "s/1", kDay, 40}, {"m2", "s/2", kDay, 60}};
  book(kDay);
  reckon(kDay);
  must(store_->events().join("mary", "m2", "same e-mail", at(kDay)));
  EXPECT_EQ(balance("mary", kDay), 100);
  EXPECT_EQ(reckon(kDay).members, 1U);
}

TEST_F(LoyaltyTest, WhatAReturnCouldNotTakeIsNotGivenWhenItIsCalledOff) {
  orders_ = {{"mary", "s/C1", kDay, -80}};
  book(kDay);
  orders_[0].amount = -90;
  orders_.push_back({"mary", "s/2", kDay, 60});
  book(kDay);
  orders_[0].amount = -90;
  EXPECT_EQ(book(kDay), 0U);
  const auto before = balance("mary", kDay);
  EXPECT_GE(before, 50);
  orders_[0].amount = 0;
  book(kDay);
  EXPECT_EQ(balance("mary", kDay), 60) << "never more than was paid";
}

TEST_F(LoyaltyTest, WhoWasErasedEarnsNothingAgain) {
  orders_ = {{"mary", "s/1", kDay, 40}};
  book(kDay);
  must(store_->people().erase("mary", at(kDay)));
  EXPECT_EQ(book(kDay), 0U);
  EXPECT_TRUE(must(store_->loyalty().entries("mary")).empty());
}

TEST_F(LoyaltyTest, TheEndOfPointsIsToldOnce) {
  orders_ = {{"mary", "s/1", kDay, 200}};
  book(kDay);
  reckon(kDay);
  const Day last = *base::parse_day("2027-03-02");
  EXPECT_TRUE(reckon(last - days{22}).events.empty());
  const auto found = reckon(last - days{21}).events;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "points_expiring");
  EXPECT_EQ(found[0].properties, R"({"points":200,"day":"2027-03-02","count":200})");
  EXPECT_EQ(reckon(last - days{21}).events.size(), 1U) << "until it was told";
  EXPECT_TRUE(must(store_->loyalty().notice("mary", found[0].notice, at(kDay))));
  EXPECT_TRUE(reckon(last - days{20}).events.empty());
  EXPECT_EQ(balance("mary", last + days{1}), 0);
}

TEST_F(LoyaltyTest, ATierIsToldWhenItIsReachedAndNotAtTheFirstReckoning) {
  orders_ = {{"mary", "s/1", kDay, 400}, {"tom", "s/2", kDay, 20}};
  book(kDay);
  EXPECT_TRUE(reckon(kDay).events.empty());
  EXPECT_EQ(must(store_->loyalty().membership("mary"))->tier, "silver");
  orders_.push_back({"mary", "s/3", kDay + days{1}, 700});
  book(kDay + days{1});
  const auto found = reckon(kDay + days{1}).events;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "tier_reached");
  EXPECT_NE(found[0].properties.find(R"("tier":"gold")"), std::string::npos);
  EXPECT_NE(found[0].properties.find(R"("before":"silver")"), std::string::npos);
  EXPECT_TRUE(reckon(kDay + days{1}).events.empty());
}

TEST_F(LoyaltyTest, PointsAreSpentOnceForEachIdAndNeverMoreThanThereAre) {
  orders_ = {{"mary", "s/1", kDay, 100}};
  book(kDay);
  const auto burn = [&](std::string id, std::int64_t points) { return app::burn_points({"mary", std::move(id), points}, rules_, *store_, kDay, at(kDay)); };
  EXPECT_EQ(must(burn("o1", 70)), 30);
  EXPECT_EQ(must(burn("o1", 70)), 30);
  EXPECT_EQ(burn("o1", 60).error().code, base::Code::conflict);
  EXPECT_EQ(burn("o2", 31).error().code, base::Code::conflict);
  EXPECT_EQ(burn("o3", -5).error().code, base::Code::invalid_input);
  EXPECT_EQ(balance("mary", kDay), 30);
}

TEST_F(LoyaltyTest, BothSidesAreRewardedAfterTheReturnWindow) {
  must(store_->referrals().keep_code("mary", "MARY1", at(kDay)));
  orders_ = {{"tom", "s/1", kDay, 40, "MARY1"}, {"ann", "s/2", kDay, 40, "NOBODY"}};
  EXPECT_EQ(introduce(kDay), 1U);
  EXPECT_EQ(introduce(kDay), 0U);
  EXPECT_EQ(conclude(kDay + days{20}), 0U);
  EXPECT_EQ(conclude(kDay + days{21}), 1U);
  const auto one = *must(store_->referrals().of_newcomer("tom"));
  EXPECT_EQ(one.state, ReferralState::rewarded);
  EXPECT_EQ(must(store_->codes().find(one.referrer_code))->offer_id, "referral_thanks");
  EXPECT_EQ(must(store_->codes().find(one.newcomer_code))->customer_id, "tom");
  EXPECT_EQ(must(store_->codes().find(one.newcomer_code))->liability, 500);
  const auto told = must(app::rewards_to_tell(offers_, *store_, kDay + days{21}));
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].name, "referral_rewarded");
  must(store_->loyalty().notice(told[0].customer_id, told[0].notice, at(kDay)));
  EXPECT_EQ(must(app::rewards_to_tell(offers_, *store_, kDay + days{21})).size(), 1U);
  EXPECT_EQ(must(store_->referrals().decisions(one.id)).size(), 2U);
}

TEST_F(LoyaltyTest, AnOrderSentBackRewardsNobody) {
  must(store_->referrals().keep_code("mary", "MARY1", at(kDay)));
  orders_ = {{"tom", "s/1", kDay, 40, "MARY1"}};
  introduce(kDay);
  orders_[0].amount = 0;
  conclude(kDay + days{21});
  EXPECT_EQ(must(store_->referrals().of_newcomer("tom"))->state, ReferralState::lapsed);
  EXPECT_TRUE(must(app::rewards_to_tell(offers_, *store_, kDay + days{21})).empty());
}

TEST_F(LoyaltyTest, AFamilyOnOneDeviceGoesToAPersonWhoMayLetItPass) {
  must(store_->referrals().keep_code("mary", "MARY1", at(kDay)));
  shared_ = {{"mary", "device", "tablet"}, {"tom", "device", "tablet"}};
  orders_ = {{"tom", "s/1", kDay, 40, "MARY1"}};
  introduce(kDay);
  const auto held = *must(store_->referrals().of_newcomer("tom"));
  EXPECT_EQ(held.state, ReferralState::held);
  const auto tasks = must(store_->inbox().open_tasks());
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_EQ(tasks[0].queue, "operations");
  EXPECT_NE(tasks[0].script.find("device"), std::string::npos);
  EXPECT_EQ(conclude(kDay + days{30}), 0U) << "held is neither given nor refused";
  EXPECT_FALSE(app::decide_referral(held.id, true, "", "ann", *store_, at(kDay)));
  must(app::decide_referral(held.id, true, "mother and son", "ann", *store_, at(kDay)));
  EXPECT_EQ(conclude(kDay + days{30}), 1U);
  EXPECT_EQ(must(store_->referrals().find(held.id))->state, ReferralState::rewarded);
  EXPECT_FALSE(app::decide_referral(held.id, false, "late", "ann", *store_, at(kDay)));
}

TEST_F(LoyaltyTest, TheSameMailAddressIsHeldToo) {
  const std::vector<model::ContactPoint> points = {{.customer_id = "mary", .channel = "email", .address = "m@example.com"}, {.customer_id = "m2", .channel = "email", .address = "m@example.com"}};
  must(store_->contacts().put(points));
  must(store_->referrals().keep_code("mary", "MARY1", at(kDay)));
  orders_ = {{"m2", "s/1", kDay, 40, "MARY1"}};
  introduce(kDay);
  const auto held = *must(store_->referrals().of_newcomer("m2"));
  EXPECT_EQ(held.state, ReferralState::held);
  EXPECT_NE(must(store_->referrals().decisions(held.id))[0].ground.find("email"), std::string::npos);
}

TEST_F(LoyaltyTest, RulesSayWhereTheyAreWrong) {
  const auto wrong = [&](const std::string& text) {
    write_file(folder_.path() / "loyalty.yaml", text);
    const auto read = app::load_loyalty(folder_.path() / "loyalty.yaml");
    return read ? std::string{} : read.error().message;
  };
  EXPECT_EQ(wrong("active: true\nsince: 2026-01-01\ntiers: [{id: a, from: 1}, {id: b, from: 5}]\n"), "");
  EXPECT_NE(wrong("tiers: [{id: a, from: 5}, {id: b, from: 5}]\n").find("loyalty.yaml, line 1"), std::string::npos);
  EXPECT_NE(wrong("points_per_unit: many\n"), "");
  EXPECT_NE(wrong("since: tomorrow\n"), "");
  EXPECT_NE(wrong("tiers_by: love\n"), "");
}

}  // namespace
}  // namespace tests
