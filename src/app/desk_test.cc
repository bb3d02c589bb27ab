// What letters say is true at the moment they are sent: ends, stock, claims, offers; to whom they say it.
#include "app/desk.h"

#include <gtest/gtest.h>

#include "adapter/sqlite/open_sqlite.h"
#include "app/campaign_file.h"
#include "tests/support/places.h"

namespace app {
namespace {

using base::Instant;
using std::chrono::days;
using std::chrono::hours;

const Instant kNow = Instant{*base::parse_day("2026-11-20")} + hours{9};

constexpr std::string_view kFacts = R"({"fields": {"purchases": 7, "basket": 40, "category": "Tea"}, "city": "Bristol",
  "first_day": 19000, "last_day": 20300, "last_total": 31.5, "last_items": ["Jasmine tea"], "favourites": ["Jasmine tea"],
  "recommend": ["t1", "t2"]})";

class DeskTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = std::move(*adapter::sqlite::open_sqlite_in_memory());
    DeskConfig config;
    config.settings.currency = "GBP";
    config.settings.zone = "Europe/London";
    config.act.shop = {.name = {"Harbour", "山海", "山海"}, .address = "12 Quay Street", .url = "https://shop.example", .email = "a@shop.example"};
    config.act.public_url = "https://news.shop.example";
    config.letters = std::move(*load_letters(folder_.path()));
    config.claims = {{.key = "rating", .text = "4.8 of 5", .source = "Trust Index", .as_of = *base::parse_day("2026-01-01"), .expires = *base::parse_day("2026-11-30")}};
    desk_ = std::make_unique<Desk>(*store_, std::move(config));
    ASSERT_TRUE(store_->campaigns().save({.id = "c", .journey = "c", .topic = "win_back", .launched_at = kNow}));
    ASSERT_TRUE(store_->campaigns().add_version({.campaign_id = "c", .version = 1, .source = kJourney, .launched_at = kNow}));
    ASSERT_TRUE(store_->codes().open_account({.campaign_id = "c", .offer_id = "ten_percent"}));
    enrolment_ = {.campaign_id = "c", .customer_id = "anna", .entered_at = kNow};
    ASSERT_TRUE(store_->enrolments().add(enrolment_, kFacts));
  }

  act::deliver::Job job() {
    act::deliver::Job job;
    job.message = {.id = 5, .enrolment_id = enrolment_.id, .campaign_id = "c", .customer_id = "anna", .channel = "email", .letter = "five-letters/exclusive"};
    job.enrolment = enrolment_;
    job.person = {.customer_id = "anna", .zone = zone_, .birth_year = birth_year_};
    job.contact = {.customer_id = "anna", .channel = "email", .address = "anna@example.com", .name = "Anna Lee", .language = "en"};
    return job;
  }

  /// Issues the offer's code as the conductor does.
  void give(const std::string& offer) {
    ASSERT_TRUE(store_->people().put(std::vector<model::Person>{{.customer_id = "anna", .zone = zone_}}));
    const auto terms = desk_->terms(offer, enrolment_, kNow);
    ASSERT_TRUE(terms);
    const auto code = store_->codes().issue({.code = terms->code, .offer_id = offer, .campaign_id = "c", .enrolment_id = enrolment_.id,
                                             .customer_id = "anna", .issued_at = kNow, .ends_at = terms->ends_at, .liability = terms->liability});
    ASSERT_TRUE(code && *code);
    enrolment_.offer_id = offer;
    enrolment_.code = (*code)->code;
    enrolment_.code_ends = (*code)->ends_at;
    ASSERT_TRUE(store_->enrolments().save(enrolment_));
  }

  static constexpr const char* kJourney =
      "journey: c\ntitle: {en: T, zh-CN: T, zh-TW: T}\ntopic: win_back\nentry: {plan: latest}\nexits: [bought]\nsteps:\n"
      "  - step: last\n    message: five-letters/last_call\n    says_last: true\n";
  tests::TemporaryFolder folder_;
  std::unique_ptr<port::ActStore> store_;
  std::unique_ptr<Desk> desk_;
  model::Enrolment enrolment_;
  std::string zone_ = "America/New_York";
  std::int32_t birth_year_ = 1980;
};

TEST_F(DeskTest, ThePrintedEndIsTheEnforcedOne) {
  give("ten_percent");
  const auto print = desk_->print(job(), kNow);
  ASSERT_TRUE(print) << print.error().message;
  ASSERT_TRUE(enrolment_.code_ends);
  const std::string printed = moment_text(act::letter::Language::en, *enrolment_.code_ends, desk_->zone(job().person));
  EXPECT_NE(print->content.html.find(printed), std::string::npos) << printed;
  EXPECT_TRUE(printed.ends_with(", 23:59")) << printed;
  EXPECT_NE(print->content.text.find(enrolment_.code), std::string::npos);
  // One millisecond before it works, at the printed moment it is dead.
  const auto late = store_->codes().redeem(enrolment_.code, "o1", 100, *enrolment_.code_ends);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, base::Code::conflict);
  EXPECT_TRUE(store_->codes().redeem(enrolment_.code, "o1", 100, *enrolment_.code_ends - std::chrono::milliseconds{1}));
}

TEST_F(DeskTest, StockIsThatOfTheMomentOfSending) {
  Products both = Products::of({{"t1", "Jasmine pearls", "Tea", 12, 3, 4.5}, {"t2", "Oolong", "Tea", 9, 8, 0}});
  desk_->stock(std::move(both));
  auto data = desk_->data_for(job(), kNow);
  ASSERT_TRUE(data);
  ASSERT_EQ(data->recommendations.size(), 2U);
  EXPECT_EQ(data->recommendations[0].stock, 3);
  desk_->stock(Products::of({{"t1", "Jasmine pearls", "Tea", 12, 0, 4.5}, {"t2", "Oolong", "Tea", 9, 8, 0}}));
  data = desk_->data_for(job(), kNow);
  ASSERT_EQ(data->recommendations.size(), 1U) << "what is sold out is not recommended";
  EXPECT_EQ(data->recommendations[0].name, "Oolong");
}

TEST_F(DeskTest, MinorsSeeNoOfferAndNoScarcity) {
  give("ten_percent");
  desk_->stock(Products::of({{"t1", "Jasmine pearls", "Tea", 12, 3, 4.5}}));
  birth_year_ = 2012;
  const auto data = desk_->data_for(job(), kNow);
  ASSERT_TRUE(data);
  EXPECT_FALSE(data->offer);
  ASSERT_EQ(data->recommendations.size(), 1U);
  EXPECT_FALSE(data->recommendations[0].stock);
}

TEST_F(DeskTest, ClaimsEndOnTheirDay) {
  auto data = desk_->data_for(job(), kNow);
  ASSERT_EQ(data->facts.size(), 1U);
  data = desk_->data_for(job(), kNow + days{20});
  EXPECT_TRUE(data->facts.empty());
}

TEST_F(DeskTest, WithoutProfilingNothingOfTheProfileIsSaid) {
  desk_->stock(Products::of({{"b", "Best seller", "Tins", 5, 9, 0}}));
  auto someone = job();
  someone.person.not_personalised = true;
  const auto data = desk_->data_for(someone, kNow);
  ASSERT_TRUE(data);
  EXPECT_TRUE(data->favourites.empty());
  EXPECT_TRUE(data->orders.last_items.empty());
  EXPECT_TRUE(data->customer.city.empty());
  ASSERT_EQ(data->recommendations.size(), 1U);
}

TEST_F(DeskTest, NoBetterOfferForSixtyDaysAfterALastOne) {
  give("free_shipping");
  model::Message last{.send_key = "k", .enrolment_id = enrolment_.id, .campaign_id = "c", .customer_id = "anna", .step = "last", .channel = "email",
                      .letter = "five-letters/last_call", .due_at = kNow, .created_at = kNow};
  ASSERT_TRUE(store_->outbox().add(last));
  const auto claimed = store_->outbox().claim("email", kNow, kNow + hours{1}, 1);
  ASSERT_TRUE(store_->outbox().attempt(claimed->front(), {}, kNow));
  ASSERT_TRUE(store_->outbox().settle(claimed->front(), model::MessageState::accepted, {}, {}, kNow, kNow));
  model::Enrolment next{.campaign_id = "c", .customer_id = "anna", .entry_number = 2, .entered_at = kNow};
  ASSERT_TRUE(store_->enrolments().add(next, kFacts));
  EXPECT_FALSE(desk_->terms("ten_percent", next, kNow + days{59}));
  EXPECT_TRUE(desk_->terms("free_shipping", next, kNow + days{59})) << "the same again is no better one";
  EXPECT_TRUE(desk_->terms("ten_percent", next, kNow + days{61}));
}

TEST(PersonalDepth, IsRefusedWhereTheMannersDoNotAllowIt) {
  SavedPlan plan;
  plan.plan.id = "p1";
  for (const auto& [id, share] : {std::pair{"ten", 0.1}, {"twenty", 0.2}}) {
    model::Offer offer;
    offer.id = id;
    offer.kind = model::OfferKind::percent;
    offer.basket_share = share;
    plan.offers.push_back(offer);
  }
  plan.chosen = {"ten", "twenty"};
  model::Manners manners;
  const auto refused = refuse_personal_depth(plan, manners);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("twenty"), std::string::npos);
  manners.depth_may_be_personal = true;
  EXPECT_TRUE(refuse_personal_depth(plan, manners));
  manners.depth_may_be_personal = false;
  plan.chosen = {"ten"};
  EXPECT_TRUE(refuse_personal_depth(plan, manners));
}

TEST(Claims, NeedASourceAndADay) {
  const tests::TemporaryFolder folder;
  const auto file = folder.path() / "facts.yaml";
  EXPECT_TRUE(load_claims(file)->empty());
  tests::write_file(file, "rating: {text: 4.8 of 5, source: Trust Index, date: 2026-01-01, expires: 2026-12-31}\n");
  ASSERT_TRUE(load_claims(file));
  EXPECT_EQ(load_claims(file)->front().text, "4.8 of 5");
  tests::write_file(file, "\nrating: {text: the best}\n");
  EXPECT_NE(load_claims(file).error().message.find("facts.yaml, line 2"), std::string::npos);
}

}  // namespace
}  // namespace app
