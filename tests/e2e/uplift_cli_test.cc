// `winback uplift` from the command line: files of several forms, what it stores, and what it refuses.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>
#include <zlib.h>

#include "base/random.h"
#include "tests/support/program.h"

namespace {

using nlohmann::json;
using tests::Ran;

/// What a made-up campaign is like.
struct Wanted {
  int rows = 3000;
  char separator = ',';
  double average = 0.3, strength = 0.6;  ///< the letter's effect is average + strength · a
  std::string treatment = "letter";
  bool control = true;                   ///< somebody got nothing
  bool constant = false;                 ///< nobody ever buys
  double drift = 0;                      ///< b was written down after the letter: what it added
};

std::string campaign(const Wanted& w, std::uint64_t seed = 1) {
  base::Rng rng{seed};
  const char s = w.separator;
  std::string text = fmt::format("arm{0}bought{0}a{0}b{0}city\n", s);
  for (int i = 0; i < w.rows; ++i) {
    const double a = rng.normal(), b = rng.normal();
    const bool treated = !w.control || rng.chance(0.5);
    const double y = w.constant ? 0 : b + (treated ? w.average + w.strength * a : 0) + rng.normal();
    const char* const cities[] = {"Lyon", "Bath", "上海"};
    text += fmt::format("{1}{0}{2:.4f}{0}{3}{0}{4:.4f}{0}{5}\n", s, treated ? w.treatment : "none", y, i % 50 == 7 ? "" : fmt::format("{:.4f}", a),
                        b + (treated ? w.drift : 0), cities[rng.below(3)]);
  }
  return text;
}

class UpliftCli : public testing::Test {
 protected:
  std::string put(const std::string& name, const std::string& text, bool zipped = false) const {
    const auto file = program.here() / name;
    if (zipped) {
      gzFile out = gzopen(file.c_str(), "wb");
      EXPECT_EQ(gzwrite(out, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
      gzclose(out);
    } else {
      std::ofstream{file} << text;
    }
    return name;
  }
  Ran run(const char* step, const std::string& file, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"uplift", step, file, "--treatment", "arm", "--control", "none", "--outcome", "bought"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return program(arguments);
  }
  /// Refused, with one sentence of it on the error output and nothing on the other.
  void expect_refusal(const Ran& r, std::string_view part) const {
    EXPECT_NE(r.status, 0) << part;
    EXPECT_EQ(r.out, "");
    EXPECT_NE(r.err.find(part), std::string::npos) << r.err;
  }
  /// Every figure is one; a JSON of this program holds null where a number is not known, never NaN.
  json parsed(const Ran& r) const {
    EXPECT_EQ(r.status, 0) << r.err;
    std::string lower = r.out;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    EXPECT_EQ(lower.find("nan"), std::string::npos);
    EXPECT_EQ(lower.find("inf"), std::string::npos);
    return json::parse(r.out);
  }
  tests::Program program;
};

TEST_F(UpliftCli, EvaluatesTheSameWhateverTheFormOfTheFile) {
  const json plain = parsed(run("evaluate", put("c.csv", campaign({})), {"--json"}));
  EXPECT_EQ(plain["rows"], 3000);
  EXPECT_EQ(plain["advice"], "target");
  EXPECT_TRUE(plain["checks"]["passed"]);
  const json& effect = plain["effects"][0];
  EXPECT_TRUE(effect["differs_between_customers"]);
  EXPECT_LT(effect["average"]["low"], 0.35);
  EXPECT_GT(effect["average"]["high"], 0.25);
  EXPECT_EQ(plain, parsed(run("evaluate", put("c.tsv", campaign({.separator = '\t'})), {"--json"})));
  EXPECT_EQ(plain, parsed(run("evaluate", put("c.csv.gz", campaign({}), true), {"--json"})));
  const Ran said = run("evaluate", "c.csv");
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_NE(said.out.find("Choose by predicted effect"), std::string::npos) << said.out;
  const Ran chinese = run("evaluate", "c.tsv", {"--lang", "zh-CN"});
  EXPECT_NE(chinese.out.find("按预测效果选择"), std::string::npos) << chinese.out << chinese.err;
  EXPECT_EQ(chinese.out.find("customer"), std::string::npos) << chinese.out;
}

/// How often each arm is advised, from a file of scores.
std::map<std::string, int> advised(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, "row,effect_1,effect_1_low,effect_1_high,best_arm");
  std::map<std::string, int> count;
  while (std::getline(in, line)) ++count[line.substr(line.rfind(',') + 1)];
  return count;
}

TEST_F(UpliftCli, FitStoresAModelAndTheArmOfEachRowAfterCost) {
  const std::string file = put("c.csv", campaign({}));
  parsed(run("fit", file, {"--out", "model", "--json"}));
  EXPECT_GT(std::filesystem::file_size(program.here() / "model"), 100U);
  // a > −0.5 gains: 69 of 100. With a cost of 0.6, a > 0.5: 31.
  const auto free = advised(program.here() / "model.scores.csv");
  EXPECT_NEAR(free.at("1"), 0.69 * 3000, 250);
  const json costly = parsed(run("fit", file, {"--out", "costly", "--cost", "letter=0.6", "--json"}));
  EXPECT_EQ(costly["advice"], "target");
  EXPECT_NEAR(advised(program.here() / "costly.scores.csv").at("1"), 0.31 * 3000, 250);
}

TEST_F(UpliftCli, EverybodyHasOneArmWhereDifferencesAreNotProven) {
  const std::string file = put("same.csv", campaign({.strength = 0}));
  const json same = parsed(run("fit", file, {"--out", "same", "--json"}));
  EXPECT_FALSE(same["effects"][0]["differs_between_customers"]);
  EXPECT_EQ(same["advice"], "everyone");
  EXPECT_EQ(advised(program.here() / "same.scores.csv"), (std::map<std::string, int>{{"1", 3000}}));
  // The average effect costs more than it brings.
  EXPECT_EQ(parsed(run("fit", file, {"--out", "dear", "--cost", "letter=1", "--json"}))["advice"], "nobody");
  EXPECT_EQ(advised(program.here() / "dear.scores.csv"), (std::map<std::string, int>{{"0", 3000}}));
}

TEST_F(UpliftCli, ABrokenDrawStoresNothing) {
  const std::string file = put("broken.csv", campaign({.drift = 0.5}));
  const json broken = parsed(run("evaluate", file, {"--json"}));
  EXPECT_TRUE(broken["checks"]["balance_failed"]);
  EXPECT_EQ(broken["advice"], "none_checks_failed");
  const Ran fit = run("fit", file, {"--out", "broken"});
  expect_refusal(fit, "no model is stored, because the checks of broken.csv failed");
  EXPECT_NE(fit.err.find("b (letter"), std::string::npos) << fit.err;
  EXPECT_FALSE(std::filesystem::exists(program.here() / "broken"));
  EXPECT_FALSE(std::filesystem::exists(program.here() / "broken.scores.csv"));
  expect_refusal(run("fit", put("c.csv", campaign({})), {"--out", "shares", "--share", "letter=0.4", "--share", "none=0.6"}), "no model is stored");
}

TEST_F(UpliftCli, ThinAndWrongFilesAreRefusedInASentence) {
  expect_refusal(run("evaluate", put("alone.csv", campaign({.rows = 100, .treatment = "none"}))), "everybody is in 'none'");
  expect_refusal(run("evaluate", put("no_control.csv", campaign({.rows = 100, .control = false}))), "nobody has 'none' in the column 'arm'");
  expect_refusal(run("evaluate", put("few.csv", campaign({.rows = 20}))), "at least 20 in each arm");
  const std::string file = put("c.csv", campaign({.rows = 200}));
  expect_refusal(run("evaluate", file, {"--cost", "call=1"}), "'call=1' must be an arm of the file");
  expect_refusal(run("evaluate", file, {"--share", "letter=0.5"}), "'none' is missing");
  expect_refusal(program({"uplift", "evaluate", file, "--treatment", "arm", "--control", "none", "--outcome", "sold"}), "no column 'sold'");
  expect_refusal(program({"uplift", "evaluate", file, "--treatment", "arm", "--control", "none", "--outcome", "city"}), "must hold a number");
  expect_refusal(run("evaluate", "nowhere.csv"), "nowhere.csv");
}

TEST_F(UpliftCli, AConstantOutcomeProvesNothing) {
  const json none = parsed(run("evaluate", put("constant.csv", campaign({.rows = 400, .constant = true})), {"--json"}));
  EXPECT_EQ(none["advice"], "not_proven");
  EXPECT_EQ(none["effects"][0]["average"]["value"], 0);
  EXPECT_FALSE(none["effects"][0]["differs_between_customers"]);
  const Ran said = run("evaluate", "constant.csv");
  EXPECT_NE(said.out.find("Nothing is proven"), std::string::npos) << said.out;
  EXPECT_EQ(said.out.find("nan"), std::string::npos) << said.out;
}

}  // namespace
