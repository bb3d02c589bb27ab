// The golden-liquid suite: what Shopify's own implementation gives, case by case, counted by tag.
#include <map>

#include <gtest/gtest.h>

#include "liquid/template.h"
#include "tests/liquid/json_value.h"
#include "tests/support/places.h"
#include "tests/support/tally.h"

namespace {

using Json = nlohmann::ordered_json;

/// Tags whose cases are not supported, each with its reason: none.
constexpr std::array<std::string_view, 0> kUnsupportedTags{};

/// Partials given as texts, compiled when they are first asked for.
class Partials {
 public:
  explicit Partials(std::map<std::string, std::string> texts) : texts_(std::move(texts)) {}

  const liquid::Template* find(std::string_view name) {
    const std::string key(name);
    if (const auto made = made_.find(key); made != made_.end()) return &made->second;
    const auto text = texts_.find(key);
    if (text == texts_.end()) return nullptr;
    auto parsed = liquid::parse(text->second, {.name = key});
    if (!parsed) return nullptr;
    return &made_.emplace(key, std::move(*parsed)).first->second;
  }

 private:
  std::map<std::string, std::string> texts_;
  std::map<std::string, liquid::Template> made_;
};

base::Result<std::string> rendered(const std::string& text, const Json& data, Partials& partials) {
  WB_ASSIGN(const liquid::Template source, liquid::parse(text));
  liquid::RenderOptions options;
  options.autoescape = false;
  options.now = base::Instant{*base::parse_day("2025-06-01")};
  options.partial = [&](std::string_view name) { return partials.find(name); };
  std::string out;
  WB_TRY(liquid::render(source, tests::to_value(data), options, out));
  return out;
}

TEST(GoldenLiquid, EveryCase) {
  WB_NEED_SHARED(file, "suites/golden-liquid/golden_liquid.json");
  const Json suite = Json::parse(tests::read_file(file));
  std::map<std::string, std::pair<int, int>> by_tag;
  tests::Tally tally("golden-liquid");
  int unsupported = 0;
  for (const Json& test : suite["tests"]) {
    const auto tags = test.value("tags", std::vector<std::string>{});
    const bool skipped = std::ranges::any_of(tags, [](const std::string& tag) { return std::ranges::count(kUnsupportedTags, tag) != 0; });
    if (skipped) {
      ++unsupported;
      continue;
    }
    Partials partials(test.value("templates", std::map<std::string, std::string>{}));
    const auto result = rendered(test["template"], test.value("data", Json::object()), partials);
    bool good;
    if (test.value("invalid", false)) {
      good = !result.has_value();
    } else {
      const auto expected = test.contains("results") ? test["results"].get<std::vector<std::string>>()
                                                     : std::vector<std::string>{test["result"].get<std::string>()};
      good = result.has_value() && std::ranges::count(expected, *result) != 0;
    }
    EXPECT_TRUE(good) << test["name"] << "\n" << test["template"] << "\ngave " << (result ? *result : "the error " + result.error().message)
                      << "\nnot " << (test.value("invalid", false) ? "an error" : test.contains("results") ? test["results"].dump() : test["result"].dump());
    for (const auto& tag : tags) ++(good ? by_tag[tag].first : by_tag[tag].second);
    tally.end_of_case();
  }
  for (const auto& [tag, counts] : by_tag) std::printf("golden-liquid, %s: %d passed, %d failed\n", tag.c_str(), counts.first, counts.second);
  EXPECT_EQ(tally.cases() + unsupported, 532);
}

TEST(GoldenLiquid, RendersTheBenchmarkPages) {
  WB_NEED_SHARED(folder, "suites/golden-liquid/benchmark_fixtures");
  tests::Tally tally("golden-liquid benchmark_fixtures");
  for (const char* name : {"001", "004", "006"}) {
    std::map<std::string, std::string> texts;
    for (const auto& file : std::filesystem::directory_iterator(folder / name / "templates"))
      texts[file.path().filename().string()] = tests::read_file(file.path());
    Partials partials(texts);
    auto result = rendered(texts["index.liquid"], Json::parse(tests::read_file(folder / name / "data.json")), partials);
    ASSERT_TRUE(result.has_value()) << result.error().message;
    // The files of results all end in a line end, also where the template has none.
    if (!texts["index.liquid"].ends_with('\n')) *result += '\n';
    EXPECT_EQ(*result, tests::read_file(folder / name / "expected_result.txt")) << name;
    tally.end_of_case();
  }
}

}  // namespace
