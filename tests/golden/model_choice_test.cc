// The model that the choice picks, on calibration data alone, against the best published holdout errors of btyd.json.

#include <cstdio>
#include <map>

#include "tests/golden/btyd_checks.h"
#include "understand/model_choice.h"

namespace golden {
namespace {

understand::Histories histories_of(const std::vector<Purchase>& purchases) {
  std::map<std::string, std::map<int, double>> customers;
  for (const Purchase& p : purchases) customers[p.customer][p.day] += p.amount;
  understand::Histories h;
  for (const auto& [id, days] : customers) {
    h.customer_id.push_back(id);
    for (const auto& [day, amount] : days) {
      h.day.push_back(day);
      h.amount.push_back(amount);
    }
    h.ends.push_back(h.day.size());
  }
  return h;
}

/// Chooses on what was known at the cut, fits the choice on it, judges it on what followed.
stats::Judgement chosen(const std::vector<Purchase>& purchases, int cut, int until, double t, const char* name) {
  const understand::Histories all = histories_of(purchases);
  std::vector<Purchase> past;
  for (const Purchase& p : purchases) {
    if (p.day <= cut) past.push_back(p);
  }
  const understand::ModelChoice choice = understand::choose_model(histories_of(past), cut);
  // later purchases are never looked at: the same choice where they are known
  EXPECT_EQ(understand::choose_model(all, cut).family, choice.family);
  EXPECT_TRUE(choice.judged);
  for (const stats::Judgement& j : choice.table) {
    std::printf("  %s, calibration cuts: %s k=%d mae %.4f rmse %.4f log %.4f\n", name, std::string{stats::name_of(j.fit.family)}.c_str(), j.fit.k,
                j.mae, j.rmse, j.log_score);
  }
  stats::Holdout holdout = understand::holdout_at(all, cut, until);
  holdout.t = t;
  const auto fit = stats::fit_purchases(choice.family, *stats::UniqueHistories::from(holdout.known));
  EXPECT_TRUE(fit);
  const stats::Judgement j = stats::judge(*fit, holdout);
  std::printf("%s: %s k=%d: mae %.5f (median forecast %.5f), rmse %.5f, total %+.1f %%\n", name,
              std::string{stats::name_of(fit->family)}.c_str(), fit->k, j.mae, j.median_mae, j.rmse, 100 * j.total_error);
  return j;
}

TEST(ModelChoice, CdnowSampleAtTheBestPublished) {
  WB_NEED_SHARED(json_path, "reference/btyd.json");
  WB_NEED_SHARED(data_path, "data/cdnow/CDNOW_sample.txt");
  const json all = reference(json_path);
  const json& best = all.at("cdnow_sample")["pareto_nbd"]["rerun_btyd_243"];
  const auto j = chosen(read_cdnow_sample(data_path), day_number(1997, 9, 30), day_number(1998, 6, 30), 273, "CDNOW sample, 39 weeks");
  EXPECT_LE(j.mae, best["mae"].get<double>() + 5e-6);  // half a unit of the last printed digit
  EXPECT_LE(j.rmse, best["rmse"].get<double>() + 5e-6);
  EXPECT_LT(j.median_mae, j.mae);
}

TEST(ModelChoice, CdnowMasterAtTheBestPublished) {
  WB_NEED_SHARED(json_path, "reference/btyd.json");
  WB_NEED_SHARED(data_path, "data/cdnow/cdnow_master.csv.gz");
  const json all = reference(json_path);
  const json& best = all.at("cdnow_master")["pareto_nbd"];
  const auto j = chosen(read_cdnow_master(data_path), day_number(1997, 9, 30), day_number(1998, 6, 30), 273, "CDNOW master, 39 weeks");
  // the same model, its likelihood's maximum found to more digits, is 2e-5 off by mean forecasts
  EXPECT_LE(j.mae, best["mae"].get<double>() + 3e-5);
  EXPECT_LE(j.rmse, best["rmse"].get<double>() + 5e-6);
  EXPECT_LE(j.median_mae, best["mae"].get<double>());
}

TEST(ModelChoice, GroceryAgainstThePublished) {
  WB_NEED_SHARED(json_path, "reference/btyd.json");
  WB_NEED_SHARED(data_path, "data/grocery_elog/groceryElog.csv");
  const json all = reference(json_path);
  const json& grocery = all.at("grocery");
  const auto j = chosen(read_grocery(data_path), day_number(2006, 12, 31), day_number(2007, 12, 30), 364, "grocery, 52 weeks");
  // by mean forecasts below every published model but Pareto/GGG (hierarchical Bayes), and within 2 % of that
  EXPECT_LT(j.mae, grocery["mbg_cnbd_k"]["mae"].get<double>());
  const json& vignette = grocery["published_btydplus_vignette"];
  const double ggg = vignette["relative_mae"]["pareto_ggg"].get<double>() * vignette["holdout_actual"].get<double>() / 1525;
  EXPECT_LT(j.mae, 1.02 * ggg);
  // the forecast that minimises absolute error, the median, is below it
  EXPECT_LT(j.median_mae, ggg);
}

TEST(ModelChoice, SaysWhenThePastIsTooShort) {
  std::vector<Purchase> few;
  for (int i = 0; i < 30; ++i) few.push_back({std::to_string(i), 100 + i, 10});
  const understand::ModelChoice choice = understand::choose_model(histories_of(few), 150);
  EXPECT_FALSE(choice.judged);
  EXPECT_EQ(choice.family, stats::PurchaseFamily::pareto_nbd);
  EXPECT_FALSE(understand::choose_model({}, 0).judged);
}

}  // namespace
}  // namespace golden
