// What the verbs of insight say of a small simulated shop: recommendations (also as letters show them), profiles, balance,
// offers and what was learned; as JSON, in Chinese, and of an empty workspace.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/program.h"

namespace {

using nlohmann::json;
using tests::Ran;

constexpr std::string_view kSettings = R"(currency: GBP
shop: {name: {en: Harbour & Hill, zh-CN: 山海小铺, zh-TW: 山海小舖}, address: 12 Quay Street, url: https://shop.example, email: hello@shop.example}
public_url: https://news.shop.example
mail: {from: news@shop.example, smtp: "smtp://127.0.0.1:1", insecure: true}
)";

class Insight : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    winback_ = new tests::Program;
    const tests::Program& winback = *winback_;
    ASSERT_EQ(winback({"simulate", "--customers", "2000", "--seed", "7", "--out", "shop"}).status, 0);
    for (const char* kind : {"products", "customers", "orders"}) import(kind, fmt::format("shop/{}.csv", kind));
    tests::write_file(winback.data() / "winback.yaml", kSettings);
    const Ran ran = winback({"plan", "--budget", "600", "--json"});
    ASSERT_EQ(ran.status, 0) << ran.err;
    plan_ = json::parse(ran.out)["plan"];
    const Ran sql = winback({"sql", "SELECT customer_id FROM v_profiles WHERE purchase_days >= 4 ORDER BY customer_id LIMIT 1", "--format", "TSV"});
    customer_ = sql.out.substr(0, sql.out.find('\n'));
    ASSERT_FALSE(customer_.empty()) << sql.err;
  }
  static void TearDownTestSuite() {
    delete winback_;
    winback_ = nullptr;
  }
  static void import(const char* kind, const std::string& file) {
    const Ran ran = (*winback_)({"import", kind, file, "--currency", "GBP"});
    ASSERT_EQ(ran.status, 0) << ran.err;
  }
  /// The answer as JSON; and the same question in Chinese answers in Chinese.
  static json ask(std::vector<std::string> arguments) {
    auto chinese = arguments;
    chinese.insert(chinese.end(), {"--lang", "zh-CN"});
    const Ran said = (*winback_)(chinese);
    EXPECT_EQ(said.status, 0) << arguments[0] << said.err;
    EXPECT_TRUE(std::ranges::any_of(said.out, [](char c) { return static_cast<unsigned char>(c) >= 0xE4; })) << said.out;
    EXPECT_EQ(said.out.find("nan"), std::string::npos) << said.out;
    arguments.emplace_back("--json");
    const Ran ran = (*winback_)(arguments);
    EXPECT_EQ(ran.status, 0) << arguments[0] << ran.err;
    return json::parse(ran.out, nullptr, false);
  }
  static void ordered(const json& range) {
    ASSERT_TRUE(range.is_object()) << range;
    ASSERT_TRUE(range["value"].is_number() && range["low"].is_number() && range["high"].is_number()) << range;
    EXPECT_LE(range["low"], range["value"]);
    EXPECT_LE(range["value"], range["high"]);
  }

  static tests::Program* winback_;
  static std::string plan_, customer_;
};
tests::Program* Insight::winback_ = nullptr;
std::string Insight::plan_, Insight::customer_;

TEST_F(Insight, RecommendationsOfAllOfAPlanAndOfOne) {
  const json all = ask({"recommend"});
  EXPECT_GT(all["customers"], 1000);
  EXPECT_TRUE(all["check"]["learned"]);
  EXPECT_GT(all["check"]["hits"], 0);
  EXPECT_LT(all["check"]["hits"], 1);
  EXPECT_FALSE(all["most_often"].empty());
  const json of_plan = ask({"recommend", "--for-plan", "latest", "--out", "lists.csv"});
  EXPECT_GT(of_plan["customers"], 0);
  EXPECT_LT(of_plan["customers"], all["customers"]);
  const std::string file = tests::read_file(winback_->here() / "lists.csv");
  EXPECT_GE(std::ranges::count(file, '\n'), of_plan["customers"].get<long>() + 1);
  const json one = ask({"recommend", "--customer", customer_});
  ASSERT_EQ(one["recommended"].size(), 4U);
  for (const json& product : one["recommended"]) {
    EXPECT_GT(product["chance"], 0);
    EXPECT_LT(product["chance"], 1);
    EXPECT_FALSE(product["sentence"].get<std::string>().empty());
  }
}

TEST_F(Insight, ALetterShowsWhatIsRecommended) {
  const Ran ids = (*winback_)({"sql", "SELECT customer_id FROM v_profiles WHERE purchase_days >= 2 ORDER BY cityHash64(customer_id) LIMIT 5", "--format", "TSV"});
  std::vector<std::string> customers{customer_};
  for (std::size_t at = 0, end = 0; (end = ids.out.find('\n', at)) != std::string::npos; at = end + 1) customers.push_back(ids.out.substr(at, end - at));
  for (const std::string& customer : customers) {
    const Ran ran = (*winback_)({"recommend", "--customer", customer, "--json"});
    ASSERT_EQ(ran.status, 0) << ran.err;
    const json recommended = json::parse(ran.out)["recommended"];
    const Ran letter = (*winback_)({"campaign", "preview", "five-letters/memory", "--customer", customer, "--language", "en", "--out", "letters"});
    ASSERT_EQ(letter.status, 0) << letter.err;
    const std::string text = tests::read_file(winback_->here() / "letters/five-letters.memory.en.txt");
    std::size_t at = 0;
    for (std::size_t k = 0; k < std::min<std::size_t>(3, recommended.size()); ++k) {
      at = text.find(recommended[k]["product"].get<std::string>(), at);
      ASSERT_NE(at, std::string::npos) << customer << " is not shown " << recommended[k]["product"] << " in\n" << text;
    }
  }
}

TEST_F(Insight, ProfilesMarkTheValuable) {
  const json found = ask({"profiles", "--top", "0.3"});
  EXPECT_EQ(found["plan"], plan_);
  for (const char* whom : {"valuable", "winnable"}) {
    ASSERT_TRUE(found[whom].is_object()) << whom;
    EXPECT_GT(found[whom]["customers"], found[whom]["top"]);
    EXPECT_GT(found[whom]["looked_at"], 5) << "cities' tiers and bands of age among them";
    for (const json& mark : found[whom]["marks"]) {
      EXPECT_GE(mark["lift"], mark["low"]);
      EXPECT_LE(mark["lift"], mark["high"]);
      EXPECT_LE(mark["q"], 0.05);
    }
  }
}

TEST_F(Insight, BalanceOfAcquisitionAndWinBack) {
  const json without = ask({"balance"});
  EXPECT_EQ(without["advice"], "no_spend");
  import("spend", "shop/spend.csv");
  const json found = ask({"balance"});
  EXPECT_EQ(found["plan"], plan_);
  EXPECT_TRUE(found["channels_told_by_tags"]);
  ASSERT_GE(found["channels"].size(), 2U);
  double spent = 0;
  for (const json& channel : found["channels"]) {
    spent += channel["spend"].get<double>();
    EXPECT_GT(channel["newcomers"], 0) << channel;
    if (channel["newcomers"] < 30) continue;
    // The shop's file and its customers' first orders tell of the same people.
    EXPECT_NEAR(channel["newcomers"].get<double>() / channel["reported_newcomers"].get<double>(), 1, 0.3) << channel;
    ordered(channel["first_year_contribution"]);
    EXPECT_GT(channel["first_year_contribution"]["low"], 0) << channel;
    if (channel["spend"] > 0) ordered(channel["profit_of_next_unit"]);
  }
  EXPECT_NEAR(spent, found["spend"]["acquisition"].get<double>(), 0.01);
  ordered(found["win_back"]["profit_of_next_unit"]);
  ordered(found["win_back"]["profit"]);
  EXPECT_GE(found["spend"]["win_back_share"], 0);
  EXPECT_LT(found["spend"]["win_back_share"], 1);
  const std::string advice = found["advice"];
  EXPECT_TRUE(advice == "not_proven" || advice == "win_back" || advice == "acquisition" || advice == "nothing_pays") << advice;
  double before = 0;
  for (const json& share : found["first_year_share_by_twelfth"]) {
    EXPECT_GE(share, before * 0.98) << "returns take back a little at most";
    before = share;
  }
  EXPECT_EQ(before, 1);
  EXPECT_NE((*winback_)({"balance", "--plan", "no-such-plan"}).status, 0);
}

TEST_F(Insight, OffersOfOneAndOfAll) {
  const json one = ask({"offers", "--customer", customer_});
  EXPECT_GT(one["return_chance"], 0);
  EXPECT_LT(one["return_chance"], 1);
  EXPECT_GT(one["basket"], 0);
  EXPECT_FALSE(one["forms"].empty());
  for (const json& form : one["forms"]) {
    EXPECT_LE(form["worth"]["low"], form["worth"]["mean"]);
    EXPECT_GE(form["worth"]["high"], form["worth"]["mean"]);
  }
  const json fair = ask({"offers"});
  EXPECT_EQ(fair["plan"], plan_);
  EXPECT_FALSE(fair["groups"].empty());
  for (const json& group : fair["groups"]) {
    EXPECT_GE(group["depth"], 0);
    EXPECT_LE(group["depth"], 1);
    EXPECT_TRUE(group["p_value"].is_number());
  }
}

TEST_F(Insight, LearnedSaysThatNothingWasYet) { EXPECT_TRUE(ask({"learned"}).is_object()); }

TEST(InsightOfNothing, SaysWhatToImport) {
  const tests::Program winback;
  for (const std::vector<std::string>& verb : std::vector<std::vector<std::string>>{
           {"recommend"}, {"recommend", "--customer", "1"}, {"profiles"}, {"balance"}, {"offers"}, {"offers", "--customer", "1"}}) {
    const Ran ran = winback(verb);
    EXPECT_EQ(ran.status, 1) << verb[0] << ran.out;
    EXPECT_TRUE(ran.out.empty()) << ran.out;
    EXPECT_GT(ran.err.size(), 20U) << verb[0];
  }
}

}  // namespace
