#include <gtest/gtest.h>

#include <cmath>

#include <nlohmann/json.hpp>

#include "adapter/xgboost/open_xgboost.h"
#include "decide/uplift/cross_fit.h"
#include "stats/uplift_metrics.h"
#include "tests/golden/uplift_data.h"
#include "tests/support/places.h"

// Numbers that others' software computed on real campaigns.

namespace {

using nlohmann::json;
using stats::sklift::Strategy;

std::vector<std::int8_t> flags(const golden::Campaign& c) {
  std::vector<std::int8_t> out;
  for (const auto a : c.arm) out.push_back(a > 0 ? 1 : 0);
  return out;
}

void expect_metrics(const json& row, const std::vector<double>& y, const std::vector<double>& score, const std::vector<std::int8_t>& t) {
  constexpr double kExact = 1e-9;
  EXPECT_NEAR(stats::sklift::qini_auc(y, score, t), row["qini_auc"], kExact) << row;
  EXPECT_NEAR(stats::sklift::uplift_auc(y, score, t), row["uplift_auc"], kExact) << row;
  EXPECT_NEAR(stats::sklift::uplift_at(y, score, t, 0.1, Strategy::overall), row["uplift_at_10_overall"], kExact) << row;
  EXPECT_NEAR(stats::sklift::uplift_at(y, score, t, 0.3, Strategy::overall), row["uplift_at_30_overall"], kExact) << row;
  EXPECT_NEAR(stats::sklift::uplift_at(y, score, t, 0.3, Strategy::by_group), row["uplift_at_30_by_group"], kExact) << row;
  EXPECT_NEAR(stats::sklift::weighted_average_uplift(y, score, t), row["weighted_average_uplift_10bins"], kExact) << row;
}

TEST(UpliftGolden, MetricVectorsOfTheHillstromHalf) {
  WB_NEED_SHARED(data, "data/hillstrom/hillstrom_dev.csv.gz");
  WB_NEED_SHARED(reference, "reference/hillstrom.json");
  const json all = json::parse(tests::read_file(reference));
  std::size_t seen = 0;
  for (const json& row : all["metric_vectors_dev"]["rows"]) {
    const auto c = golden::read_hillstrom(data, row["arm"]);
    ASSERT_EQ(c.arm.size(), row["n"]);
    const auto& outcome = row["target"] == "visit" ? c.visit : c.conversion;
    const std::vector<double> y(outcome.begin(), outcome.end());
    std::vector<double> score;
    for (std::size_t i = 0; i < y.size(); ++i) {
      if (row["score"] == "history") score.push_back(c.history[i]);
      else if (row["score"] == "minus_recency_plus_history_per_1000") score.push_back(-c.recency[i] + c.history[i] / 1000);
      else score.push_back(std::fmod(c.row_id[i] * 7919, 10007));
    }
    expect_metrics(row, y, score, flags(c));
    ++seen;
  }
  EXPECT_EQ(seen, 12U);
}

TEST(UpliftGolden, UnitCases) {
  WB_NEED_SHARED(reference, "reference/uplift_metric_units.json");
  const json all = json::parse(tests::read_file(reference));
  ASSERT_FALSE(all["cases"].empty());
  for (const json& one : all["cases"]) {
    const auto y = one["y"].get<std::vector<double>>(), score = one["uplift"].get<std::vector<double>>();
    const auto t = one["treatment"].get<std::vector<std::int8_t>>();
    EXPECT_NEAR(stats::sklift::qini_auc(y, score, t), one["qini_auc"], 1e-9);
    EXPECT_NEAR(stats::sklift::uplift_auc(y, score, t), one["uplift_auc"], 1e-9);
  }
}

/// The bar of a model, or the best of all real uplift models for an empty name.
[[maybe_unused]] double bar(const json& all, const std::string& arm, const char* metric, const std::string& model = {}) {
  double best = -1;
  for (const json& row : all["model_bars_dev_5fold"]["rows"]) {
    const std::string name = row["model"];
    if (row["arm"] != arm || (model.empty() ? name.find("NOT") != std::string::npos : name != model)) continue;
    best = std::max(best, row[metric].get<double>());
  }
  return best;
}

TEST(UpliftGolden, ReachesTheBarsOnTheHillstromHalf) {
  WB_NEED_SHARED(data, "data/hillstrom/hillstrom_dev.csv.gz");
  WB_NEED_SHARED(reference, "reference/hillstrom.json");
  const json all = json::parse(tests::read_file(reference));
  const auto learner = adapter::xgboost::open_xgboost();
  for (const char* arm : {"Womens E-Mail", "Mens E-Mail"}) {
    const auto c = golden::read_hillstrom(data, arm);
    const auto fit = decide::uplift::cross_fit(*learner, c.experiment(c.visit), {});
    ASSERT_TRUE(fit) << fit.error().message;
    const std::vector<double> y(c.visit.begin(), c.visit.end());
    const auto t = flags(c);
    const auto& one = fit->arm[0];
    const auto metrics = [&](const std::vector<float>& s) {
      const std::vector<double> score(s.begin(), s.end());
      return fmt::format("qini {:.4f} auuc {:.4f} @10 {:.4f} @30 {:.4f}", stats::sklift::qini_auc(y, score, t), stats::sklift::uplift_auc(y, score, t),
                         stats::sklift::uplift_at(y, score, t, 0.1, Strategy::overall), stats::sklift::uplift_at(y, score, t, 0.3, Strategy::overall));
    };
    for (std::size_t k = 0; k < decide::uplift::kLearners; ++k) {
      std::printf("%s %-22s gain %10.3g  %s\n", arm, std::string{name_of(static_cast<decide::uplift::Learner>(k))}.c_str(), one.gain[k], metrics(one.effect[k]).c_str());
    }
    std::printf("%s chosen %s slope %.3f: %s\n", arm, std::string{name_of(one.chosen)}.c_str(), one.slope, metrics(one.predicted).c_str());
    std::printf("%s rank: %s\n", arm, metrics(one.rank).c_str());
  }
}

TEST(UpliftGolden, EffectsOfIhdp) {
  WB_NEED_SHARED(folder, "data/ihdp_semisynthetic");
  WB_NEED_SHARED(reference, "reference/ihdp.json");
  const json all = json::parse(tests::read_file(reference));
  const auto learner = adapter::xgboost::open_xgboost();
  for (const json& row : all["rows"]) {
    const auto data = golden::read_ihdp(folder / fmt::format("ihdp_npci_{}.csv", row["replicate"].get<int>()));
    const auto fit = decide::uplift::cross_fit(*learner, data.campaign.experiment(data.campaign.spend), {.observational = true});
    ASSERT_TRUE(fit) << fit.error().message;
    const auto& one = fit->arm[0];
    const auto pehe = [&](const std::vector<float>& s) {
      double sum = 0;
      for (std::size_t i = 0; i < s.size(); ++i) sum += std::pow(static_cast<double>(s[i]) - data.effect[i], 2);
      return std::sqrt(sum / static_cast<double>(s.size()));
    };
    double ate = 0;
    for (const float s : one.signal) ate += static_cast<double>(s) / static_cast<double>(one.signal.size());
    std::printf("ihdp %d ate %.3f (true %.3f) clipped %zu:", row["replicate"].get<int>(), ate, row["true_ate"].get<double>(), fit->clipped);
    for (std::size_t k = 0; k < decide::uplift::kLearners; ++k) std::printf(" %s %.3f", std::string{id_of(static_cast<decide::uplift::Learner>(k))}.c_str(), pehe(one.effect[k]));
    std::printf(" chosen %s slope %.2f pehe %.3f bar %.3f\n", std::string{id_of(one.chosen)}.c_str(), one.slope, pehe(one.predicted), row["t_learner_ridge"]["pehe"].get<double>());
  }
}

}  // namespace
