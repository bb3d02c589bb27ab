#include "liquid/template.h"

#include <thread>

#include <gtest/gtest.h>

#include "liquid/output.h"

namespace {

using liquid::Value;

Value sample() {
  Value item = Value::object();
  item.set("name", "Tea & <cake>").set("price", 4.5).set("stock", 3);
  Value items = Value::array();
  items.push(std::move(item));
  Value customer = Value::object();
  customer.set("first_name", "Ann").set("html", Value::safe("<b>x</b>"));
  Value data = Value::object();
  data.set("items", std::move(items)).set("customer", std::move(customer)).set("nothing", {});
  return data;
}

base::Result<std::string> rendered(std::string_view text, const liquid::RenderOptions& options = {}) {
  WB_ASSIGN(const liquid::Template source, liquid::parse(text, {.name = "a.liquid"}));
  std::string out;
  WB_TRY(liquid::render(source, sample(), options, out));
  return out;
}

std::string error_of(std::string_view text, const liquid::RenderOptions& options = {}) {
  const auto result = rendered(text, options);
  return result ? "no error but " + *result : result.error().message;
}

TEST(LiquidTemplate, ErrorsNameTemplateLineColumnAndRemedy) {
  EXPECT_EQ(error_of("a\nb {{ x | nosuch }}"), "a.liquid:2:10: there is no filter 'nosuch'; check how it is spelled");
  EXPECT_EQ(error_of("{% if a %}\n{% for x in y %}{% endfor %}"), "a.liquid:1:1: this 'if' is not closed; end it with '{% endif %}'");
  EXPECT_EQ(error_of("您好 {{ name"), "a.liquid:1:4: this '{{' is not closed; end it with '}}'");
  EXPECT_EQ(error_of("{% endif %}"), "a.liquid:1:1: 'endif' has nothing to belong to here; remove it or open its block before it");
  EXPECT_EQ(error_of("{{ 'a' | append }}"), "a.liquid:1:10: 'append' takes 1 argument, not 0");
  EXPECT_EQ(error_of("\n\n{{ 5 | divided_by: 0 }}"),
            "a.liquid:3:8: a number is divided by 0 or by what is no number; test it with 'if' first");
  EXPECT_EQ(error_of("{% render 'row' %}"), "a.liquid:1:1: there is no partial 'row'; check its name");
}

TEST(LiquidTemplate, AnErrorWithinAPartialNamesThePartial) {
  const auto row = liquid::parse("x\n{{ 1 | divided_by: 0 }}", {.name = "row.liquid"});
  liquid::RenderOptions options;
  options.partial = [&](std::string_view name) { return name == "row" ? &*row : nullptr; };
  EXPECT_TRUE(error_of("{% render 'row' %}", options).starts_with("row.liquid:2:8: ")) << error_of("{% render 'row' %}", options);
}

TEST(LiquidTemplate, EscapesWhatItShowsUnlessTold) {
  EXPECT_EQ(*rendered("{{ items[0].name }}"), "Tea &amp; &lt;cake&gt;");
  EXPECT_EQ(*rendered("{{ items[0].name | raw }}{{ items[0].name | safe }}"), "Tea & <cake>Tea & <cake>");
  EXPECT_EQ(*rendered("{{ items[0].name | escape }}"), "Tea &amp; &lt;cake&gt;");
  EXPECT_EQ(*rendered("{{ customer.html }}"), "<b>x</b>");
  EXPECT_EQ(*rendered("{{ customer.html | append: '<i>' }}"), "&lt;b&gt;x&lt;/b&gt;&lt;i&gt;");
  EXPECT_EQ(*rendered("{% capture c %}<p>{{ items[0].name }}</p>{% endcapture %}{{ c }}"), "<p>Tea &amp; &lt;cake&gt;</p>");
  EXPECT_EQ(*rendered("{{ \"a<\nb\" | newline_to_br }}"), "a&lt;<br />\nb");
  EXPECT_EQ(*rendered("{{ items | map: 'name' }}"), "Tea &amp; &lt;cake&gt;");
  liquid::RenderOptions plain;
  plain.autoescape = false;
  EXPECT_EQ(*rendered("{{ items[0].name }}", plain), "Tea & <cake>");
}

TEST(LiquidTemplate, StrictModeRefusesWhatIsMissing) {
  liquid::RenderOptions strict;
  strict.strict = true;
  EXPECT_EQ(error_of("Hello {{ customer.frist_name }}", strict),
            "a.liquid:1:10: there is no 'customer.frist_name' in the data; correct the name, or provide for its absence with "
            "'default' or 'if'");
  EXPECT_EQ(*rendered("{{ customer.nick | default: 'you' }}{% if customer.nick %}x{% endif %}", strict), "you");
  EXPECT_EQ(*rendered("[{{ customer.nick }}]"), "[]");
  EXPECT_FALSE(rendered("{% for x in nolist %}{% endfor %}", strict).has_value());
  EXPECT_FALSE(rendered("{{ nothing }}", strict).has_value());
}

TEST(LiquidTemplate, RefusesWhatGoesOverItsLimits) {
  liquid::RenderOptions options;
  options.limits.loop_rounds = 1000;
  EXPECT_NE(error_of("{% for a in (1..100) %}{% for b in (1..100) %}{% endfor %}{% endfor %}", options).find("round more than 1000 times"),
            std::string::npos);
  options = {};
  options.limits.output_bytes = 5000;
  EXPECT_NE(error_of("{% for a in (1..1000) %}1234567890{% endfor %}", options).find("longer than is allowed"), std::string::npos);
  EXPECT_EQ(rendered("{% for a in (1..500) %}1234567890{% endfor %}", options)->size(), 5000U);
  options = {};
  EXPECT_NE(error_of("{% assign a = 'xxxxxxxx' %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}").find("memory"),
            std::string::npos);
  EXPECT_FALSE(rendered("{{ (1..9000000000) | join: '' }}").has_value());
  EXPECT_FALSE(rendered("{% for i in (1..99999) %}{% if items contains i %}{% endif %}{% for j in (1..9) %}{% endfor %}{% endfor %}").has_value());
  options.limits.steps = 100;
  EXPECT_NE(error_of("{% for a in (1..1000) %}x{% endfor %}", options).find("more work"), std::string::npos);
}

TEST(LiquidTemplate, AClockPassedInEndsARendering) {
  std::int64_t now = 0;
  liquid::RenderOptions options;
  options.milliseconds = [&now] { return now += 600; };
  EXPECT_NE(error_of("{% for a in (1..50000) %}x{% endfor %}", options).find("takes longer than 1000 ms"), std::string::npos);
  EXPECT_TRUE(rendered("{% for a in (1..50) %}x{% endfor %}", options).has_value());
}

TEST(LiquidTemplate, RefusesDeepNesting) {
  std::string blocks, brackets = "{{ ";
  for (int i = 0; i < 2000; ++i) blocks += "{% if true %}";
  for (int i = 0; i < 20000; ++i) brackets += "a[";
  EXPECT_NE(error_of(blocks).find("nested deeper"), std::string::npos);
  EXPECT_NE(error_of(brackets + " }}").find("nested too deep"), std::string::npos);
  std::string lines = "{% liquid ";
  for (int i = 0; i < 2000; ++i) lines += "liquid ";
  EXPECT_FALSE(rendered(lines + "%}").has_value());
  const auto self = liquid::parse("{% include 'self' %}", {.name = "self"});
  liquid::RenderOptions options;
  options.partial = [&](std::string_view) { return &*self; };
  EXPECT_NE(error_of("{% include 'self' %}", options).find("does 'self' bring in itself?"), std::string::npos);
  // As deep as both limits allow, with the largest frames: this must fit on a thread's stack.
  std::string open, close;
  for (int i = 0; i < 60; ++i) {
    open += "{% for x in (1..1) %}";
    close += "{% endfor %}";
  }
  const auto deep = liquid::parse(open + "{% render 'deep' %}" + close);
  ASSERT_TRUE(deep.has_value());
  options.partial = [&](std::string_view) { return &*deep; };
  EXPECT_NE(error_of("{% render 'deep' %}", options).find("does 'deep' bring in itself?"), std::string::npos);
}

TEST(LiquidTemplate, AFailedRenderingLeavesTheOutputAlone) {
  const auto source = liquid::parse("some text {{ 1 | divided_by: 0 }}");
  std::string out = "before";
  EXPECT_FALSE(liquid::render(*source, sample(), {}, out).has_value());
  EXPECT_EQ(out, "before");
  const auto good = liquid::parse("and {{ customer.first_name }}");
  ASSERT_TRUE(liquid::render(*good, sample(), {}, out).has_value());
  EXPECT_EQ(out, "beforeand Ann");
}

TEST(LiquidTemplate, ALoopMayBeKeptPastItsEnd) {
  EXPECT_EQ(*rendered("{% for i in (1..3) %}{% assign f = forloop %}{% endfor %}{{ f.length }}"), "3");
}

TEST(LiquidTemplate, DatesByTheZoneAndMomentGiven) {
  const auto shanghai = base::Zone::open("Asia/Shanghai");
  liquid::RenderOptions options;
  options.zone = &*shanghai;
  options.now = base::Instant{*base::parse_day("2026-11-21")} + std::chrono::hours{18};
  EXPECT_EQ(*rendered("{{ 'now' | date: '%Y-%m-%d %H:%M %z' }}", options), "2026-11-22 02:00 +0800");
  EXPECT_EQ(*rendered("{{ '2026-12-06T23:59:00Z' | date: '%Y年%-m月%-d日 %H:%M' }}", options), "2026年12月7日 07:59");
  EXPECT_EQ(*rendered("{{ 'March 14, 2016' | date: '%b %d, %y' }}", options), "Mar 14, 16");
  for (const char* text : {"2016-03-14", "2016/3/14", "14 March 2016", "14 Mar 2016 00:00", "Mon, 14 Mar 2016 00:00:00 +0800", "2016年3月14日", "20160314"})
    EXPECT_EQ(*rendered(fmt::format("{{{{ '{}' | date: '%F %T %a %j %V' }}}}", text), options), "2016-03-14 00:00:00 Mon 074 11") << text;
  EXPECT_EQ(*rendered("{{ '5 March 2016 3:07 pm' | date: '%-d %B, %-l:%M %P|%e|%3N|%^a|%s' }}", options), "5 March, 3:07 pm| 5|000|SAT|1457161620");
  EXPECT_EQ(*rendered("{{ '2016-02-31' | date: '%F' }}{{ 'soon' | date: '%F' }}{{ '2016-13-01' | date: '%F' }}", options), "2016-02-31soon2016-13-01");
  EXPECT_EQ(*rendered("{{ '2021-01-03' | date: '%G-%V %U %W %u' }} {{ '2020-12-31' | date: '%G-%V' }}"), "2020-53 01 00 7 2020-53");
}

TEST(LiquidTemplate, OneTemplateInManyThreads) {
  const auto source = liquid::parse("{% for i in (1..50) %}{{ i }}{{ items[0].name | upcase }}{% endfor %}");
  const Value data = sample();
  std::string expected;
  ASSERT_TRUE(liquid::render(*source, data, {}, expected).has_value());
  std::vector<std::jthread> threads;
  std::array<int, 4> same{};
  for (int& count : same) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        std::string out;
        if (liquid::render(*source, data, {}, out) && out == expected) ++count;
      }
    });
  }
  threads.clear();
  for (const int count : same) EXPECT_EQ(count, 200);
}

TEST(LiquidValue, KeepsTheOrderAndFindsAmongMany) {
  Value object = Value::object();
  for (int i = 0; i < 500; ++i) object.set_copied(fmt::format("key{}", i), i);
  object.set_copied("key7", "seven");
  EXPECT_EQ(object.size(), 500U);
  for (int i = 0; i < 500; ++i) {
    if (i == 7) continue;
    EXPECT_EQ(object.find(fmt::format("key{}", i)).integer, i);
  }
  EXPECT_EQ(object.find("key7").view(), "seven");
  EXPECT_TRUE(object.find("key500").is_nil());
  EXPECT_EQ(liquid::member_at(*object.cell().object, 499).key.view(), "key499");
}

TEST(LiquidOutput, EscapesEveryByteAtEveryPlace) {
  for (std::size_t length = 0; length < 24; ++length) {
    for (int byte = 0; byte < 256; ++byte) {
      for (std::size_t at = 0; at < length; ++at) {
        std::string text(length, 'a'), out, expected;
        text[at] = static_cast<char>(byte);
        for (const char c : text) {
          expected += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : c == '\'' ? "&#39;" : std::string(1, c);
        }
        liquid::Output output(out, 1000, 0);
        output.append_escaped(text);
        output.finish();
        ASSERT_EQ(out, expected);
      }
    }
  }
}

std::vector<std::string> paths(std::string_view text) {
  const auto row = liquid::parse("{{ product.name }} {{ shop.name }}", {.name = "row"});
  const auto source = liquid::parse(text);
  std::vector<std::string> found;
  for (const auto& v : liquid::variables(*source, [&](std::string_view name) { return name == "row" ? &*row : nullptr; }))
    found.push_back(fmt::format("{}@{}:{}{}", v.path, v.where == "row" ? "row" : "", v.line, v.required ? "" : "?"));
  return found;
}

TEST(LiquidAnalysis, FollowsVariablesToTheData) {
  using List = std::vector<std::string>;
  EXPECT_EQ(paths("{{ a.b }}\n{{ a['c'].d | append: e }}"), (List{"a.b@:1", "a.c.d@:2", "e@:2"}));
  EXPECT_EQ(paths("{% for p in list %}{{ p.name }}{{ forloop.index }}{% endfor %}{{ p }}"), (List{"list@:1", "list[].name@:1", "p@:1"}));
  EXPECT_EQ(paths("{% assign x = list | sort: 'n' | first %}{{ x.name }}"), (List{"list@:1", "list[].name@:1"}));
  EXPECT_EQ(paths("{% assign x = a.b | upcase %}{{ x }}{% capture y %}{{ c }}{% endcapture %}{{ y }}"), (List{"a.b@:1", "c@:1"}));
  EXPECT_EQ(paths("{% if a.x %}{{ a.y | default: 1 }}{% endif %}"), (List{"a.x@:1?", "a.y@:1?"}));
  EXPECT_EQ(paths("{% if a.x %}{{ a.y }}{{ b }}{% else %}{{ a.z }}{% endif %}"), (List{"a.x@:1?", "a.y@:1?", "b@:1", "a.z@:1"}));
  EXPECT_EQ(paths("{% render 'row' for list as product %}"), (List{"list@:1", "list[].name@row:1", "shop.name@row:1"}));
  EXPECT_EQ(paths("{% render 'row', product: a[0] %}"), (List{"a[]@:1", "a[].name@row:1", "shop.name@row:1"}));
  EXPECT_EQ(paths("{% assign product = z %}{% include 'row' %}"), (List{"z@:1", "z.name@row:1", "shop.name@row:1"}));
  EXPECT_EQ(paths("{{ orders.items.size }}{{ orders.items.first.name }}"), (List{"orders.items.size@:1", "orders.items.first.name@:1"}));
}

TEST(LiquidAnalysis, LiteralTextsWithTheirLines) {
  const auto source = liquid::parse("Only\n{{ x | default: 'last chance' }}{# #}\n{% if y %}24 hours{% endif %}");
  std::vector<std::string> found;
  for (const auto& text : liquid::literal_texts(*source)) found.push_back(fmt::format("{}:{}", text.line, text.text));
  EXPECT_EQ(found, (std::vector<std::string>{"1:Only\n", "2:last chance", "2:{# #}\n", "3:24 hours"}));
}

}  // namespace
