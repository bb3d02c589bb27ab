// What no template and no data may do: crash, run on, evaluate data, or let data become HTML.
#include <gtest/gtest.h>

#include "base/random.h"
#include "liquid/template.h"
#include "tests/liquid/json_value.h"
#include "tests/support/places.h"
#include "tests/support/tally.h"

namespace {

using Json = nlohmann::ordered_json;

/// A template changed at random: bytes swapped, dropped and doubled, pieces of other templates put in.
std::string mutated(base::Rng& rng, std::string text, const std::vector<std::string>& others) {
  static constexpr std::string_view kPieces[] = {"{{", "}}", "{%", "%}", "|", ":", "..", "[", "]", "(", ")", "'", "\"", "-", "99999999999",
                                                 "{% for i in (1..99999) %}", "{% endfor %}", " | append: a", "{% if", "forloop", "\xFF"};
  for (std::uint64_t changes = 1 + rng.below(6); changes > 0; --changes) {
    const std::size_t at = rng.below(text.size() + 1);
    switch (rng.below(5)) {
      case 0: text.insert(at, kPieces[rng.below(std::size(kPieces))]); break;
      case 1: text.erase(at, 1 + rng.below(8)); break;
      case 2: text.insert(at, text.substr(rng.below(text.size() + 1), rng.below(40))); break;
      case 3: text.insert(at, 1, static_cast<char>(rng.below(256))); break;
      default: {
        const std::string& other = others[rng.below(others.size())];
        text.insert(at, other.substr(rng.below(other.size() + 1), rng.below(60)));
      }
    }
  }
  return text;
}

TEST(HostileTemplates, MutationsNeverCrashOrExceedTheirLimits) {
  WB_NEED_SHARED(file, "suites/golden-liquid/golden_liquid.json");
  const Json suite = Json::parse(tests::read_file(file));
  std::vector<std::string> texts;
  std::vector<liquid::Value> data;
  for (const Json& test : suite["tests"]) {
    texts.push_back(test["template"]);
    data.push_back(tests::to_value(test.value("data", Json::object())));
  }
  base::Rng rng{20261121};
  int parsed = 0, shown = 0, looks = 0;
  liquid::RenderOptions options;
  options.limits = {.steps = 20'000, .loop_rounds = 2'000, .output_bytes = 20'000, .memory_bytes = 300'000, .depth = 4};
  options.milliseconds = [&looks] { return ++looks, 0; };
  constexpr int kRounds = tests::kSanitized ? 4'000 : 40'000;
  for (int round = 0; round < kRounds; ++round) {
    const std::size_t which = rng.below(texts.size());
    const std::string text = mutated(rng, texts[which], texts);
    options.autoescape = round % 2 == 0;
    options.strict = round % 3 == 0;
    const auto source = liquid::parse(text, {.unknown_filters_are_errors = round % 5 != 0});
    if (!source) {
      ASSERT_TRUE(source.error().message.starts_with("template:")) << source.error().message;
      continue;
    }
    ++parsed;
    options.partial = [&](std::string_view) { return &*source; };
    std::string out;
    const auto result = liquid::render(*source, data[which], options, out);
    ASSERT_LE(out.size(), options.limits.output_bytes);
    ASSERT_TRUE(result || result.error().message.starts_with("template:")) << result.error().message;
    shown += result ? 1 : 0;
    liquid::variables(*source, options.partial);
    liquid::literal_texts(*source);
  }
  EXPECT_GT(parsed, kRounds / 10);
  EXPECT_GT(shown, kRounds / 20);
  std::printf("liquid mutations: %d tried, %d are templates, %d rendered\n", kRounds, parsed, shown);
}

/// Shows the text bare, in an attribute, through filters that keep it, and from a capture.
std::string shown(const liquid::Template& source, const std::string& text) {
  liquid::Value item = liquid::Value::object();
  item.set("name", text);
  liquid::Value list = liquid::Value::array();
  list.push(std::move(item));
  liquid::Value data = liquid::Value::object();
  data.set("text", text).set("list", std::move(list));
  std::string out;
  const auto result = liquid::render(source, data, {}, out);
  EXPECT_TRUE(result.has_value()) << result.error().message << " for " << text;
  return out;
}

TEST(HostileData, IsShownAsTextAndNeverEvaluated) {
  const auto template_text =
      "[{{ text }}][{{ text | strip | truncate: 500 }}][{{ list[0].name }}][{{ list | map: 'name' | join: ' ' }}]"
      "[{% capture c %}{{ text }}{% endcapture %}{{ c }}][{{ list }}][{{ text | escape | append: '' }}][{{ text | default: 'x' | newline_to_br | replace: '<br />', '' }}]";
  const auto source = liquid::parse(template_text);
  ASSERT_TRUE(source.has_value());
  for (const char* name : {"suites/payloads/xss.json", "suites/payloads/template-injection.json", "suites/naughty-strings/blns.json"}) {
    WB_NEED_SHARED(file, name);
    tests::Tally tally(name);
    for (const Json& payload : Json::parse(tests::read_file(file))) {
      const std::string text = payload.get<std::string>();
      const std::string out = shown(*source, text);
      EXPECT_EQ(out.find_first_of("<>\"'"), std::string::npos) << out;
      std::string escaped;
      for (const char c : text)
        escaped += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : c == '\'' ? "&#39;" : std::string(1, c);
      EXPECT_TRUE(out.starts_with("[" + escaped + "]")) << out;
      tally.end_of_case();
    }
    EXPECT_GT(tally.cases(), 40);
  }
}

TEST(HostileData, PlainTextShowsItByteForByte) {
  WB_NEED_SHARED(file, "suites/naughty-strings/blns.json");
  const auto source = liquid::parse("{{ text }}");
  liquid::RenderOptions plain;
  plain.autoescape = false;
  for (const Json& payload : Json::parse(tests::read_file(file))) {
    liquid::Value data = liquid::Value::object();
    data.set("text", std::string_view(payload.get_ref<const std::string&>()));
    std::string out;
    ASSERT_TRUE(liquid::render(*source, data, plain, out).has_value());
    EXPECT_EQ(out, payload.get<std::string>());
  }
}

}  // namespace
