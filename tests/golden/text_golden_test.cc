// Text classification on public reviews and complaints, against what scikit-learn's TF-IDF with logistic regression
// reaches (reference/text_bars.json), both by five-fold cross-validation.
#include <chrono>
#include <unordered_map>

#include <gtest/gtest.h>

#include "base/words.h"
#include "collect/table.h"
#include "stats/text_model.h"
#include "tests/support/places.h"

namespace {

struct Rows {
  std::vector<std::string> text, label;
};

Rows read(const std::filesystem::path& file, const std::string& text_column, const std::string& label_column) {
  Rows rows;
  auto table = collect::Table::open(file.string(), {}, nullptr);
  EXPECT_TRUE(table) << table.error().message;
  if (!table) return rows;
  const auto& heading = table->heading();
  const auto at = [&](const std::string& name) { return static_cast<std::size_t>(std::ranges::find(heading, name) - heading.begin()); };
  const std::size_t text = at(text_column), label = at(label_column);
  const auto done = table->read([&](const collect::RowBatch& batch) -> base::Result<bool> {
    for (std::size_t r = 0; r < batch.rows(); ++r) {
      rows.text.emplace_back(batch.row(r)[text]);
      rows.label.emplace_back(batch.row(r)[label]);
    }
    return true;
  });
  EXPECT_TRUE(done) << done.error().message;
  return rows;
}

struct Figures {
  std::size_t n = 0;
  double accuracy = 0, macro_f1 = 0;
};

/// Cross-validated figures; `keep_together`: equal texts stay in one fold.
Figures check(const Rows& rows, const base::WordForms& forms, stats::TextOptions options, bool keep_together) {
  stats::LabelledTexts texts;
  std::unordered_map<std::string, std::uint32_t> labels, same;
  for (std::size_t i = 0; i < rows.text.size(); ++i) {
    if (rows.label[i].empty() || rows.text[i].empty()) continue;
    const auto label = labels.try_emplace(rows.label[i], static_cast<std::uint32_t>(labels.size())).first->second;
    const std::uint32_t group = keep_together ? same.try_emplace(base::plain_text(rows.text[i]), static_cast<std::uint32_t>(same.size())).first->second : static_cast<std::uint32_t>(i);
    texts.add(base::words(rows.text[i], forms), label);
    texts.group.push_back(group);
  }
  const auto start = std::chrono::steady_clock::now();
  const auto model = stats::TextModel::learn(texts, options);
  EXPECT_TRUE(model) << model.error().message;
  if (!model) return {};
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("  %zu texts, %u classes, %zu terms: accuracy %.4f, macro F1 %.4f, T %.2f, %.1f s\n", texts.size(), texts.classes, model->vocabulary(), model->check().accuracy, model->check().macro_f1,
              model->temperature(), seconds);
  return {texts.size(), model->check().accuracy, model->check().macro_f1};
}

TEST(TextGolden, HotelReviewsInChinese) {
  WB_NEED_SHARED(file, "data/reviews_zh/ChnSentiCorp_htl_all.csv.gz");
  const Rows rows = read(file, "review", "label");
  const Figures got = check(rows, {}, {.least_texts = 2, .strength = 4}, false);
  EXPECT_EQ(got.n, 7765U);
  EXPECT_GE(got.accuracy, 0.8988);
  EXPECT_GE(got.macro_f1, 0.8793);
  EXPECT_LT(got.accuracy, 0.93) << "too good to be true: look for leakage";
}

TEST(TextGolden, ComplaintsAboutAirlines) {
  WB_NEED_SHARED(file, "data/complaints_en_airline/airline_tweets.csv.gz");
  const Rows rows = read(file, "text", "negativereason");
  const base::WordForms forms{.han_pairs = false, .shortest = 2};
  const stats::TextOptions options{.least_texts = 2, .strength = 4, .balanced = true};
  const Figures as_is = check(rows, forms, options, false);
  const Figures apart = check(rows, forms, options, true);
  EXPECT_EQ(as_is.n, 9178U);
  EXPECT_GE(as_is.accuracy, 0.6092);
  EXPECT_GE(as_is.macro_f1, 0.4568);
  EXPECT_GE(apart.accuracy, 0.6092) << "equal tweets in one fold";
  EXPECT_GE(apart.macro_f1, 0.4568);
  EXPECT_LT(apart.accuracy, 0.70) << "too good to be true: look for leakage";
}

TEST(TextGolden, MoodOfTweets) {
  WB_NEED_SHARED(file, "data/complaints_en_airline/airline_tweets.csv.gz");
  const Rows rows = read(file, "text", "airline_sentiment");
  const base::WordForms forms{.han_pairs = false, .shortest = 2};
  const Figures got = check(rows, forms, {.least_texts = 2, .strength = 4, .balanced = true}, true);
  EXPECT_EQ(got.n, 14640U);
  EXPECT_GE(got.accuracy, 0.8051);
  EXPECT_GE(got.macro_f1, 0.7355);
  EXPECT_LT(got.accuracy, 0.85) << "too good to be true: look for leakage";
}

}  // namespace
