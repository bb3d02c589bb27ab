// churn_matrix ROWS FILE: a table of customers with a known chance of leaving, five folds, trained on here and written for peers.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include <fmt/core.h>

#include "adapter/xgboost/open_xgboost.h"
#include "base/random.h"
#include "stats/scores.h"
#include "understand/churn/risk_model.h"

namespace {

using understand::churn::Kind;
constexpr std::size_t kColumns = 51;

int measure(const char* name, Kind kind, const std::vector<float>& x, const std::vector<float>& y) {
  const auto learner = adapter::xgboost::open_xgboost();
  std::vector<double> p(y.size()), outcome(y.begin(), y.end());
  double seconds = 0;
  for (std::size_t fold = 0; fold < 5; ++fold) {
    std::vector<float> rows, target, held;
    std::vector<std::size_t> place;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const auto row = x.begin() + static_cast<std::ptrdiff_t>(i * kColumns);
      auto& to = i % 5 == fold ? held : rows;
      to.insert(to.end(), row, row + kColumns);
      if (i % 5 == fold) place.push_back(i);
      else target.push_back(y[i]);
    }
    const auto start = std::chrono::steady_clock::now();
    const auto model = understand::churn::RiskModel::fit(*learner, {{rows, kColumns}, target, {}}, {.kind = kind});
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto odds = model ? model->log_odds({held, kColumns}) : std::unexpected(model.error());
    if (!odds) {
      std::fputs((odds.error().message + "\n").c_str(), stderr);
      return 1;
    }
    for (std::size_t k = 0; k < place.size(); ++k) p[place[k]] = understand::churn::chance_of((*odds)[k]);
  }
  std::fputs(fmt::format("{} {:.4f} {:.6f} {:.6f}\n", name, seconds, stats::area_under_curve(p, outcome), stats::brier_score(p, outcome)).c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto rows = static_cast<std::size_t>(std::strtoull(argv[1], nullptr, 10));
  base::Rng draw{1};
  std::vector<float> x, y;
  std::ofstream out{argv[2]};
  out << "fold,left";
  for (std::size_t k = 0; k < kColumns; ++k) out << ",x" << k;
  out << "\n";
  for (std::size_t i = 0; i < rows; ++i) {
    std::vector<double> z;
    for (std::size_t k = 0; k < kColumns; ++k) z.push_back(k % 3 == 0 ? draw.exponential(0.1) : draw.normal());
    const double odds = -0.5 + 0.8 * std::log1p(z[0]) - 0.6 * std::log1p(z[3]) + 0.5 * z[1] + (z[2] > 1 ? 0.9 : 0) * (z[4] > 0 ? 1 : -1);
    y.push_back(draw.uniform() < understand::churn::chance_of(odds) ? 1.0F : 0.0F);
    out << fmt::format("{},{:.0f}", i % 5, y.back());
    for (const double one : z) {
      x.push_back(static_cast<float>(one));
      out << fmt::format(",{:.6g}", x.back());
    }
    out << "\n";
  }
  return measure("trees", Kind::trees, x, y) + measure("blend", Kind::blend, x, y);
}
