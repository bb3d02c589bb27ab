#include "pages/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/places.h"
#include "tests/support/strings.h"
#include "tests/support/tally.h"

namespace pages {
namespace {

using testing::HasSubstr;
using testing::Not;

Frame frame(const std::string& given, text::Language language = text::Language::en) {
  return {language, given, given, "/pages.css", "/p/token"};
}

/// Every page with this text wherever data may stand.
std::vector<std::string> all_pages(const std::string& given, text::Language language = text::Language::en) {
  const Frame f = frame(given, language);
  Preferences what;
  what.action = "/p/token";
  what.erase = "/p/token/erase";
  what.address = given;
  what.saved = what.stopped = what.offers_non_personalised = true;
  what.paused_until = base::Day{std::chrono::year{2026} / 4 / 1};
  what.topics = {{"win_back", true}, {given, false}};
  what.channels = {{"email", true}, {given, true}};
  what.why = {*what.paused_until, given, *what.paused_until, *what.paused_until, given, true, true, false};
  Preferences quiet;
  quiet.action = "/p/token";
  return {unsubscribe(f, {"/u/token", given, "/p/token"}), unsubscribe(f, {"/u/token", "", ""}), unsubscribed(f, "/p/token"),
          preferences(f, what), preferences(f, quiet), erase(f, {"/p/token/erase", "/p/token", true}), erased(f), expired(f), busy(f),
          failed(f)};
}

/// The markup alone: every tag as it stands, without the text between; what data can change is only inside values.
std::string tags(const std::string& html, const std::string& given) {
  std::string out;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at)) {
    const std::size_t end = html.find('>', at);
    std::string tag = html.substr(at, end + 1 - at);
    if (const std::size_t value = tag.find(" value=\""); value != std::string::npos) {
      const std::size_t close = tag.find('"', value + 8);
      tag.replace(value + 8, close - value - 8, "…");
    }
    out += tag;
    at = end;
  }
  EXPECT_EQ(out.find("<script"), std::string::npos) << given;
  return out;
}

void stay_inert(const std::string& suite, int at_least) {
  WB_NEED_SHARED(file, suite);
  const auto plain = all_pages("x");
  tests::Tally tally{suite + " on public pages"};
  for (const std::string& given : tests::json_strings(file)) {
    if (given.empty()) continue;  // an empty name leaves its place out
    const auto made = all_pages(given);
    for (std::size_t i = 0; i < plain.size(); ++i) {
      EXPECT_EQ(tags(made[i], given), tags(plain[i], "x")) << "page " << i << ": " << given;
    }
    tally.end_of_case();
  }
  EXPECT_GE(tally.cases(), at_least);
}

TEST(Pages, XssPayloadsStayInert) { stay_inert("suites/payloads/xss.json", 180); }
TEST(Pages, NaughtyStringsStayInert) { stay_inert("suites/naughty-strings/blns.json", 265); }

TEST(Pages, AreWholeAndAccessibleInEveryLanguage) {
  for (const auto language : {text::Language::en, text::Language::zh_cn, text::Language::zh_tw}) {
    for (const std::string& page : all_pages("Bean & Leaf", language)) {
      EXPECT_THAT(page, testing::StartsWith("<!doctype html>\n<html lang=\"" + std::string{text::name_of(language)} + "\">"));
      EXPECT_THAT(page, HasSubstr("name=\"viewport\""));
      EXPECT_THAT(page, HasSubstr("<main>"));
      EXPECT_THAT(page, HasSubstr("<h1"));
      EXPECT_THAT(page, Not(HasSubstr("{")));
      EXPECT_THAT(page, Not(HasSubstr("style=")));
      EXPECT_THAT(page, Not(HasSubstr("http")));  // nothing is fetched from, or told to, anybody else
      EXPECT_THAT(page, HasSubstr("<title>"));
      // Every input stands in its label.
      for (std::size_t at = page.find("<input"); at != std::string::npos; at = page.find("<input", at + 1)) {
        EXPECT_EQ(page.rfind("<label", at), page.rfind("<label class=\"option\">", at));
        EXPECT_GT(page.rfind("<label", at), page.rfind("</label", at) == std::string::npos ? 0 : page.rfind("</label", at));
      }
    }
  }
}

TEST(Pages, MaskAddresses) {
  EXPECT_EQ(masked("anna@example.com"), "a•••@example.com");
  EXPECT_EQ(masked("@example.com"), "•••@example.com");
  EXPECT_EQ(masked("李雷@例子.中国"), "李•••@例子.中国");
  EXPECT_EQ(masked("+8613800138042"), "•••42");
  EXPECT_EQ(masked("12345"), "•••");
  EXPECT_EQ(masked(""), "•••");
}

TEST(Pages, PreferALanguageOfOurs) {
  using text::Language;
  EXPECT_EQ(preferred_language("zh-TW,zh;q=0.9,en;q=0.8"), Language::zh_tw);
  EXPECT_EQ(preferred_language("fr-FR, fr;q=0.9, zh-CN;q=0.7"), Language::zh_cn);
  EXPECT_EQ(preferred_language("de"), Language::en);
  EXPECT_EQ(preferred_language(""), Language::en);
  EXPECT_EQ(preferred_language(std::string(10'000, ',')), Language::en);
}

}  // namespace
}  // namespace pages
