#include "app/mjml.h"

#include <gtest/gtest.h>

#include "act/letter/letter.h"
#include "tests/support/places.h"

namespace {

constexpr std::string_view kLetter =
    "---\nsubject: Hello {{ customer.name }}\n---\n<mjml>\n<mj-include path=\"head\" />\n<mj-body><mj-section><mj-column>\n"
    "<mj-text>您好 {{ customer.name | default: \"you\" }} {% render 'footer' %}</mj-text>\n</mj-column></mj-section></mj-body></mjml>\n";

app::Mjml::Config config(const tests::TemporaryFolder& folder) {
  return {.script = tests::binary_dir() / "mjml" / "mjml.cjs", .cache = folder.path() / "cache"};
}

#define WB_NEED_NODE() \
  if (std::system("node --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "skipped: node is not installed"

TEST(MjmlLetters, BecomeLettersThatCanBeSent) {
  WB_NEED_NODE();
  const tests::TemporaryFolder folder;
  const app::Mjml mjml(config(folder));
  const auto html = mjml.compile("a.en.mjml", kLetter);
  ASSERT_TRUE(html.has_value()) << html.error().message;
  EXPECT_TRUE(html->starts_with("---\nsubject: Hello {{ customer.name }}\n---\n<!doctype html>")) << html->substr(0, 200);
  EXPECT_NE(html->find("{{ customer.name | default: \"you\" }}"), std::string::npos);
  const act::letter::Source source{"letters/a/b.en.mjml", std::string(kLetter), *html};
  EXPECT_TRUE(act::letter::Letters::load(std::vector{source}, act::letter::shipped_partials()).has_value());
}

TEST(MjmlLetters, AreCompiledOnce) {
  WB_NEED_NODE();
  const tests::TemporaryFolder folder;
  app::Mjml::Config kept = config(folder);
  const auto first = app::Mjml(kept).compile("a", kLetter);
  kept.node = "no-such-program";
  const auto again = app::Mjml(kept).compile("a", kLetter);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(*again, *first);
  app::Mjml other(kept);
  other.set_part("head", "<mj-head></mj-head>");
  EXPECT_FALSE(other.compile("a", kLetter).has_value());
}

TEST(MjmlLetters, MistakesNameFileAndLine) {
  WB_NEED_NODE();
  const tests::TemporaryFolder folder;
  const app::Mjml mjml(config(folder));
  const auto error = [&](std::string_view text) { return mjml.compile("a.en.mjml", text).error().message; };
  EXPECT_EQ(error("---\nsubject: a\n---\n<mjml><mj-body>\n<mj-section>\n<mj-colum></mj-colum></mj-section></mj-body></mjml>"),
            "a.en.mjml:6: Element mj-colum doesn't exist or is not registered");
  EXPECT_EQ(error("---\nsubject: a\n---\n<mjml>\n<mj-include path=\"haed\" /></mjml>"), "a.en.mjml:5: there is no part 'haed'");
  EXPECT_TRUE(error("just text").starts_with("a.en.mjml:1: this is no MJML")) << error("just text");
  EXPECT_EQ(mjml.compile("a", "\xFF\xFE").error().message, "a: the letter is not UTF-8; save it as UTF-8");
}

TEST(MjmlLetters, WithoutNodeOrInTimeSayWhatToDo) {
  const tests::TemporaryFolder folder;
  app::Mjml::Config none = config(folder);
  none.node = "no-such-program";
  EXPECT_NE(app::Mjml(none).compile("a", kLetter).error().message.find("install Node.js 18 or later"), std::string::npos);
  none.script = folder.path() / "nothing.cjs";
  EXPECT_NE(app::Mjml(none).compile("a", kLetter).error().message.find("which is not there"), std::string::npos);
  app::Mjml::Config slow = config(folder);
  slow.node = "cat";  // gives the script back and never reads its input
  EXPECT_EQ(app::Mjml(slow).compile("a", kLetter).error().code, base::Code::internal);
  tests::write_file(folder.path() / "wait.sh", "sleep 60\n");
  slow.node = "sh";
  slow.script = folder.path() / "wait.sh";
  slow.limit = std::chrono::milliseconds{200};
  EXPECT_EQ(app::Mjml(slow).compile("a", kLetter).error().code, base::Code::timeout);
}

}  // namespace
