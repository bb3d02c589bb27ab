#include "act/letter/letter.h"

#include <gtest/gtest.h>

#include "act/letter/check.h"
#include "act/letter/data.h"
#include "act/letter/front_matter.h"
#include "act/letter/urgency.h"

namespace act::letter {
namespace {

constexpr std::string_view kFoot = "{{ links.unsubscribe }} {{ links.less_often }}";

Letters one(std::string_view body, std::string_view front = "subject: Hello", std::string_view path = "letters/a/b.en.html") {
  const Source source{std::string(path), fmt::format("---\n{}\n---\n{}", front, body), {}};
  auto letters = Letters::load(std::vector{source}, shipped_partials());
  EXPECT_TRUE(letters.has_value()) << letters.error().message;
  return std::move(*letters);
}

std::vector<std::string> problems_of(const Letters& letters, const Known& known = {}) {
  std::vector<std::string> found;
  for (const Problem& problem : check(letters, letters.all().front(), known)) found.push_back(fmt::format("{}:{}: {}", problem.file, problem.line, problem.sentence));
  return found;
}

base::Result<model::Content> rendered(const Letters& letters, Occasion occasion = {}) {
  const LetterData data = sample_data(occasion.reader);
  return render(letters, letters.all().front(), value_of(data), occasion);
}

TEST(LetterLanguages, AreReadAndFallBack) {
  EXPECT_EQ(parse_language("zh_TW"), Language::zh_tw);
  EXPECT_EQ(parse_language("zh-Hant-HK"), Language::zh_tw);
  EXPECT_EQ(parse_language("zh-Hans-HK"), Language::zh_cn);
  EXPECT_EQ(parse_language("zh"), Language::zh_cn);
  EXPECT_EQ(parse_language("EN-gb"), Language::en);
  EXPECT_EQ(parse_language("fr"), std::nullopt);
  const Source cn{"letters/a/b.zh-CN.html", "---\nsubject: 您好\n---\nx", {}}, en{"letters/a/b.en.html", "---\nsubject: Hello\n---\nx", {}};
  const auto both = Letters::load(std::vector{cn, en}, {});
  EXPECT_EQ(variant_for(both->all()[0], Language::zh_tw, Language::en).language, Language::zh_cn);
  EXPECT_EQ(variant_for(both->all()[0], Language::en, Language::zh_cn).language, Language::en);
  const auto chinese = Letters::load(std::vector{cn}, {});
  EXPECT_EQ(variant_for(chinese->all()[0], Language::en, Language::zh_tw).language, Language::zh_cn);
}

TEST(LetterFiles, MistakesOnTopAreNamedWithTheirLine) {
  const auto error = [](std::string_view text) { return read_front_matter("a.en.html", text).error().message; };
  EXPECT_EQ(error("<p>x</p>"), "a.en.html:1: a letter begins with a line '---', its subject, and another line '---'");
  EXPECT_EQ(error("---\nsubject: a\nsubjct: b\n---\n"), "a.en.html:3: 'subjct' is not known here; a letter has subject, preheader, title, short, link, template.<channel>, purpose, money, adults_only and survey");
  EXPECT_EQ(error("---\nsubject: a\nsubject: b\n---\n"), "a.en.html:3: 'subject' stands twice; remove one");
  EXPECT_EQ(error("---\npurpose: marketing\n---\n"), "a.en.html:3: the letter has no subject; add a line 'subject: …'");
  EXPECT_EQ(error("---\npurpose: spam\n---\n"), "a.en.html:2: 'spam' is no purpose; write marketing, service or transactional");
  EXPECT_EQ(error("---\nsubject: a\n"), "a.en.html:2: the lines on top are not closed; end them with a line '---'");
  const auto good = read_front_matter("a", "---\r\nsubject: a: b\r\nmoney: yes\r\n---\r\nbody\r\n");
  EXPECT_EQ(good->subject, "a: b");
  EXPECT_TRUE(good->gives_money);
  EXPECT_TRUE(read_front_matter("a", "---\nsubject: a\nmoney: no\nadults_only: yes\n---\n")->gives_money) << "minors never get it";
  EXPECT_EQ(error("---\nsubject: a\nadults_only: maybe\n---\n"), "a.en.html:3: adults_only must be yes or no");
  EXPECT_EQ(good->body, "body\r\n");
  EXPECT_EQ(good->body_line, 5U);
}

TEST(LetterFiles, LiquidMistakesNameTheFilesLine) {
  const Source source{"letters/a/b.en.html", "---\nsubject: Hello\n---\n<p>\n{{ customer.name | upcas }}", {}};
  const auto letters = Letters::load(std::vector{source}, {});
  ASSERT_FALSE(letters.has_value());
  EXPECT_EQ(letters.error().message, "letters/a/b.en.html:5:20: there is no filter 'upcas'; check how it is spelled");
  EXPECT_FALSE(Letters::load(std::vector{Source{"letters/a/b.html", source.text, {}}}, {}).has_value());
  EXPECT_NE(Letters::load(std::vector{Source{"letters/a/b.en.mjml", source.text, {}}}, {}).error().message.find("not compiled"), std::string::npos);
}

TEST(LetterCheck, UnknownVariablesPartialsAndFacts) {
  const KnownFact held{"roasting", base::Day{std::chrono::year{2026} / 1 / 31}};
  const Known known{.facts = {&held, 1}, .today = base::Day{std::chrono::year{2026} / 2 / 1}};
  EXPECT_EQ(problems_of(one(fmt::format("{}\n{{{{ custmer.name }}}}\n{{% for p in recommendations %}}{{{{ p.prise }}}}{{% endfor %}}", kFoot))),
            (std::vector<std::string>{"letters/a/b.en.html:5: there is no variable 'custmer.name'; docs/letters.md lists those there are",
                                      "letters/a/b.en.html:6: there is no variable 'recommendations[].prise'; docs/letters.md lists those there are"}));
  EXPECT_EQ(problems_of(one(std::string(kFoot) + "{{ facts.roasting }}\n{{ facts.fastest }}"), known),
            (std::vector<std::string>{"letters/a/b.en.html:4: the fact 'roasting' held until 2026-01-31; check it and set a new last day in facts.yaml, or leave the claim out",
                                      "letters/a/b.en.html:5: there is no fact 'fastest'; add it to facts.yaml with its source and its last day, or leave the claim out"}));
  const auto missing = problems_of(one(std::string(kFoot) + "\n{% render 'fotter' %}"));
  ASSERT_EQ(missing.size(), 2U);
  EXPECT_TRUE(missing[1].starts_with("letters/a/b.en.html:5: there is no partial 'fotter'")) << missing[1];
  EXPECT_TRUE(problems_of(one(std::string(kFoot) + "{{ orders.last.items.first.name }}{{ recommendations.size }}{{ orders.last.items[0].name.size }}")).empty());
  EXPECT_EQ(problems_of(one(kFoot, "subject: {{ custmer }}")).size(), 2U);
}

TEST(LetterCheck, AMarketingLetterNeedsItsLinks) {
  EXPECT_EQ(problems_of(one("x")).size(), 2U);
  EXPECT_EQ(problems_of(one("{{ links.unsubscribe }}")).size(), 1U);
  EXPECT_TRUE(problems_of(one("x", "subject: Your parcel\npurpose: service")).empty());
  EXPECT_TRUE(problems_of(one("{% render 'footer' %}")).empty());
}

TEST(LetterCheck, WhatIsTooLongOrGoesOnForEver) {
  EXPECT_NE(problems_of(one(std::string(kFoot) + std::string(200'000, 'x'))).at(0).find("mail services cut it off"), std::string::npos);
  const auto endless = problems_of(one(std::string(kFoot) + "{% for i in (1..90000) %}{% for j in (1..90000) %}x{% endfor %}{% endfor %}"));
  ASSERT_EQ(endless.size(), 1U);
  EXPECT_NE(endless[0].find("go round more than"), std::string::npos) << endless[0];
}

TEST(LetterCheck, PlainWordsThatHurryAreRefusedAndFactsAreNot) {
  const auto phrases = [](std::string_view text) {
    std::vector<std::string> found;
    for (const Urgency& one_found : find_urgency(text, 10)) found.push_back(fmt::format("{}:{}", one_found.line, one_found.phrase));
    return found;
  };
  using List = std::vector<std::string>;
  EXPECT_EQ(phrases("This is your LAST\n  chance"), List{"10:last chance"});
  EXPECT_EQ(phrases("ends in <b>24</b> hours"), List{"10:24 hours"});
  EXPECT_EQ(phrases("x\nonly three left in stock"), List{"11:only three left"});
  EXPECT_EQ(phrases("最后机会"), List{"10:最后机会"});
  EXPECT_EQ(phrases("优惠仅剩３天，限时"), (List{"10:仅剩", "10:限时"}));
  EXPECT_EQ(phrases("还有24小时"), List{"10:24小时"});
  EXPECT_EQ(phrases("最後兩天，僅剩 5 件"), (List{"10:最後兩天", "10:僅剩"}));
  EXPECT_EQ(phrases("don’t miss out"), List{"10:don't miss out"});
  EXPECT_EQ(phrases("everlasting chances, hurrying, 124 hoursglass, the last chances of spring"), List{});
  EXPECT_TRUE(problems_of(one(std::string(kFoot) + "It works until {{ offer.ends_at }}; {{ recommendations[0].stock }} left in stock.")).empty());
  const auto found = problems_of(one(std::string(kFoot) + "\nOnly 3 left", "subject: Last chance\npreheader: {{ offer.code | default: '仅限今天' }}"));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_TRUE(found[0].starts_with("letters/a/b.en.html:2: 'last chance' hurries")) << found[0];
  EXPECT_TRUE(found[1].starts_with("letters/a/b.en.html:3: '仅限今天' hurries")) << found[1];
  EXPECT_TRUE(found[2].starts_with("letters/a/b.en.html:6: 'only 3 left' hurries")) << found[2];
}

TEST(LetterRender, AMissingVariableIsAnErrorAndNotAnEmptyPlace) {
  const Letters letters = one("Dear {{ customer.nick }}");
  const auto refused = rendered(letters);
  ASSERT_FALSE(refused.has_value());
  EXPECT_TRUE(refused.error().message.starts_with("letters/a/b.en.html:4:9: there is no 'customer.nick'")) << refused.error().message;
  EXPECT_TRUE(rendered(letters, {.strict = false}).has_value());
}

TEST(LetterRender, LinksArePassedOnAndTheOnesForLeavingAreNot) {
  const Letters letters = one("<a href=\"{{ links.shop }}?a=1&amp;b=2\">x</a><a data-untracked href='https://y.example'>y</a>"
                              "<a href=\"{{ links.unsubscribe }}\">u</a><a href=\"mailto:a@b.c\">m</a><a class=\"q\" HREF=https://z.example>z</a>");
  Occasion occasion;
  occasion.link = [](std::string_view url) { return fmt::format("https://t/?u={}&k", url); };
  occasion.open_url = "https://t/o?a&b";
  const auto content = rendered(letters, occasion);
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(content->html,
            "<a href=\"https://t/?u=https://shop.example/?a=1&amp;b=2&amp;k\">x</a><a href='https://y.example'>y</a>"
            "<a href=\"https://shop.example/u/8f2a61\">u</a><a href=\"mailto:a@b.c\">m</a><a class=\"q\" HREF=https://t/?u=https://z.example&amp;k>z</a>"
            "<img src=\"https://t/o?a&amp;b\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;width:1px;height:1px;border:0\">");
  EXPECT_EQ(content->text.find("https://t/"), std::string::npos);
}

TEST(LetterRender, DataCannotBringInLinksThatRunNorHeaderLines) {
  LetterData data = sample_data(Language::en);
  data.customer.name = "Eve\r\nBcc: all@example";
  const Letters letters = one("<a href=\"{{ recommendations[0].url }}\">x</a>", "subject: For {{ customer.name }}");
  for (const char* url : {"javascript:alert(1)", " java\tscript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "&#106;avascript:x"}) {
    data.recommendations[0].url = url;
    const auto content = render(letters, letters.all().front(), value_of(data), {});
    ASSERT_TRUE(content.has_value());
    EXPECT_TRUE(content->html == "<a href=\"#\">x</a>" || content->html.find("&amp;#106;") != std::string::npos) << content->html;
    EXPECT_EQ(content->subject, "For Eve Bcc: all@example");
  }
}

TEST(LetterData, SeasonsAndWhatIsEmptyIsAbsent) {
  const auto day = [](int y, unsigned m, unsigned d) { return base::Day{std::chrono::year{y} / std::chrono::month{m} / std::chrono::day{d}}; };
  using Season = std::pair<std::string_view, int>;
  EXPECT_EQ(season_of(day(2025, 12, 3), false), (Season{"winter", 2025}));
  EXPECT_EQ(season_of(day(2026, 2, 3), false), (Season{"winter", 2025}));
  EXPECT_EQ(season_of(day(2026, 3, 1), false), (Season{"spring", 2026}));
  EXPECT_EQ(season_of(day(2026, 11, 30), true), (Season{"spring", 2026}));
  EXPECT_EQ(season_of(day(2026, 1, 30), true), (Season{"summer", 2025}));
  LetterData data = sample_data(Language::en);
  data.customer.first_name.clear();
  data.offer.reset();
  EXPECT_TRUE(value_of(data).find("offer").is_nil());
  const Letters letters = one("{% if customer.first_name %}a{% else %}b{% endif %}");
  EXPECT_EQ(render(letters, letters.all().front(), value_of(data), {})->html, "b");
}

class ShippedLetters : public testing::Test {
 protected:
  ShippedLetters() : letters_(*Letters::load(shipped_letters(), shipped_partials())) {}
  Letters letters_;
};

TEST_F(ShippedLetters, AreAllThereWithoutAProblem) {
  for (const char* id : {"five-letters/memory", "welcome-back/thanks", "cart-memory/reminder"}) EXPECT_NE(letters_.find(id), nullptr) << id;
  for (const Letter& letter : letters_.all()) {
    EXPECT_EQ(letter.variants.size(), kLanguages) << letter.id;
    for (const Problem& problem : check(letters_, letter, {})) ADD_FAILURE() << problem.file << ":" << problem.line << ": " << problem.sentence;
  }
}

TEST_F(ShippedLetters, RenderStrictlyAlsoForACustomerOfWhomLittleIsKnown) {
  for (const Letter& letter : letters_.all()) {
    for (const Language language : {Language::en, Language::zh_cn, Language::zh_tw}) {
      LetterData full = sample_data(language);
      // What the program's own events always say; of a shop's events nothing is sure.
      full.event = {{"points", "120"}, {"day", "2026-12-01"}, {"name", "Gold"}, {"prize", "A small gift"}, {"code", "QUAY-7H2K"}};
      LetterData bare = full;
      bare.customer.first_name.clear();
      bare.customer.name.clear();
      bare.favourites.clear();
      bare.recommendations.clear();
      bare.facts.clear();
      bare.stories.clear();
      bare.representative.reset();
      bare.links.survey.clear();
      bare.orders.count = 1;
      if (!letter.uses_offer) bare.offer.reset();
      for (const LetterData* data : std::initializer_list<const LetterData*>{&full, &bare}) {
        const auto content = render(letters_, letter, value_of(*data), {.reader = language});
        ASSERT_TRUE(content.has_value()) << letter.id << ": " << content.error().message;
        EXPECT_EQ(content->language, tag_of(language));
        EXPECT_LT(content->html.size(), 60U * 1024);
        EXPECT_NE(content->html.find("color-scheme"), std::string::npos);
        for (const char* outside : {"fonts.googleapis", "<script", "<link", "{{", "{%", "!\n", "！"})
          EXPECT_EQ(content->html.find(outside), std::string::npos) << letter.id << " holds " << outside;
        for (const std::string* link : {&data->links.unsubscribe, &data->links.less_often, &data->links.preferences}) {
          EXPECT_NE(content->html.find("\"" + *link + "\""), std::string::npos) << letter.id;
          EXPECT_NE(content->text.find("(" + *link + ")"), std::string::npos) << letter.id;
        }
        EXPECT_NE(content->text.find(data->shop.address), std::string::npos);
        EXPECT_FALSE(content->subject.empty());
      }
    }
  }
}

TEST_F(ShippedLetters, SayWhatTheyGive) {
  EXPECT_TRUE(letters_.find("five-letters/exclusive")->uses_offer);
  EXPECT_TRUE(letters_.find("five-letters/last_call")->gives_money);
  EXPECT_FALSE(letters_.find("five-letters/memory")->gives_money);
  EXPECT_FALSE(letters_.find("welcome-back/second_order")->uses_offer);
  EXPECT_EQ(letters_.find("five-letters/none"), nullptr);
}

}  // namespace
}  // namespace act::letter
