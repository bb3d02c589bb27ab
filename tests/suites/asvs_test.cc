// docs/security.md against OWASP ASVS 5.0: every requirement of levels 1 and 2 stands in it once, and what it says shows
// it exists.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "tests/support/places.h"
#include "tests/support/tally.h"

namespace tests {
namespace {

struct Row {
  std::string id, how, shown;
};

std::string trimmed(std::string text) {
  text.erase(0, std::min(text.size(), text.find_first_not_of(' ')));
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::vector<Row> rows_of(const std::vector<std::string>& lines) {
  std::vector<Row> rows;
  for (const std::string& line : lines) {
    if (!line.starts_with("| V")) continue;
    std::vector<std::string> cells;
    for (std::size_t at = 1; at < line.size();) {
      const std::size_t end = std::min(line.find('|', at), line.size());
      cells.push_back(trimmed(line.substr(at, end - at)));
      at = end + 1;
    }
    EXPECT_EQ(cells.size(), 3U) << line;
    if (cells.size() == 3) rows.push_back({cells[0], cells[1], cells[2]});
  }
  return rows;
}

/// "Suite.Name" of every GoogleTest test in the sources.
std::set<std::string> test_names() {
  std::set<std::string> names;
  for (const char* folder : {"src", "tests"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator{source_dir() / folder}) {
      if (entry.path().extension() != ".cc") continue;
      for (const std::string& line : lines_of(read_file(entry.path()))) {
        const std::size_t open = line.find('('), comma = line.find(','), close = line.find(')');
        if (!line.starts_with("TEST") || open > comma || comma > close || close == line.npos) continue;
        names.insert(trimmed(line.substr(open + 1, comma - open - 1)) + "." + trimmed(line.substr(comma + 1, close - comma - 1)));
      }
    }
  }
  return names;
}

class Asvs : public testing::Test {
 protected:
  const std::vector<std::string> lines_ = lines_of(read_file(source_dir() / "docs/security.md"));
  const std::vector<Row> rows_ = rows_of(lines_);
};

TEST_F(Asvs, EveryRequirementOfLevelOneAndTwoStandsInTheDocumentOnce) {
  WB_NEED_SHARED(file, "suites/asvs-5.0/asvs-5.0.0.flat.json");
  std::map<std::string, int> found;
  for (const Row& row : rows_) ++found[row.id];
  Tally tally{"asvs-5.0 level 1 and 2"};
  const nlohmann::json standard = nlohmann::json::parse(read_file(file));
  for (const auto& requirement : standard["requirements"]) {
    const std::string id = requirement["req_id"], level = requirement["L"];
    if (level != "1" && level != "2") continue;
    EXPECT_EQ(found[id], 1) << id << ": " << requirement["req_description"];
    found.erase(id);
    tally.end_of_case();
  }
  EXPECT_EQ(tally.cases(), 253);
  for (const auto& [id, times] : found) EXPECT_EQ(times, 0) << id << " is no requirement of level 1 or 2";
}

TEST_F(Asvs, WhatShowsARequirementExists) {
  const std::set<std::string> names = test_names();
  ASSERT_GT(names.size(), 500U);
  int by_test = 0, documented = 0, not_met = 0;
  for (const Row& row : rows_) {
    EXPECT_FALSE(row.how.empty() && !row.shown.starts_with("does not apply: ") && !row.shown.starts_with("not met: ")) << row.id;
    if (row.shown.starts_with("does not apply: ") || row.shown.starts_with("not met: ")) {
      EXPECT_GT(row.shown.size(), 25U) << row.id << " wants a reason";
      not_met += row.shown.starts_with("not met: ") ? 1 : 0;
    } else if (row.shown.starts_with("documented: ")) {
      const std::string heading = row.shown.substr(12);
      EXPECT_TRUE(std::ranges::any_of(lines_, [&](const std::string& line) { return line.starts_with("## ") && line.ends_with(" " + heading); })) << row.id << ": no section " << heading;
      ++documented;
    } else {
      for (std::size_t at = 0; at < row.shown.size();) {
        const std::size_t end = std::min(row.shown.find(", ", at), row.shown.size());
        const std::string name = row.shown.substr(at, end - at);
        EXPECT_TRUE(names.contains(name)) << row.id << ": there is no test " << name;
        at = end + 2;
      }
      EXPECT_FALSE(row.shown.empty()) << row.id;
      ++by_test;
    }
  }
  EXPECT_GT(by_test, 100);
  EXPECT_LT(not_met, 20) << "what is not met is the exception";
  RecordProperty("by_test", by_test);
  RecordProperty("documented", documented);
  RecordProperty("not_met", not_met);
}

}  // namespace
}  // namespace tests
