#include "app/presets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/places.h"

namespace app {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Presets : public testing::Test {
 protected:
  std::filesystem::path file(std::string_view name, std::string_view text) {
    tests::write_file(folder.path() / name, text);
    return folder.path() / name;
  }
  std::string refused_offers(std::string_view text) {
    const auto offers = load_offers(file("offers.yaml", text));
    EXPECT_FALSE(offers) << text;
    return offers ? "" : offers.error().message;
  }
  std::string refused_assumptions(std::string_view text) {
    const auto assumptions = load_assumptions(file("priors.yaml", text));
    EXPECT_FALSE(assumptions) << text;
    return assumptions ? "" : assumptions.error().message;
  }
  std::string refused_business(std::string_view text) {
    const auto business = load_business("shop", file("winback.yaml", text));
    EXPECT_FALSE(business) << text;
    return business ? "" : business.error().message;
  }
  tests::TemporaryFolder folder;
};

TEST_F(Presets, EveryBusinessLoadsWithItsOffers) {
  EXPECT_THAT(business_names(),
              testing::UnorderedElementsAre("shop", "grocery", "fashion", "saas", "game", "course", "restaurant", "durables"));
  for (const std::string& name : business_names()) {
    const auto business = load_business(name, folder.path() / "none.yaml");
    ASSERT_TRUE(business) << business.error().message;
    EXPECT_EQ(business->name, name);
    EXPECT_GE(business->heavy_days, business->light_days) << name;
    EXPECT_GE(business->heavy_gaps, business->light_gaps) << name;
    EXPECT_GT(business->light_days, 0) << name;
    const auto offers = preset_offers(business->offers);
    ASSERT_TRUE(offers) << offers.error().message;
    ASSERT_GE(offers->size(), 2u) << name;
    EXPECT_FALSE(offers->front().gives_money()) << name << " begins with an offer that costs nothing to give";
    for (const model::Offer& offer : *offers) {
      EXPECT_LE(offer.basket_share, business->discount_ceiling) << name << " " << offer.id;
      EXPECT_LT(offer.expires_days, business->horizon_days + 1)
          << name << " " << offer.id << " expires within the horizon";
      EXPECT_TRUE(!offer.gives_money() || offer.expires_days > 0) << offer.id;
      for (const std::string& text : offer.name) EXPECT_FALSE(text.empty()) << offer.id;
    }
  }
}

TEST_F(Presets, AtLeastAQuarterOfEveryPriorIsNoEffect) {
  const auto assumptions = load_assumptions(folder.path() / "none.yaml");
  ASSERT_TRUE(assumptions) << assumptions.error().message;
  for (std::size_t k = 0; k < model::kOfferKinds; ++k) {
    const model::EffectPrior& effect = assumptions->effect[k];
    const std::string_view name = model::name_of(static_cast<model::OfferKind>(k));
    EXPECT_GE(0.5 * std::erfc(effect.mean / effect.sd / std::sqrt(2.0)), 0.25) << name;
    EXPECT_FALSE(effect.reason.empty()) << name << " says why";
    EXPECT_GT(effect.opt_out, 0) << name;
    EXPECT_FALSE(effect.measured) << name;
  }
}

TEST_F(Presets, SurerPriorsThanThatAreRefused) {
  EXPECT_THAT(
      refused_assumptions("effect:\n  percent: {mean: 0.5, sd: 0.2}\n"),
      AllOf(HasSubstr("priors.yaml, line 2"), HasSubstr("surer than an unmeasured one may be"), HasSubstr("0.74")));
  const auto changed =
      load_assumptions(file("priors.yaml", "effect:\n  percent: {mean: 0.1, sd: 0.2}\nexploration: {share: 0.1}\n"));
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->effect[static_cast<std::size_t>(model::OfferKind::percent)].mean, 0.1);
  EXPECT_EQ(changed->exploration_share, 0.1);
  EXPECT_EQ(changed->effect[static_cast<std::size_t>(model::OfferKind::call)].mean, 0.4) << "the others stay";
}

TEST_F(Presets, CalendarOf2026) {
  const base::Day near = *base::parse_day("2026-06-01");
  const auto dates_of = [&](std::string_view zone, std::string_view currency) {
    std::vector<std::string> dates;
    const auto blackouts = load_calendar(near, zone, currency);
    EXPECT_TRUE(blackouts) << blackouts.error().message;
    for (const model::Blackout& one : *blackouts) {
      if (base::to_string(one.from).starts_with("2026")) {
        dates.push_back(fmt::format("{} {} {}", one.name, base::to_string(one.from), base::to_string(one.to)));
      }
    }
    return dates;
  };
  // The fourth Friday of November 2026 is the 27th.
  EXPECT_THAT(dates_of("Europe/London", "GBP"), testing::ElementsAre("Black Friday 2026-11-23 2026-12-01"));
  const auto chinese = testing::UnorderedElementsAre("618 2026-06-01 2026-06-20", "双11 2026-10-20 2026-11-12");
  EXPECT_THAT(dates_of("Asia/Shanghai", "CNY"), chinese);
  EXPECT_THAT(dates_of("UTC", "CNY"), chinese) << "the currency is enough";
  EXPECT_THAT(dates_of("Asia/Shanghai", ""), chinese) << "so is the zone";
}

TEST_F(Presets, BlackFridayFollowsThanksgiving) {
  // Black Friday is the day after the fourth Thursday of November: in a November that begins on a Friday it is the
  // fifth Friday, not the fourth.
  const auto blackouts = load_calendar(*base::parse_day("2024-06-01"), "Europe/London", "GBP");
  ASSERT_TRUE(blackouts);
  for (const auto& [year, friday] : {std::pair{"2024", "2024-11-29"}, {"2025", "2025-11-28"}, {"2023", "2023-11-24"}}) {
    const base::Day day = *base::parse_day(friday);
    int found = 0;
    for (const model::Blackout& one : *blackouts)
      found += one.from == day - std::chrono::days{4} && one.to == day + std::chrono::days{4} ? 1 : 0;
    EXPECT_EQ(found, 1) << year;
  }
}

TEST_F(Presets, PlansLoad) {
  const auto articles = load_plan_preset("articles");
  ASSERT_TRUE(articles) << articles.error().message;
  EXPECT_EQ(articles->silent_from, 183);
  EXPECT_EQ(articles->silent_to, 365);
  EXPECT_EQ(articles->top_spend, 0.30);
  EXPECT_FALSE(articles->quality_leavers);
  EXPECT_FALSE(load_plan_preset("shop")->silent_from);
  EXPECT_THAT(load_plan_preset("nothing").error().message, HasSubstr("known are shop, articles"));
}

TEST_F(Presets, AWorkspaceChangesItsBusiness) {
  const auto business = load_business(
      "grocery",
      file("winback.yaml",
           "currency: GBP\nbusiness_settings:\n  light_days: 35\n  heavy_days: 60\n  offers: [small_credit]\n"));
  ASSERT_TRUE(business) << business.error().message;
  EXPECT_EQ(business->light_days, 35);
  EXPECT_EQ(business->horizon_days, 28) << "the rest is the preset's";
  EXPECT_THAT(business->offers, testing::ElementsAre("small_credit"));
}

TEST_F(Presets, OffersOfAUser) {
  const auto offers = load_offers(
      file("offers.yaml",
           "tea:\n  kind: gift\n  contact_cost: 1.5\n  stock: 20\n  rule: {min_spend: 100, stages: [lapsed_heavy]}\n"));
  ASSERT_TRUE(offers) << offers.error().message;
  ASSERT_EQ(offers->size(), 1u);
  EXPECT_EQ(offers->front().stock, 20u);
  EXPECT_EQ(offers->front().rule.min_spend, 100);
  EXPECT_EQ(offers->front().rule.stages.size(), 1u);
  EXPECT_EQ(offers->front().name[1], "tea") << "without a name the id is shown";
}

TEST_F(Presets, BadYamlIsRefusedWithFileAndLine) {
  EXPECT_THAT(refused_offers("tea:\n  kind: [gift\n"),
              AllOf(HasSubstr("offers.yaml, line"), HasSubstr("this is not YAML")));
  EXPECT_THAT(refused_offers("tea:\n  kind: gift\n  cost: 2\n"),
              AllOf(HasSubstr("offers.yaml, line 3"), HasSubstr("'cost' is not known here")));
  EXPECT_THAT(refused_offers("tea:\n  kind: cake\n"),
              AllOf(HasSubstr("offers.yaml, line 2"), HasSubstr("'cake' is no kind of offer")));
  EXPECT_THAT(refused_offers("tea:\n  kind: gift\n  redeem: 2\n"),
              AllOf(HasSubstr("offers.yaml, line 3"), HasSubstr("redeem must be a number from 0 to 1")));
  EXPECT_THAT(refused_offers("tea:\n  kind: gift\n  rule: {stages: [tired]}\n"),
              AllOf(HasSubstr("line 3"), HasSubstr("'tired' is no lifecycle stage")));
  // What cannot be read must never widen a rule to everyone.
  EXPECT_THAT(refused_offers("tea:\n  kind: gift\n  rule: {stages: lost}\n"),
              AllOf(HasSubstr("line 3"), HasSubstr("stages must be a list")));
  EXPECT_THAT(refused_offers("tea:\n  kind: gift\n  rule:\n    birthday_within_30_days: maybe\n"),
              AllOf(HasSubstr("line 4"), HasSubstr("must be true or false")));
  EXPECT_THAT(refused_offers("tea:\n  kind: gift\n  channel: {email: 1}\n"),
              AllOf(HasSubstr("line 3"), HasSubstr("channel must be one text")));
  EXPECT_THAT(refused_offers(""), HasSubstr("expected offers by name"));
  EXPECT_THAT(refused_assumptions("effect:\n  cake: {mean: 0.1}\n"),
              AllOf(HasSubstr("priors.yaml, line 2"), HasSubstr("'cake' is no kind of offer")));
  EXPECT_THAT(refused_assumptions("\nefect:\n  percent: {mean: 0.1}\n"),
              AllOf(HasSubstr("priors.yaml, line 2"), HasSubstr("'efect' is not known here")));
  EXPECT_THAT(refused_assumptions("effect: 3\n"),
              AllOf(HasSubstr("priors.yaml, line 1"), HasSubstr("effect must have fields")));
  EXPECT_THAT(refused_business("zone: UTC\nbusiness_settings:\n  margin: 3\n"),
              AllOf(HasSubstr("winback.yaml, line 3"), HasSubstr("margin must be a number")));
  EXPECT_THAT(refused_business("business_settings:\n  offers: reminder\n"),
              AllOf(HasSubstr("winback.yaml, line 2"), HasSubstr("offers must be a list")));
  EXPECT_THAT(load_business("bakery", "none").error().message,
              AllOf(HasSubstr("'bakery' is no business type"), HasSubstr("restaurant")));
  EXPECT_THAT(load_offers("nowhere.yaml").error().message, HasSubstr("nowhere.yaml"));
}

}  // namespace
}  // namespace app
