#include "report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "gen/files.h"
#include "gen/words.h"
#include "tests/support/places.h"
#include "tests/support/report_world.h"

namespace report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using tests::ReportWorld;
using text::Language;
using text::Word;

constexpr Language kLanguages[] = {Language::en, Language::zh_cn, Language::zh_tw};

/// The page's tags and attributes in order, without texts and values. Fails on what a browser would read differently.
std::vector<std::string> skeleton(const std::string& html) {
  std::vector<std::string> tags;
  for (std::size_t i = html.find('<'); i != std::string::npos; i = html.find('<', i)) {
    std::string tag;
    bool quoted = false;
    for (++i; i < html.size() && (quoted || html[i] != '>'); ++i) {
      if (html[i] == '"') {
        quoted = !quoted;
      } else if (!quoted) {
        EXPECT_NE(html[i], '<') << html.substr(i, 60);
        tag += html[i];
      }
    }
    tags.push_back(tag);
    if (tag == "style") i = html.find("</style>", i);
  }
  return tags;
}

/// The text a reader sees, without tags and the style sheet.
std::string reading(const std::string& html) {
  std::string out;
  bool inside = false;
  for (const char c : html.substr(html.find("</style>"))) {
    if (c == '<') inside = true;
    if (!inside) out += c;
    if (c == '>') inside = false;
  }
  return out;
}

void expect_sound(const std::string& html) {
  const std::string seen = reading(html);
  EXPECT_THAT(seen, Not(HasSubstr("nan")));
  EXPECT_THAT(seen, Not(HasSubstr("{")));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("nan\"")));
  EXPECT_THAT(html, Not(HasSubstr("inf\"")));
  // Every tag that opens closes.
  std::vector<std::string> open;
  for (std::string tag : skeleton(html)) {
    const bool closes = tag.starts_with("/"),
               empty = tag.ends_with("/") || tag.starts_with("meta") || tag.starts_with("!");
    tag = tag.substr(closes ? 1 : 0, tag.find(' ') - (closes ? 1 : 0));
    if (empty) continue;
    if (!closes) {
      open.push_back(tag);
      continue;
    }
    ASSERT_FALSE(open.empty()) << tag;
    EXPECT_EQ(open.back(), tag);
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
}

TEST(Report, AnswersTheFirstQuestionsAtTheTop) {
  const ReportWorld world;
  const std::string html = world.html();
  expect_sound(html);
  const std::string top = reading(html).substr(0, 2200);
  EXPECT_THAT(top, HasSubstr("Approach 60 of "));
  EXPECT_THAT(top, HasSubstr("£724 more than doing nothing"));
  EXPECT_THAT(top, HasSubstr("−\u2060£310 and £1,800"));
  EXPECT_THAT(top, HasSubstr("Not proven yet"));
  for (const char* figure : {"£90", "£140", "£260", "18\u00a0%", "1 Dec 2026"}) EXPECT_THAT(top, HasSubstr(figure));
  EXPECT_THAT(top, HasSubstr("Black Friday is on"));
  EXPECT_THAT(html, HasSubstr("href=\"#sources\">assumed</a>"));
}

TEST(Report, SpeaksEachLanguage) {
  const ReportWorld world;
  EXPECT_THAT(world.html(Language::zh_cn), HasSubstr("<html lang=\"zh-CN\">"));
  EXPECT_THAT(world.html(Language::zh_cn), HasSubstr("预计比什么都不做多赚 £724"));
  EXPECT_THAT(world.html(Language::zh_tw), HasSubstr("預計比什麼都不做多賺 £724"));
  const char* folder = std::getenv("WINBACK_DUMP");  // a folder to look at the pages in
  for (const Language language : kLanguages) {
    const std::string html = world.html(language);
    expect_sound(html);
    if (folder != nullptr) std::ofstream{fmt::format("{}/report-{}.html", folder, text::name_of(language))} << html;
  }
  // Outside names and codes nothing English is left in the Chinese page.
  const std::string seen = reading(world.html(Language::zh_cn));
  for (const char* word : {" the ", " of ", " and ", "assumed"}) EXPECT_THAT(seen, Not(HasSubstr(word)));
}

TEST(Report, IsTheSameForTheSameInput) {
  const ReportWorld world, again;
  EXPECT_EQ(world.html(Language::zh_tw), again.html(Language::zh_tw));
}

TEST(Report, HasEverySectionAndEveryPictureForDeskAndPhone) {
  const ReportWorld world;
  const std::string html = world.html();
  for (const char* id : {"whom", "money", "offers", "others", "proof", "lost", "rfm", "stages", "flows", "cohorts",
                         "examples", "check", "sources", "next"}) {
    EXPECT_THAT(html, HasSubstr(fmt::format("<section id=\"{}\">", id)));
    EXPECT_THAT(html, HasSubstr(fmt::format("href=\"#{}\"", id)));
  }
  const auto count = [&](std::string_view what) {
    std::size_t n = 0;
    for (std::size_t at = html.find(what); at != std::string::npos; at = html.find(what, at + 1)) ++n;
    return n;
  };
  EXPECT_GE(count("<figure>"), 11U);
  EXPECT_EQ(count("<figure>"), count("class=\"wide\""));
  EXPECT_EQ(count("<figure>"), count("class=\"narrow\""));
  EXPECT_THAT(html, HasSubstr("winback export plan --for csv"));
  EXPECT_THAT(html, HasSubstr("winback results plan-2026-11-21-0badcafe"));
}

TEST(Report, AsksTheNetworkForNothing) {
  const std::string html = ReportWorld{}.html();
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  for (const char* outside : {"http://", "https://", "url(", "@import", " src="})
    EXPECT_THAT(html, Not(HasSubstr(outside)));
}

TEST(Report, SaysWhenAPlanCannotProveItself) {
  ReportWorld world;
  EXPECT_THAT(world.html(), HasSubstr("This plan cannot prove alone what it earns: only 30"));
  world.plan.cannot_prove_alone = false;
  EXPECT_THAT(world.html(),
              HasSubstr("This plan alone will hardly prove it: 6.7 points more are expected to return, 31 are needed"));
  world.plan.detectable_lift = 0.05;
  EXPECT_THAT(world.html(), HasSubstr("30 customers chosen by lot get nothing"));
}

TEST(Report, MeasuredEffectsAreNoAssumptions) {
  ReportWorld world;
  EXPECT_THAT(world.html(), HasSubstr("Effect of “reminder”"));
  for (auto& effect : world.assumptions.effect) effect.measured = true;
  const std::string html = world.html();
  EXPECT_THAT(html, Not(HasSubstr("Effect of “reminder”")));
  EXPECT_THAT(html, Not(HasSubstr("no offer has been tried here")));
  EXPECT_THAT(html, HasSubstr("measured in earlier campaigns"));
}

TEST(Report, ReasonsAreTranslatedUnlessSomebodyWroteTheirOwn) {
  const std::string html = ReportWorld{}.html(Language::zh_cn);
  EXPECT_THAT(html, HasSubstr("不带优惠的信打动的人少"));
  EXPECT_THAT(html, HasSubstr("Somebody&#39;s own reason."));
}

TEST(Report, SaysWhatCameAndWhatWasLost) {
  const ReportWorld world;  // the last six of fourteen months from September 2025: 28…33 new, 5 back, 34…44 lapsed
  EXPECT_THAT(world.html(),
              HasSubstr("May 2026 to Oct 2026: 234 customers lapsed and 213 came, new or back: 21 fewer"));
}

TEST(Report, AdmitsWhenASimpleRuleForeseesBetter) {
  ReportWorld world;
  EXPECT_THAT(world.html(), HasSubstr("no simpler rule came closer"));
  world.shop.check.rivals[1].brier = 0.1;
  EXPECT_THAT(world.html(), HasSubstr("silence alone came closer"));
}

TEST(Report, DataNeverBecomesMarkup) {
  WB_NEED_SHARED(file, "suites/payloads/xss.json");
  const auto payloads = nlohmann::json::parse(tests::read_file(file)).get<std::vector<std::string>>();
  ASSERT_GT(payloads.size(), 100U);
  const ReportWorld harmless;
  const auto spoiled = [](ReportWorld world, const auto& text) {
    base::TextData ids;
    for (std::size_t i = 0; i < world.profiles.size(); ++i) ids.push_back(text(i));
    world.profiles.customer_id = ids;
    world.profiles.items = {"", text(1), text(2)};
    for (auto& offer : world.offers) offer.name = {text(3), text(4), text(5)};
    world.plan.blackout = text(6);
    world.plan.where = text(7);
    world.plan.business = text(8);
    world.plan.id = text(9);
    world.plan.currency = text(10);
    world.assumptions.effect[1].reason = text(11);
    world.shop.fits[0].name = text(12);
    world.shop.fits[1].note = text(13);
    world.shop.check.rivals[1].name = text(14);
    return world;
  };
  // Whether a label of a picture has room depends on its width; everything else must stand tag for tag.
  const auto fixed = [](const std::string& html) {
    std::vector<std::string> tags = skeleton(html);
    std::erase_if(tags, [](const std::string& tag) {
      return tag == "text x= y= class=" || tag == "text x= y=" || tag == "/text";
    });
    return tags;
  };
  for (const Language language : kLanguages) {
    const auto expected = fixed(spoiled(harmless, [](std::size_t) { return std::string{"x"}; }).html(language));
    for (std::size_t from = 0; from < payloads.size(); from += 97) {
      const std::string html =
          spoiled(harmless, [&](std::size_t i) { return payloads[(from + i) % payloads.size()]; }).html(language);
      const auto tags = fixed(html);
      ASSERT_EQ(tags.size(), expected.size()) << "from payload " << from;
      for (std::size_t k = 0; k < tags.size(); ++k) ASSERT_EQ(tags[k], expected[k]) << "from payload " << from;
      for (const std::string& tag : tags) {
        ASSERT_FALSE(tag.starts_with("script") || tag.starts_with("iframe") || tag.starts_with("img")) << tag;
        ASSERT_EQ(tag.find(" on"), std::string::npos) << tag;
      }
    }
  }
}

TEST(Report, CopesWithNobodyToApproach) {
  ReportWorld world;
  world.approach_nobody();
  for (const Language language : kLanguages) expect_sound(world.html(language));
  const std::string html = world.html();
  EXPECT_THAT(html, HasSubstr("<h1>Nobody is worth an approach within these limits</h1>"));
  EXPECT_THAT(html, Not(HasSubstr("winback export plan")));
  EXPECT_THAT(html, HasSubstr("<h2>Nobody today</h2>"));
  EXPECT_THAT(html, HasSubstr("<h2>There is nothing to prove today</h2>"));
}

TEST(Report, CopesWithNoCheckNoCohortsNoSilence) {
  ReportWorld world;
  world.shop.check = {};
  world.shop.check.why_not = "short";
  world.shop.cohorts.clear();
  world.shop.flows.clear();
  world.shop.by_silence.clear();
  world.shop.retention.clear();
  world.shop.fits.clear();
  world.shop.return_model = "base_rate";
  for (const Language language : kLanguages) expect_sound(world.html(language));
  const std::string html = world.html();
  EXPECT_THAT(html, HasSubstr("The history is too short to try the forecast on a past date"));
  EXPECT_THAT(html, HasSubstr("There is no whole month to tell from yet"));
  EXPECT_THAT(html, HasSubstr("The orders do not reach back far enough to tell"));
  EXPECT_THAT(html, HasSubstr("the same plain share for everyone"));
}

TEST(Report, CopesWithoutAmountsAndCurrency) {
  ReportWorld world;
  world.shop.amounts_known = false;
  world.shop.currency = world.plan.currency = "";
  world.shop.spend = 0;
  world.shop.segment_spend = {};
  world.shop.stage_spend = {};
  world.shop.rfm_spend = {};
  world.shop.warnings = {"amounts_unknown"};
  std::fill(world.profiles.spend.begin(), world.profiles.spend.end(), 0.0);
  world.approach_nobody();
  for (const Language language : kLanguages) expect_sound(world.html(language));
  const std::string html = world.html();
  EXPECT_THAT(html, HasSubstr("The orders carry no amounts"));
  EXPECT_THAT(html, HasSubstr("Each cell: segment and customers."));
  EXPECT_THAT(html, Not(HasSubstr("money in ")));
  EXPECT_THAT(reading(html), Not(HasSubstr("Spend")));
}

TEST(Report, CopesWithNothingAtAll) {
  const model::Shop shop;
  const model::Profiles profiles;
  const model::Decisions decisions;
  const model::PlanSummary plan;
  const model::Assumptions assumptions;
  for (const Language language : kLanguages) {
    const std::string html = render_report({shop, profiles, decisions, plan, {}, assumptions, false, false, language});
    expect_sound(html);
  }
}

TEST(Report, CopesWithOneOfEverything) {
  ReportWorld world;
  world.shop.cohorts.resize(1);
  world.shop.cohorts[0].active = {1};
  world.shop.flows.resize(1);
  world.shop.by_silence.resize(1);
  world.shop.check.deciles.resize(1);
  world.plan.curve.resize(1);
  world.plan.offers[1].customers = 0;
  world.plan.budget_given = false;
  world.plan.profit = {5, 5, 5, 5};
  for (const Language language : kLanguages) expect_sound(world.html(language));
  EXPECT_THAT(world.html(), HasSubstr("Reminder letter is the best choice for everybody approached"));
  EXPECT_THAT(world.html(), HasSubstr("No budget was given"));
}

TEST(Report, CopesWithNobodyBuyingTwiceAndNobodyHeldOut) {
  ReportWorld world;
  world.shop.one_order = world.shop.customers;
  world.plan.held_out = 0;
  for (auto& flow : world.shop.flows) flow.lost = flow.gained + flow.returned;
  const std::string html = world.html();
  expect_sound(html);
  EXPECT_THAT(html, Not(HasSubstr("those who return do so after")));
  EXPECT_THAT(html, HasSubstr("Nobody is held out, so nothing will be proven"));
  EXPECT_THAT(html, HasSubstr("as many customers came, new or back, as lapsed"));
}

TEST(ExampleRows, ShowEveryDecisionWithTypicalCustomers) {
  const ReportWorld world;
  const auto& d = world.decisions;
  const auto rows = example_rows(d, 20);
  ASSERT_EQ(rows.size(), 20U);
  EXPECT_EQ(rows, example_rows(d, 20));
  EXPECT_EQ(std::set<std::size_t>(rows.begin(), rows.end()).size(), rows.size());
  std::map<std::pair<model::Verdict, model::Class>, std::vector<std::size_t>> groups;
  for (const std::size_t row : rows) groups[{d.verdict[row], d.kind[row]}].push_back(row);
  EXPECT_EQ(groups.size(), 8U);
  // Rows 0, 8, 16 … 232 are approached, worth more the later they stand: none of the ends is shown.
  for (const std::size_t row : groups[{model::Verdict::approach, model::Class::persuadable}]) {
    EXPECT_GT(row, 40U);
    EXPECT_LT(row, 200U);
  }
  EXPECT_EQ(d.verdict[rows[0]], model::Verdict::approach);
}

TEST(ExampleRows, AtMostFiveOfAKindAndNoneOfNothing) {
  EXPECT_TRUE(example_rows(model::Decisions{}, 20).empty());
  const ReportWorld world;
  EXPECT_TRUE(example_rows(world.decisions, 0).empty());
  EXPECT_EQ(example_rows(world.decisions, 1000).size(), 40U);
  model::Decisions few;
  few.resize(3);
  EXPECT_EQ(example_rows(few, 20).size(), 3U);
}

TEST(ReportWords, FollowTheirEnumerations) {
  const auto name_at = [](Word first, std::size_t k) {
    return gen::word_name(static_cast<Word>(static_cast<std::size_t>(first) + k));
  };
  for (std::size_t k = 0; k < model::kOfferKinds; ++k) {
    const std::string_view kind = model::name_of(static_cast<model::OfferKind>(k));
    EXPECT_EQ(name_at(Word::reason_reminder, k), fmt::format("reason_{}", kind));
    EXPECT_EQ(name_at(Word::kind_reminder, k), fmt::format("kind_{}", kind));
    // The shipped reason is the one the catalogue translates.
    const auto reason = static_cast<Word>(static_cast<std::size_t>(Word::reason_reminder) + k);
    EXPECT_THAT(std::string{gen::file_text("presets/priors.yaml")},
                HasSubstr("reason: " + std::string{text::say(Language::en, reason)} + "}"));
  }
  for (std::size_t k = 0; k < model::kClasses; ++k) {
    EXPECT_EQ(name_at(Word::report_means_persuadable, k),
              fmt::format("report_means_{}", model::name_of(static_cast<model::Class>(k))));
  }
}

}  // namespace
}  // namespace report
