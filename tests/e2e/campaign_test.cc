// A campaign from the command line: what is refused and how it is said, approval by a second person, versions, previews in
// three languages, and sixty days by a fast clock.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/places.h"
#include "tests/support/program.h"

namespace {

using tests::Ran;

constexpr std::string_view kSettings = R"(currency: GBP
shop: {name: {en: Harbour & Hill, zh-CN: 山海小铺, zh-TW: 山海小舖}, address: 12 Quay Street, url: https://shop.example, email: hello@shop.example}
public_url: https://news.shop.example
mail: {from: news@shop.example, smtp: "smtp://127.0.0.1:1", insecure: true}
)";

/// One shop for all tests here: making it takes seconds.
class Campaign : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    winback_ = new tests::Program;
    const tests::Program& winback = *winback_;
    ASSERT_EQ(winback({"simulate", "--customers", "600", "--seed", "3", "--out", "shop"}).status, 0);
    for (const char* kind : {"products", "customers", "orders"}) {
      std::filesystem::create_directories(winback.data());
      const Ran ran = winback({"import", kind, fmt::format("shop/{}.csv", kind), "--currency", "GBP"});
      ASSERT_EQ(ran.status, 0) << ran.err;
    }
    tests::write_file(winback.data() / "winback.yaml", kSettings);
    const Ran ran = winback({"plan", "--budget", "3000"});
    ASSERT_EQ(ran.status, 0) << ran.err;
  }
  static void TearDownTestSuite() {
    delete winback_;
    winback_ = nullptr;
  }

  Ran run(std::vector<std::string> arguments) const { return (*winback_)(std::move(arguments)); }
  std::string journey(std::string_view name, std::string_view steps, std::string_view head = "entry: {plan: latest}") const {
    const std::string file = fmt::format("{}.yaml", name);
    tests::write_file(winback_->here() / file, fmt::format("journey: {}\ntitle: {{en: Test, zh-CN: 试, zh-TW: 試}}\ntopic: win_back\n{}\nexits: [bought]\nsteps:\n{}", name, head, steps));
    return file;
  }
  void expect_refused(const std::string& file, std::string_view part) const {
    const Ran ran = run({"campaign", "validate", file});
    EXPECT_EQ(ran.status, 1) << ran.out;
    EXPECT_NE(ran.err.find(part), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find(", line "), std::string::npos) << ran.err;
  }
  void letter(std::string_view name, std::string_view text) const {
    std::filesystem::create_directories(winback_->data() / "letters" / "own");
    tests::write_file(winback_->data() / "letters" / "own" / name, text);
  }

  static tests::Program* winback_;
};
tests::Program* Campaign::winback_ = nullptr;

TEST_F(Campaign, ShippedJourneysAreInOrder) {
  for (const char* name : {"five-letters", "welcome-back"}) {
    const Ran ran = run({"campaign", "validate", name});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_NE(ran.out.find("en, zh-CN, zh-TW"), std::string::npos) << ran.out;
  }
}

TEST_F(Campaign, BadJourneysAreRefusedWithFileAndLine) {
  expect_refused(journey("unreachable", "  - step: a\n    exit: done\n  - step: b\n    wait: 1 day\n"), "unreachable.yaml, line 9");
  expect_refused(journey("endless", "  - step: a\n    branch:\n      - {when: orders > 3, go: b}\n    then: b\n  - step: b\n    tag: {add: [x]}\n    then: a\n"), "endless.yaml, line");
  expect_refused(journey("stranger", "  - step: a\n    message: five-letters/nothing\n"), "five-letters/nothing");
  expect_refused(journey("field", "  - step: a\n    branch:\n      - {when: colour = red, go: end}\n"), "colour");
  expect_refused(journey("offer", "  - step: a\n    offer: no_such_offer\n"), "no_such_offer");
  expect_refused(journey("inside", "  - step: a\n    webhook: https://localhost/hook\n"), "not called");
  expect_refused(journey("plain", "  - step: a\n    webhook: http://shop.example/hook\n"), "https");
  expect_refused(journey("words", "  - step: a\n    waits: 3 days\n"), "words.yaml, line");
}

TEST_F(Campaign, BadLettersAreRefusedWithFileAndLine) {
  const std::string links = "<a href=\"{{ links.unsubscribe }}\">u</a> <a href=\"{{ links.preferences }}\">p</a> {{ shop.address }}";
  const std::string file = journey("own-letters", "  - step: a\n    message: own/note\n");
  const auto with = [&](std::string_view body) { letter("note.en.html", fmt::format("---\nsubject: Hello\n---\n<p>{}</p>\n{}\n", body, links)); };
  with("Dear {{ customer.nickname }}");
  expect_refused(file, "customer.nickname");
  with("Only 24 hours left");
  expect_refused(file, "24 hours");
  with("最后机会");
  expect_refused(file, "最后机会");
  with("{{ facts.rating }}");
  expect_refused(file, "rating");
  with("{% for i in (1..100000000) %}x{% endfor %}");
  expect_refused(file, "note.en.html");
  letter("note.en.html", "---\nsubject: Hello\n---\n<p>No way out</p>\n");
  expect_refused(file, "unsubscribe");
  with("Hello {{ customer.first_name }}");
  const Ran ran = run({"campaign", "validate", file});
  EXPECT_EQ(ran.status, 0) << ran.err;
}

TEST_F(Campaign, LettersNeedAnAddressWithTls) {
  std::string settings{kSettings};
  settings.replace(settings.find("https://news"), 5, "http");
  tests::write_file(winback_->data() / "winback.yaml", settings);
  const Ran ran = run({"campaign", "validate", "five-letters"});
  tests::write_file(winback_->data() / "winback.yaml", kSettings);
  EXPECT_EQ(ran.status, 1) << ran.out;
  EXPECT_NE(ran.err.find("public_url must begin with https://"), std::string::npos) << ran.err;
}

TEST_F(Campaign, ASecondPersonApprovesWhatIsCostly) {
  tests::write_file(winback_->data() / "winback.yaml", fmt::format("{}approval_above: 1\n", kSettings));
  const Ran alone = run({"campaign", "launch", "five-letters", "--by", "ann"});
  EXPECT_EQ(alone.status, 1);
  EXPECT_NE(alone.err.find("campaign approve"), std::string::npos) << alone.err;
  EXPECT_EQ(run({"campaign", "approve", "five-letters", "--by", "ann"}).status, 0);
  EXPECT_EQ(run({"campaign", "launch", "five-letters", "--by", "ann"}).status, 1) << "one's own word is no second one";
  EXPECT_EQ(run({"campaign", "approve", "five-letters", "--by", "ben"}).status, 0);
  const Ran both = run({"campaign", "launch", "five-letters", "--by", "ann"});
  EXPECT_EQ(both.status, 0) << both.err;
  tests::write_file(winback_->data() / "winback.yaml", kSettings);

  // Versions, on the campaign that now runs.
  EXPECT_EQ(run({"campaign", "launch", "five-letters"}).status, 1) << "the same text again is no launch";
  const std::string file = journey("five-letters", "  - step: memory\n    message: five-letters/memory\n");
  const Ran diff = run({"campaign", "diff", file});
  EXPECT_EQ(diff.status, 0) << diff.err;
  EXPECT_NE(diff.out.find("goodbye"), std::string::npos) << diff.out;
  EXPECT_EQ(run({"campaign", "launch", file, "--move-running"}).status, 1) << "steps are gone at which customers may stand";
  EXPECT_EQ(run({"campaign", "launch", file}).status, 0);
  EXPECT_NE(run({"campaign", "status", "--json"}).out.find("\"version\": 2"), std::string::npos);
  EXPECT_EQ(run({"campaign", "pause", "five-letters", "--why", "stock"}).status, 0);
  EXPECT_NE(run({"campaign", "status"}).out.find("stock"), std::string::npos);
  EXPECT_EQ(run({"campaign", "resume", "five-letters"}).status, 0);
  EXPECT_EQ(run({"campaign", "pause", "nothing"}).status, 1);
}

TEST_F(Campaign, LettersAreShownAsCustomersWillSeeThem) {
  for (const char* language : {"en", "zh-CN", "zh-TW"}) {
    const Ran ran = run({"campaign", "preview", "five-letters", "--language", language, "--out", "letters"});
    ASSERT_EQ(ran.status, 0) << ran.err;
    for (const char* name : {"memory", "exclusive", "value", "last_call", "goodbye"}) {
      const std::string html = tests::read_file(winback_->here() / fmt::format("letters/five-letters.{}.{}.html", name, language));
      EXPECT_GT(html.size(), 3000U);
      EXPECT_EQ(html.find("{{"), std::string::npos);
      EXPECT_GT(tests::read_file(winback_->here() / fmt::format("letters/five-letters.{}.{}.txt", name, language)).size(), 200U);
    }
  }
  const Ran sql = run({"sql", "SELECT customer_id FROM v_profiles ORDER BY customer_id LIMIT 1", "--format", "TSV"});
  const std::string customer = sql.out.substr(0, sql.out.find('\n'));
  const Ran real = run({"campaign", "preview", "five-letters/memory", "--customer", customer, "--out", "real"});
  EXPECT_EQ(real.status, 0) << real.err;
  EXPECT_EQ(run({"campaign", "preview", "five-letters/memory", "--customer", "nobody", "--out", "real"}).status, 1);
}

TEST_F(Campaign, SixtyDaysByAFastClock) {
  const Ran first = run({"campaign", "simulate", "five-letters", "--days", "60", "--json"});
  ASSERT_EQ(first.status, 0) << first.err;
  EXPECT_NE(first.out.find("\"held_out\": true"), std::string::npos);
  const Ran told = run({"campaign", "simulate", "five-letters", "--days", "60", "--lang", "zh-CN"});
  EXPECT_NE(told.out.find("路径 1"), std::string::npos) << told.out;
  const auto without_time = [](const std::string& json) { return json.substr(json.find("\"customers\"")); };
  const Ran again = run({"campaign", "simulate", "five-letters", "--days", "60", "--json"});
  EXPECT_TRUE(without_time(first.out) == without_time(again.out));
}

TEST_F(Campaign, EveryPlaybookCanBeRehearsed) {
  for (const auto& file : std::filesystem::directory_iterator{tests::source_dir() / "templates/journeys"}) {
    const std::string name = file.path().stem().string();
    const Ran told = run({"campaign", "simulate", name, "--days", "60", "--customers", "40", "--json"});
    ASSERT_EQ(told.status, 0) << name << ": " << told.err;
    EXPECT_NE(told.out.find("\"story\": ["), std::string::npos) << name << ": nobody walked it";
  }
}

}  // namespace
