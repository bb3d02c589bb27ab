#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/random.h"
#include "collect/byte_source.h"
#include "collect/csv_reader.h"
#include "collect/csv_writer.h"
#include "tests/support/places.h"
#include "tests/support/tally.h"

namespace collect {
namespace {

struct Read {
  std::vector<std::string> heading;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::uint64_t> lines;
  std::vector<BadRow> bad;
  std::string error;
  bool operator==(const Read& other) const {
    return heading == other.heading && rows == other.rows && lines == other.lines && error == other.error &&
           bad.size() == other.bad.size();
  }
};

Read read(std::string_view bytes, std::size_t piece = 1 << 20, char delimiter = 0) {
  Read result;
  auto text = std::make_unique<TextSource>(source_of(bytes, piece), std::nullopt);
  auto reader = CsvReader::open(std::move(text), delimiter, {}, "test.csv");
  if (!reader) {
    result.error = reader.error().message;
    return result;
  }
  result.heading = reader->heading();
  RowBatch batch;
  for (;;) {
    const auto more = reader->next(batch);
    if (!more) {
      result.error = more.error().message;
      return result;
    }
    if (!*more) return result;
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      result.rows.emplace_back(batch.row(i), batch.row(i) + batch.width);
      result.lines.push_back(batch.lines[i]);
    }
    result.bad.insert(result.bad.end(), batch.bad.begin(), batch.bad.end());
  }
}

using Rows = std::vector<std::vector<std::string>>;

TEST(Csv, QuotesNewlinesAndMissingEnds) {
  const Read r = read("a,b,c\r\n1,\"x, \"\"y\"\"\r\nz\",3\r\n\r\n4,,\"\"\r\n7,8,9");
  EXPECT_EQ(r.rows, (Rows{{"1", "x, \"y\"\r\nz", "3"}, {"4", "", ""}, {"7", "8", "9"}}));
  EXPECT_EQ(r.lines, (std::vector<std::uint64_t>{2, 5, 6}));
  EXPECT_TRUE(r.bad.empty());
}

TEST(Csv, EveryRowEndAndDelimiter) {
  for (const std::string_view end : {"\n", "\r\n", "\r"}) {
    for (const char delimiter : {',', ';', '\t', '|'}) {
      std::string text;
      for (const std::string_view row : {"name*size*note", "a*1*x y", "b*2*", "c*3*\"q*q\""}) {
        for (const char c : row) text += c == '*' ? delimiter : c;
        text += end;
      }
      const Read r = read(text);
      EXPECT_EQ(r.rows, (Rows{{"a", "1", "x y"}, {"b", "2", ""}, {"c", "3", std::string{"q"} + delimiter + "q"}}));
    }
  }
}

TEST(Csv, CommasInTextDoNotHideSemicolons) {
  const Read r = read("id;price;name\n1;2,50;one, two\n2;3,75;three\n");
  EXPECT_EQ(r.rows, (Rows{{"1", "2,50", "one, two"}, {"2", "3,75", "three"}}));
}

TEST(Csv, TheLineForExcelNamesTheDelimiter) {
  const Read r = read("sep=;\r\na;b\r\n1,5;2,5\r\n");
  EXPECT_EQ(r.heading, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(r.rows, (Rows{{"1,5", "2,5"}}));
  EXPECT_EQ(r.lines, (std::vector<std::uint64_t>{3}));
}

TEST(Csv, RaggedRowsAreRejectedWithTheirLine) {
  const Read r = read("a,b,c\n1,2\n4,5,6\n7,8,9,10\n1,2,3,,\n");
  EXPECT_EQ(r.rows, (Rows{{"4", "5", "6"}, {"1", "2", "3"}}));
  ASSERT_EQ(r.bad.size(), 2u);
  EXPECT_EQ(r.bad[0].line, 2u);
  EXPECT_EQ(r.bad[0].reason, "the row has 2 values, the heading has 3");
  EXPECT_EQ(r.bad[1].line, 4u);
}

TEST(Csv, AQuoteThatNeverClosesCostsOneRow) {
  const Read r = read("a,b\n1,\"open\n2,x\n3,y\n");
  EXPECT_EQ(r.rows, (Rows{{"2", "x"}, {"3", "y"}}));
  ASSERT_EQ(r.bad.size(), 1u);
  EXPECT_EQ(r.bad[0].line, 2u);
}

TEST(Csv, StrayQuotesAreText) {
  const Read r = read("a,b\n5\" pipe,\"x\" y\n\"z\" ,w\n");
  EXPECT_EQ(r.rows, (Rows{{"5\" pipe", "\"x\" y"}, {"z", "w"}}));
}

TEST(Csv, TwoTablesInOneFileAreAnError) {
  EXPECT_NE(read("a,b\n1,2\na,b\n3,4\n").error.find("line 3 repeats the heading"), std::string::npos);
  EXPECT_NE(read("a,b\n1,2\n\nx,y,z\n3,4,5\n6,7,8\n").error.find("a second table begins before line 5"),
            std::string::npos);
  EXPECT_EQ(read("a,b\n1,2\n\nTotal,2,rows\n").error, "");
}

TEST(Csv, EveryCutOfTheInputGivesTheSame) {
  std::string text = "\xEF\xBB\xBFk,val;x,订单\r\n";
  for (int i = 0; i < 20; ++i) text += fmt::format("{},\"a \"\"{}\"\"\r\n,b\",\"中文\",\r\n", i, i * 7);
  const Read whole = read(text);
  ASSERT_EQ(whole.error, "");
  for (std::size_t piece = 1; piece < 200; ++piece) ASSERT_EQ(read(text, piece), whole) << piece;
}

TEST(Csv, RowsLongerThanTheBufferAreRead) {
  const std::string big(1'500'000, 'x');
  const Read r = read("a,b\n1,\"" + big + "\"\n2,y\n");
  ASSERT_EQ(r.rows.size(), 2u);
  EXPECT_EQ(r.rows[0][1], big);
  const std::string endless = "a,b\n1,\"" + std::string(CsvReader::kLongestRow + 100, 'x') + "\n2,y\n3,\"z\"\n";
  const Read cut = read(endless);
  EXPECT_EQ(cut.rows, (Rows{{"2", "y"}, {"3", "z"}}));
  EXPECT_EQ(cut.bad.size(), 1u);
}

/// A second, plain reading of the same rules (well-formed input only), to hold the fast one against.
Rows oracle(std::string_view text) {
  Rows rows;
  std::vector<std::string> row{""};
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
        row.back() += '"';
        ++i;
      } else if (c == '"') {
        quoted = false;
      } else {
        row.back() += c;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      row.emplace_back();
    } else if (c == '\n') {
      rows.push_back(row);
      row = {""};
    } else {
      row.back() += c;
    }
  }
  return rows;
}

TEST(Csv, RandomTablesReadAsTheOracleReadsThem) {
  base::Rng rng{5};
  const std::string_view alphabet = "ab\",\n ;é0";
  for (int round = 0; round < 2000; ++round) {
    const std::size_t width = 2 + rng.below(4);
    std::string text;
    std::vector<std::string> heading;
    for (std::size_t i = 0; i < width; ++i) text += fmt::format("{}h{}", i > 0 ? "," : "", i);
    text += '\n';
    for (std::size_t rows = rng.below(30); rows > 0; --rows) {
      std::vector<std::string> cells(width);
      for (std::string& cell : cells) {
        for (std::size_t n = rng.below(8); n > 0; --n) cell += alphabet[rng.below(alphabet.size())];
        if (!base::is_utf8(cell)) cell = "x";
      }
      cells[0] = "r" + cells[0];
      for (std::size_t i = 0; i < width; ++i) {
        std::string quoted = "\"";
        for (const char c : cells[i]) quoted += c == '"' ? std::string{"\"\""} : std::string{c};
        text += (i > 0 ? "," : "") + quoted + "\"";
      }
      text += '\n';
    }
    Rows expected = oracle(text);
    expected.erase(expected.begin());
    const Read r = read(text, 1 + rng.below(300), ',');
    ASSERT_EQ(r.rows, expected) << text;
  }
}

TEST(Csv, AnyBytesAreSafeAndTheCutDoesNotMatter) {
  base::Rng rng{6};
  const std::string_view alphabet = "ab\",,\n\n\r\";\t1\xFF ";
  for (int round = 0; round < 5000; ++round) {
    std::string text = "a,b\n";
    for (std::size_t n = rng.below(120); n > 0; --n) text += alphabet[rng.below(alphabet.size())];
    const Read whole = read(text, 1 << 20, ',');
    ASSERT_EQ(read(text, 1 + rng.below(7), ','), whole) << text;
  }
}

std::string with_ends(std::string text, bool crlf, bool last_newline) {
  std::string unix_text;
  for (const char c : text) {
    if (c != '\r') unix_text += c;
  }
  while (unix_text.ends_with('\n')) unix_text.pop_back();
  if (last_newline) unix_text += '\n';
  if (!crlf) return unix_text;
  std::string result;
  bool quoted = false;
  for (const char c : unix_text) {
    if (c == '"') quoted = !quoted;
    if (c == '\n' && !quoted) result += '\r';
    result += c;
  }
  return result;
}

TEST(CsvSpectrum, ReadsExactlyAndTheExportReadsBack) {
  WB_NEED_SHARED(suite, "suites/csv-spectrum");
  tests::Tally tally{"csv-spectrum"};
  for (const auto& entry : std::filesystem::directory_iterator(suite / "csvs")) {
    const auto expected =
        nlohmann::ordered_json::parse(tests::read_file(suite / "json" / entry.path().stem().concat(".json")));
    const std::string original = tests::read_file(entry.path());
    std::vector<std::string> variants{original, "\xEF\xBB\xBF" + original};
    for (const bool crlf : {false, true}) {
      for (const bool newline : {false, true}) {
        variants.push_back(with_ends(original, crlf, newline));
        variants.push_back("\xEF\xBB\xBF" + variants.back());
      }
    }
    for (const std::string& text : variants) {
      const Read r = read(text);
      ASSERT_EQ(r.error, "");
      ASSERT_TRUE(r.bad.empty());
      ASSERT_EQ(r.rows.size(), expected.size()) << entry.path();
      std::string exported;
      const std::vector<std::string_view> heading{r.heading.begin(), r.heading.end()};
      append_csv_row(exported, heading);
      for (std::size_t i = 0; i < r.rows.size(); ++i) {
        nlohmann::ordered_json row;
        for (std::size_t k = 0; k < r.heading.size(); ++k) row[r.heading[k]] = r.rows[i][k];
        EXPECT_EQ(row, expected[i]) << entry.path();
        const std::vector<std::string_view> cells{r.rows[i].begin(), r.rows[i].end()};
        append_csv_row(exported, cells);
      }
      const Read back = read(exported);
      EXPECT_EQ(back.heading, r.heading);
      ASSERT_EQ(back.rows.size(), r.rows.size());
      for (std::size_t i = 0; i < r.rows.size(); ++i) {
        for (std::size_t k = 0; k < r.rows[i].size(); ++k) EXPECT_EQ(unguard(back.rows[i][k]), r.rows[i][k]);
      }
    }
    tally.end_of_case();
  }
  EXPECT_GT(tally.cases(), 0);
}

TEST(CsvWriter, FormulasAreGuardedAndBenignCellsAreNot) {
  WB_NEED_SHARED(file, "suites/payloads/csv-formula.json");
  tests::Tally tally{"payloads/csv-formula"};
  for (const auto& entry : nlohmann::json::parse(tests::read_file(file))) {
    const std::string cell = entry["cell"];
    const bool formula = entry["kind"] == "formula";
    EXPECT_EQ(is_formula(cell), formula) << cell;
    std::string text;
    const std::string_view cells[] = {"x", cell};
    append_csv_row(text, std::vector<std::string_view>{"h", "cell"});
    append_csv_row(text, cells);
    const Read r = read(text, 1 << 20, ',');
    ASSERT_EQ(r.rows.size(), 1u) << cell;
    EXPECT_EQ(r.rows[0][1], (formula ? "'" : "") + cell);
    EXPECT_EQ(unguard(r.rows[0][1]), cell);
    tally.end_of_case();
  }
  EXPECT_GT(tally.cases(), 0);
}

TEST(CsvWriter, UnguardUndoesGuardForAnyCell) {
  base::Rng rng{9};
  const std::string_view alphabet = "=+-@'\" ;1a(\t\r\n,.";
  for (int i = 0; i < 20'000; ++i) {
    std::string cell;
    for (std::size_t n = rng.below(8); n > 0; --n) cell += alphabet[rng.below(alphabet.size())];
    ASSERT_EQ(unguard(guard(cell)), cell);
    ASSERT_FALSE(is_formula(cell) && guard(cell) == cell);
  }
}

}  // namespace
}  // namespace collect
