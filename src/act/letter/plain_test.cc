#include "act/letter/plain.h"

#include <gmock/gmock.h>

#include "act/letter/check.h"
#include "act/letter/data.h"

namespace act::letter {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kText = R"(<!-- for translators: keep it short -->
# first
subject: Hello {{ customer.first_name }}
title: Hello
short: Your tea is here: {{ link }}
button: To {{ shop.name | upcase }} | {{ links.shop | default: links.shop }}
template.sms: SMS_1 | name = {{ customer.first_name | upcase }} | url = {{ link }}

Dear {{ customer.first_name }}, tea < coffee & "milk".
A second line, and [a link]({{ links.shop }}).

## Why
- fresh
- {{ shop.name }}

{% render 'products', products: recommendations %}

# second
subject: Only short
short: Nothing more to say. {{ link }}
)";

base::Result<Letters> load(std::string_view text, std::string_view path = "letters/tea.en.md") {
  WB_ASSIGN(const auto sources, read_plain(path, text, shipped_frame()));
  return Letters::load(sources, shipped_partials());
}

model::Content rendered(const Letters& letters, const char* id, const char* channel) {
  const LetterData data = sample_data(Language::en);
  Occasion occasion{.now = base::Instant{data.today}, .link = [](std::string_view url) { return "t:" + std::string(url); }, .channel = channel};
  auto content = render(letters, *letters.find(id), value_of(data), occasion);
  EXPECT_TRUE(content) << content.error().message;
  return content.value_or(model::Content{});
}

TEST(PlainLetter, BecomesAPage) {
  const auto letters = load(kText);
  ASSERT_TRUE(letters) << letters.error().message;
  const model::Content content = rendered(*letters, "tea/first", "email");
  EXPECT_EQ(content.subject, "Hello Mary");
  EXPECT_THAT(content.html, HasSubstr("Dear Mary, tea &lt; coffee &amp; &quot;milk&quot;.<br>A second line, and <a href=\"t:https://shop.example/\">a link</a>."));
  EXPECT_THAT(content.html, HasSubstr("Why</h2>"));
  EXPECT_THAT(content.html, HasSubstr(">fresh</li>"));
  EXPECT_THAT(content.html, HasSubstr("Pier espresso"));
  EXPECT_THAT(content.html, HasSubstr("To NORTH &amp; SONS COFFEE"));
  EXPECT_THAT(content.html, HasSubstr("lang=\"en\""));
  EXPECT_THAT(content.html, Not(HasSubstr("@@")));
  EXPECT_TRUE(check(*letters, *letters->find("tea/first"), {}).empty());
}

TEST(PlainLetter, HasAShortForm) {
  const auto letters = load(kText);
  ASSERT_TRUE(letters);
  const model::Content content = rendered(*letters, "tea/first", "sms");
  EXPECT_EQ(content.subject, "Hello");
  EXPECT_EQ(content.text, "Your tea is here: t:https://shop.example/");
  EXPECT_EQ(content.link, "t:https://shop.example/");
  EXPECT_EQ(content.template_id, "SMS_1");
  EXPECT_EQ(content.fields, (std::vector<std::pair<std::string, std::string>>{{"name", "MARY"}, {"url", "t:https://shop.example/"}}));
  EXPECT_TRUE(content.html.empty());
  EXPECT_EQ(rendered(*letters, "tea/first", "push").template_id, "") << "the template of one channel is not another's";
}

TEST(PlainLetter, WithoutParagraphsSaysItsShortText) {
  const auto letters = load(kText);
  ASSERT_TRUE(letters);
  const model::Content content = rendered(*letters, "tea/second", "email");
  EXPECT_THAT(content.html, HasSubstr("Nothing more to say."));
  EXPECT_THAT(content.html, Not(HasSubstr("class=\"first-button\""))) << "no button where none was written";
}

TEST(PlainLetter, MistakesAreToldWithTheirLine) {
  const auto says = [](std::string_view text, std::string_view path = "letters/tea.en.md") {
    const auto letters = load(text, path);
    if (!letters) return letters.error().message;
    std::string all;
    for (const Letter& letter : letters->all()) {
      for (const auto& problem : check(*letters, letter, {})) all += fmt::format("{}:{}: {}\n", problem.file, problem.line, problem.sentence);
    }
    return all;
  };
  EXPECT_THAT(says("# a\nsubject: x\n\nHello {{ customer.frist_name }}\n"), HasSubstr("letters/tea.en.md:4: there is no variable 'customer.frist_name'"));
  EXPECT_THAT(says("\n# a\nshort: x\n"), HasSubstr("letters/tea.en.md:2: the letter 'a' has no subject"));
  EXPECT_THAT(says("# a\nsubject: x\ncolour: red\n"), HasSubstr("letters/tea.en.md:3: 'colour' is not known here"));
  EXPECT_THAT(says("# a\nsubject: x\nbutton: only words\n"), HasSubstr("letters/tea.en.md:3: a button has"));
  EXPECT_THAT(says("# a\nsubject: x\nshort: last chance!\n"), HasSubstr("letters/tea.en.md:3: 'last chance' hurries"));
  EXPECT_THAT(says("# a\nsubject: x\ntemplate.sms: S | name\n"), HasSubstr("letters/tea.en.md:3: 'name' must fill"));
  EXPECT_THAT(says("hello\n"), HasSubstr("letters/tea.en.md:1: each letter begins with its name"));
  EXPECT_THAT(says("# a\nsubject: x\n", "letters/tea.md"), HasSubstr("letters/tea.md: the file's name does not say its language"));
  EXPECT_THAT(says("# A b\nsubject: x\n"), HasSubstr("'A b' is no name of a letter"));
}

}  // namespace
}  // namespace act::letter
