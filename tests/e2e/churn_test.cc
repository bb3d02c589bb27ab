// Who may leave within a month: on a real file against rivals, with planted columns that know the future, on thin data.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "adapter/clickhouse/open_clickhouse.h"
#include "adapter/xgboost/open_xgboost.h"
#include "base/random.h"
#include "tests/support/program.h"
#include "understand/churn/features.h"
#include "understand/churn/forecast.h"
#include "understand/churn/leak.h"

namespace {

using base::Result;
using nlohmann::json;
using tests::Ran;
namespace churn = understand::churn;

bool engine_is_here() {
  return std::getenv("WINBACK_CHDB") != nullptr ||
         std::filesystem::exists(tests::source_dir() / "build/npm/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so");
}

/// A program's own warehouse, spoken to directly.
std::unique_ptr<port::Warehouse> warehouse_of(const tests::Program& program) {
  adapter::clickhouse::Config config;
  config.data_dir = program.data();
  config.child_executable = tests::binary_dir() / "winback-warehouse";
  auto opened = adapter::clickhouse::open_clickhouse(config);
  if (!opened) throw std::runtime_error(opened.error().message);
  return std::move(*opened);
}

base::Day day(const char* text) { return *base::parse_day(text); }

/// One imported workspace for all tests of this program.
class ChurnOnRetail : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto file = tests::shared("data/online_retail/online_retail.csv.gz");
    if (!file || !engine_is_here()) return;
    program_ = new tests::Program;
    const Ran imported = (*program_)({"import", "orders", file->string(), "--currency", "GBP"});
    ASSERT_EQ(imported.status, 0) << imported.err;
  }
  static void TearDownTestSuite() {
    delete program_;
    program_ = nullptr;
  }
  void SetUp() override {
    if (program_ == nullptr) GTEST_SKIP() << "skipped: shared/data/online_retail or the engine is not here";
  }
  static std::unique_ptr<port::Warehouse> warehouse() { return warehouse_of(*program_); }

  static tests::Program* program_;
};
tests::Program* ChurnOnRetail::program_ = nullptr;

const json& score(const json& scores, const std::string& model) {
  for (const json& one : scores) {
    if (one["model"] == model) return one;
  }
  throw std::runtime_error("no score of " + model);
}

TEST_F(ChurnOnRetail, BeatsRecencyAloneAndThePurchaseModelAlone) {
  const Ran ran = (*program_)({"churn", "--top", "100000", "--json"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json found = json::parse(ran.out);
  EXPECT_EQ(found["horizon_days"], 30);
  ASSERT_GE(found["folds"].size(), 4U);
  EXPECT_TRUE(found["refused"].empty()) << found["refused"];
  const json& ours = score(found["scores"], found["model"]);
  std::map<std::string, int> lower_brier, higher_area;
  for (const char* rival : {"recency", "btyd"}) {
    const json& other = score(found["scores"], rival);
    std::printf("%s: AUC %.3f against %.3f, Brier %.4f against %.4f\n", rival, ours["auc"].get<double>(), other["auc"].get<double>(),
                ours["brier"].get<double>(), other["brier"].get<double>());
    EXPECT_GT(ours["auc"], other["auc"]);
    EXPECT_LT(ours["brier"], other["brier"]);
    for (const json& fold : found["folds"]) {
      lower_brier[rival] += score(fold["scores"], found["model"])["brier"] < score(fold["scores"], rival)["brier"];
      higher_area[rival] += score(fold["scores"], found["model"])["auc"] > score(fold["scores"], rival)["auc"];
    }
    // Not by one lucky window.
    EXPECT_GE(higher_area[rival] * 3, static_cast<int>(found["folds"].size()) * 2);
    EXPECT_GE(lower_brier[rival] * 3, static_cast<int>(found["folds"].size()) * 2);
  }
  EXPECT_LT(ours["auc"], 0.85) << "so good that something leaks";
  double off = 0, n = 0;
  for (const json& d : found["deciles"]) {
    EXPECT_LE(d["low"], d["observed"]);
    EXPECT_GE(d["high"], d["observed"]);
    off += d["customers"].get<double>() * std::abs(d["predicted"].get<double>() - d["observed"].get<double>());
    n += d["customers"].get<double>();
  }
  EXPECT_LT(off / n, 0.05) << "foreseen shares of leavers, on average, against what came";
  ASSERT_EQ(found["alerts"].size(), found["active"]);
  for (const json& row : found["alerts"]) {
    EXPECT_GT(row["chance"], 0);
    EXPECT_LT(row["chance"], 1);
    EXPECT_LE(row["low"], row["chance"]);
    EXPECT_GE(row["high"], row["chance"]);
    EXPECT_FALSE(row["at_stake"].is_null());
  }
  const Ran stored = (*program_)({"sql", "SELECT count() FROM v_churn", "--format", "TSV"});
  EXPECT_EQ(std::stoul(stored.out), found["active"].get<std::size_t>());
}

TEST_F(ChurnOnRetail, FeaturesAreTheSameWhenTheFutureIsDeleted) {
  const auto whole = warehouse();
  const auto cut = day("2011-09-01");
  const auto before = churn::features_at(*whole, cut, day("2011-12-10"), false);
  ASSERT_TRUE(before) << before.error().message;
  ASSERT_GT(before->rows(), 2000U);
  const auto looked_ahead = churn::changes_with_future(*whole, cut, day("2011-12-10"), false);
  ASSERT_TRUE(looked_ahead);
  EXPECT_TRUE(looked_ahead->empty());
  const churn::SnapshotRequest request{.cut = cut, .horizon = 30, .seen_to = day("2011-12-10")};
  const auto seen = churn::snapshot_at(*whole, request, nullptr);
  ASSERT_TRUE(seen) << seen.error().message;

  // The same file, with everything from the cut on deleted for good.
  const tests::Program past;
  ASSERT_EQ(past({"import", "orders", tests::shared("data/online_retail/online_retail.csv.gz")->string(), "--currency", "GBP"}).status, 0);
  const auto cut_off = warehouse_of(past);
  ASSERT_TRUE(cut_off->execute({"delete_future", "ALTER TABLE order_lines DELETE WHERE local_day >= '2011-09-01' SETTINGS mutations_sync = 2"}));
  const auto extent = understand::order_extent(*cut_off);
  ASSERT_TRUE(extent);
  ASSERT_LT(extent->last_day, cut);
  const auto after = churn::snapshot_at(*cut_off, request, nullptr);
  ASSERT_TRUE(after) << after.error().message;
  ASSERT_EQ(after->rows(), seen->rows());
  ASSERT_EQ(after->columns, seen->columns);
  for (std::size_t i = 0; i < seen->rows(); ++i) {
    ASSERT_EQ(after->ids[i], seen->ids[i]);
    for (std::size_t k = 0; k < seen->columns.size(); ++k) {
      const float a = seen->x[i * seen->columns.size() + k], b = after->x[i * seen->columns.size() + k];
      ASSERT_TRUE((std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-4F * std::max(1.0F, std::abs(a)))
          << seen->columns[k] << " of " << seen->ids[i] << ": " << a << " against " << b;
    }
  }
}

/// Answers as the warehouse behind it does, with one more column that somebody added to the features by mistake.
class WithPlanted final : public port::Warehouse {
 public:
  using Value = std::function<double(std::string_view customer, const port::Statement&)>;
  WithPlanted(port::Warehouse& real, std::string name, Value value) : real_{real}, name_{std::move(name)}, value_{std::move(value)} {}
  Result<void> execute(const port::Statement& s) override { return real_.execute(s); }
  Result<void> select(const port::Statement& s, const base::BlockSink& sink) override {
    if (s.name != "churn_features") return real_.select(s, sink);
    return real_.select(s, [&](base::Block&& block) -> Result<void> {
      if (block.rows() == 0) return sink(std::move(block));
      base::Column planted{name_, base::ColumnKind::f64};
      for (std::size_t i = 0; i < block.rows(); ++i) planted.as<double>().push_back(value_(block.find("customer_id")->text()[i], s));
      block.columns.push_back(std::move(planted));
      return sink(std::move(block));
    });
  }
  Result<void> insert(std::string_view table, std::string_view token, const base::Block& block) override { return real_.insert(table, token, block); }
  Result<void> stream(const port::Statement& s, std::string_view f, const base::ByteSink& sink) override { return real_.stream(s, f, sink); }
  Result<void> stream_readonly(const port::Statement& s, std::string_view f, const base::ByteSink& sink) override { return real_.stream_readonly(s, f, sink); }
  Result<port::WarehouseInfo> info() override { return real_.info(); }

 private:
  port::Warehouse& real_;
  std::string name_;
  Value value_;
};

std::string parameter(const port::Statement& s, std::string_view name) {
  for (const auto& p : s.parameters) {
    if (p.name == name) return p.value;
  }
  return "";
}

class ChurnLeak : public ChurnOnRetail {
 protected:
  void SetUp() override {
    ChurnOnRetail::SetUp();
    if (IsSkipped()) return;
    real_ = warehouse();
    auto all = understand::load_histories(*real_, day("2011-12-10"));
    ASSERT_TRUE(all);
    for (std::size_t i = 0; i < all->size(); ++i) {
      auto& days = days_[std::string{all->customer_id[i]}];
      days.assign(all->day.begin() + static_cast<std::ptrdiff_t>(all->begin(i)), all->day.begin() + static_cast<std::ptrdiff_t>(all->end(i)));
    }
  }
  /// Purchases in [cut + from, cut + to).
  double purchases(std::string_view customer, const port::Statement& s, int from, int to) const {
    const auto found = days_.find(std::string{customer});
    if (found == days_.end()) return 0;
    const auto cut = base::day_number(*base::parse_day(parameter(s, "cut")));
    return static_cast<double>(std::ranges::count_if(found->second, [&](auto d) { return d >= cut + from && d < cut + to; }));
  }
  std::vector<model::ChurnRefusal> refused(WithPlanted::Value value) {
    WithPlanted planted{*real_, "planted", std::move(value)};
    const auto learner = adapter::xgboost::open_xgboost();
    const auto found = churn::forecast({.options = {.trees = {.rounds = 20}}, .most_cuts = 5}, planted, *learner);
    EXPECT_TRUE(found) << found.error().message;
    return found ? found->refused : std::vector<model::ChurnRefusal>{};
  }

  std::unique_ptr<port::Warehouse> real_;
  std::map<std::string, std::vector<std::int32_t>> days_;
};

TEST_F(ChurnLeak, AColumnThatReadsLaterRowsIsRefused) {
  // Honest where nothing later is visible, and wrong where it is: a forgotten condition on the day.
  const auto found = refused([&](std::string_view id, const port::Statement& s) {
    return purchases(id, s, -20000, parameter(s, "cut") == parameter(s, "seen_to") ? 0 : 30);
  });
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].column, "planted");
  EXPECT_EQ(found[0].why, "changes_with_future");
}

TEST_F(ChurnLeak, AColumnThatKnowsWhatCannotBeKnownIsRefused) {
  // Nothing changes when rows are hidden, for it does not come from rows: a status written down when the month was over.
  const auto found = refused([&](std::string_view id, const port::Statement& s) { return purchases(id, s, 0, 30) > 0 ? 0 : 1; });
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].column, "planted");
  EXPECT_EQ(found[0].why, "too_good");
  EXPECT_GT(found[0].auc, 0.97);
}

TEST_F(ChurnLeak, AColumnThatFadesAWeekEarlierIsRefused) {
  // Whoever buys again within a week is marked on the day itself.
  const auto found = refused([&](std::string_view id, const port::Statement& s) {
    const bool known = purchases(id, s, 0, 30) > 0;
    const bool noise = base::stable_hash(std::string{id} + parameter(s, "cut")) % 100 < 20;
    return (known != noise) && parameter(s, "cut") >= "2011-01-01" && (base::day_number(*base::parse_day(parameter(s, "cut"))) - base::day_number(day("2011-12-10"))) % 15 == 0 ? 1 : 0;
  });
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].column, "planted");
  EXPECT_EQ(found[0].why, "fades");
  EXPECT_LT(found[0].auc_earlier, found[0].auc);
}

TEST_F(ChurnLeak, AnHonestColumnStays) {
  EXPECT_TRUE(refused([&](std::string_view id, const port::Statement& s) { return purchases(id, s, -45, 0); }).empty());
}

TEST(Churn, ThinDataGetAnAnswerThatSaysSo) {
  if (!engine_is_here()) GTEST_SKIP() << "skipped: the engine is not here";
  const tests::Program winback;
  tests::write_file(winback.here() / "one.csv", "order_id,customer_id,date,amount\n1,anna,2025-05-01,40\n");
  ASSERT_EQ(winback({"import", "orders", "one.csv", "--currency", "EUR"}).status, 0);
  const Ran ran = winback({"churn", "--json"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json found = json::parse(ran.out);
  EXPECT_FALSE(found["measured"]);
  EXPECT_EQ(found["why"], "short_history");
  ASSERT_EQ(found["alerts"].size(), 1U);
  EXPECT_EQ(found["alerts"][0]["low"], 0);
  EXPECT_EQ(found["alerts"][0]["high"], 1);
  for (const char* language : {"en", "zh-CN", "zh-TW"}) EXPECT_EQ(winback({"churn", "--lang", language}).status, 0);
  const Ran early = winback({"churn", "--as-of", "2020-01-01"});
  EXPECT_NE(early.status, 0);
  EXPECT_NE(early.err.find("--as-of"), std::string::npos) << early.err;
}

TEST(Churn, ABusinessWithoutOrdersIsJudgedByActivity) {
  if (!engine_is_here()) GTEST_SKIP() << "skipped: the engine is not here";
  const tests::Program winback;
  std::string events = "customer_id,occurred_at,type,event_id\n";
  base::Rng draw{7};
  int number = 0;
  for (int player = 0; player < 2000; ++player) {
    const double pace = 0.1 + 0.5 * draw.uniform();
    const int end = draw.uniform() < 0.6 ? 30 + static_cast<int>(draw.uniform() * 150) : 200;
    for (int at = 0; at < end; ++at) {
      if (draw.uniform() < pace) events += fmt::format("p{},{}T10:00:00Z,app_opened,e{}\n", player, base::to_string(day("2025-01-01") + std::chrono::days{at}), ++number);
    }
  }
  tests::write_file(winback.here() / "events.csv", events);
  ASSERT_EQ(winback({"import", "events", "events.csv"}).status, 0);
  const Ran ran = winback({"churn", "--business", "game", "--json"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json found = json::parse(ran.out);
  EXPECT_TRUE(found["by_activity"]);
  EXPECT_TRUE(found["measured"]);
  EXPECT_TRUE(found["refused"].empty()) << found["refused"];
  EXPECT_GT(score(found["scores"], found["model"])["auc"], 0.5);
}

}  // namespace
