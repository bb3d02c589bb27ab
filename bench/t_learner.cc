// t_learner FILE: seconds of winback's T-learner of trees, five folds, one thread, on a campaign that bench/uplift.py made up,
// and how far its effects are from the true ones (root of the mean square).
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

#include <fmt/core.h>

#include "adapter/xgboost/open_xgboost.h"
#include "app/uplift_table.h"
#include "decide/uplift/regressor.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  namespace uplift = decide::uplift;
  const auto table = app::read_uplift_table(argv[1], {"arm", "0", "bought", {}, {}, {}}, nullptr);
  if (!table) {
    std::fputs((table.error().message + "\n").c_str(), stderr);
    return 1;
  }
  const auto learner = adapter::xgboost::open_xgboost();
  const auto e = table->experiment(table->outcome);
  std::vector<float> effect(e.rows());
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t fold = 0; fold < 5; ++fold) {
    std::vector<std::uint32_t> judge;
    for (std::uint32_t i = 0; i < e.rows(); ++i) {
      if (i % 5 == fold) judge.push_back(i);
    }
    for (const int arm : {0, 1}) {
      std::vector<std::uint32_t> learn;
      std::vector<float> target, mean(judge.size());
      for (std::uint32_t i = 0; i < e.rows(); ++i) {
        if (i % 5 == fold || e.arm[i] != arm) continue;
        learn.push_back(i);
        target.push_back(e.outcome[i]);
      }
      const auto model = uplift::Regressor::fit(*learner, e.x, learn, target, {.base = uplift::Base::trees, .objective = port::Objective::chance, .threads = 1});
      if (!model || !model->predict(e.x, judge, mean)) return 1;
      for (std::size_t k = 0; k < judge.size(); ++k) effect[judge[k]] += arm == 1 ? mean[k] : -mean[k];
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  double squares = 0;
  for (std::size_t i = 0; i < e.rows(); ++i) {
    const double truth = e.x.row(i)[1] > 0 ? 0.04 : 0;
    squares += std::pow(static_cast<double>(effect[i]) - truth, 2) / static_cast<double>(e.rows());
  }
  std::fputs(fmt::format("{:.4f} {:.5f}\n", seconds, std::sqrt(squares)).c_str(), stdout);
  return 0;
}
