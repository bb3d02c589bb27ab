#include "report/explain.h"

#include <gtest/gtest.h>

#include "gen/words.h"

namespace report {
namespace {

using text::Language;

TEST(Duration, AsPeopleSayIt) {
  EXPECT_EQ(duration(Language::en, 1), "1 day");
  EXPECT_EQ(duration(Language::en, 12), "12 days");
  EXPECT_EQ(duration(Language::en, 77), "11 weeks");
  EXPECT_EQ(duration(Language::zh_cn, 330), "11 个月");
  EXPECT_EQ(duration(Language::en, 730), "2 years");
}

// The catalogue's families are looked up by position: their names must stand in the order of the enumerations.
TEST(Families, FollowTheirEnumerations) {
  const auto name_at = [](text::Word first, std::size_t k) {
    return gen::word_name(static_cast<text::Word>(static_cast<std::size_t>(first) + k));
  };
  for (std::size_t k = 0; k < model::kFilters; ++k) {
    EXPECT_EQ(name_at(text::Word::filter_none, k),
              fmt::format("filter_{}", model::name_of(static_cast<model::Filter>(k))));
  }
  for (std::size_t k = 0; k < model::kClasses; ++k) {
    EXPECT_EQ(name_at(text::Word::class_persuadable, k),
              fmt::format("class_{}", model::name_of(static_cast<model::Class>(k))));
  }
  for (std::size_t k = 0; k < model::kVerdicts; ++k) {
    EXPECT_EQ(name_at(text::Word::verdict_approach, k),
              fmt::format("verdict_{}", model::name_of(static_cast<model::Verdict>(k))));
  }
}

TEST(Explain, ReadsAsASentenceInEveryLanguage) {
  model::Profiles p;
  p.as_of = *base::parse_day("2026-11-21");
  p.customer_id.push_back("c1");
  p.items = {"", "COFFEE BEANS"};
  p.favourite_item = {1};
  p.last_day = {base::day_number(p.as_of) - 77};
  p.first_day = {p.last_day[0] - 730};
  p.purchase_days = {36};
  p.spend = {192};
  p.returned_share = {0};
  p.flags = {0};
  model::Decisions d;
  d.resize(1);
  d.verdict[0] = model::Verdict::approach;
  d.kind[0] = model::Class::persuadable;
  d.offer[0] = d.best_offer[0] = 0;
  d.worth[0] = 6.1F;
  d.worth_low[0] = 1.0F;
  d.worth_high[0] = 12.0F;
  d.cost[0] = 0.01F;
  const std::vector<model::Offer> offers = {
      {.id = "reminder", .kind = model::OfferKind::reminder, .name = {"A reminder", "提醒信", "提醒信"}, .rule = {}}};
  const Explained what{p, d, offers, "GBP", 60};
  EXPECT_EQ(explain(what, 0, Language::en).sentence,
            "Bought coffee beans about every 3 weeks for 2 years, silent for 11 weeks; worth about £96 a year, nothing "
            "sent back; a reminder costs next to nothing and should bring £6.10 more than waiting (80 %: £1.00 to £12; "
            "assumed effect).");
  EXPECT_EQ(explain(what, 0, Language::zh_cn).loyalty, "2 年来大约每 3 周买一次（最常买“coffee beans”），已 11 周没来");
  p.spend = {0};
  p.returned_share = {1};
  EXPECT_EQ(explain(what, 0, Language::en).value, "kept nothing so far");
  EXPECT_EQ(explain(what, 0, Language::en).satisfaction, "everything sent back");
  p.spend = {192345};
  EXPECT_EQ(explain(what, 0, Language::en).value, "worth about £96.2k a year");
  EXPECT_NE(explain(what, 0, Language::zh_cn).sentence.find("已 11 周没来"), std::string::npos);
  EXPECT_NE(explain(what, 0, Language::zh_tw).sentence.find("已 11 週沒來"), std::string::npos);
}

}  // namespace
}  // namespace report
