#include "decide/uplift/regressor.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "stats/logistic.h"
#include "stats/ridge.h"
#include "stats/special.h"

namespace decide::uplift {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr double kMost = 4;              // standard deviations
constexpr std::size_t kPieceRows = 1 << 14;

std::vector<float> gathered(const port::FeatureRows& x, Rows rows) {
  std::vector<float> out(rows.size() * x.columns);
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(x.row(rows[i]), out.begin() + static_cast<std::ptrdiff_t>(i * x.columns));
  return out;
}

port::LearnerOptions tree_options(const Regressor::Wanted& wanted, std::size_t rows) {
  port::LearnerOptions o;
  o.objective = wanted.objective;
  // Under some ten thousand rows threads wait for each other longer than they work.
  o.threads = rows < 50'000 ? 1 : wanted.threads;
  o.seed = wanted.seed;
  o.depth = wanted.effect ? 2 : 3;
  o.rounds = wanted.effect ? 60 : 120;
  o.rate = wanted.effect ? 0.05 : 0.08;
  o.bins = 64;
  const double least = static_cast<double>(rows) / (wanted.effect ? 50 : 200);
  o.child_weight = wanted.objective == port::Objective::chance ? std::clamp(least * 0.1, 1.0, 20.0) : std::clamp(least, 5.0, 1000.0);
  return o;
}

}  // namespace

void Regressor::learn_scale(const port::FeatureRows& x, Rows rows) {
  const std::size_t columns = x.columns;
  std::vector<double> count(columns), sum(columns), squares(columns);
  for (const std::uint32_t r : rows) {
    const auto row = x.row(r);
    for (std::size_t j = 0; j < columns; ++j) {
      if (std::isnan(row[j])) continue;
      count[j] += 1;
      sum[j] += static_cast<double>(row[j]);
    }
  }
  for (std::size_t j = 0; j < columns; ++j) sum[j] = count[j] > 0 ? sum[j] / count[j] : 0;
  for (const std::uint32_t r : rows) {
    const auto row = x.row(r);
    for (std::size_t j = 0; j < columns; ++j) {
      if (!std::isnan(row[j])) squares[j] += (static_cast<double>(row[j]) - sum[j]) * (static_cast<double>(row[j]) - sum[j]);
    }
  }
  scale_.resize(columns);
  for (std::size_t j = 0; j < columns; ++j) {
    const double deviation = count[j] > 1 ? std::sqrt(squares[j] / count[j]) : 0;
    const double missing = static_cast<double>(rows.size()) - count[j];
    // A column that never varies has nothing to say; an infinite scale takes it out.
    scale_[j] = {sum[j], deviation > 1e-9 * (1 + std::abs(sum[j])) ? deviation : HUGE_VAL, count[j] > 0 && missing >= 5};
  }
}

void Regressor::scaled(std::span<const float> row, double* out) const {
  for (std::size_t j = 0; j < scale_.size(); ++j) {
    const bool unknown = std::isnan(row[j]);
    const double z = (static_cast<double>(row[j]) - scale_[j].mean) / scale_[j].deviation;
    *out++ = unknown || std::isnan(z) ? 0 : std::clamp(z, -kMost, kMost);
    if (scale_[j].says_unknown) *out++ = unknown ? 1 : 0;
  }
}

Result<void> Regressor::fit_linear(const port::FeatureRows& x, Rows rows, std::span<const float> target, const Wanted& wanted) {
  learn_scale(x, rows);
  std::vector<double> y(target.begin(), target.end());
  stats::LogisticRows data;
  data.columns = scale_.size() + static_cast<std::size_t>(std::ranges::count_if(scale_, &Scale::says_unknown));
  data.outcome = y;
  data.fill = [&](std::size_t begin, std::size_t end, double* out) {
    for (std::size_t i = begin; i < end; ++i, out += data.columns) scaled(x.row(rows[i]), out);
  };
  if (logistic_) {
    WB_ASSIGN(auto model, stats::fit_logistic(data, 1, {wanted.threads}));
    beta_ = std::move(model.beta);
    return {};
  }
  std::vector<double> ridges;
  for (const double relative : {1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0}) ridges.push_back(relative * static_cast<double>(rows.size()));
  WB_ASSIGN(auto model, stats::fit_ridge(data, ridges, {wanted.threads}));
  beta_ = std::move(model.beta);
  return {};
}

Result<Regressor> Regressor::fit(port::Learner& learner, const port::FeatureRows& x, Rows rows, std::span<const float> target, const Wanted& wanted) {
  if (rows.empty()) return fail(Code::invalid_input, "there are no rows to learn a mean from");
  Regressor result;
  result.logistic_ = wanted.base == Base::linear && wanted.objective == port::Objective::chance;
  const auto [low, high] = std::ranges::minmax(target);
  if (low == high || rows.size() < 10 || x.columns == 0) {
    double sum = 0;
    for (const float y : target) sum += static_cast<double>(y);
    result.logistic_ = false;
    result.beta_ = {sum / static_cast<double>(target.size())};
    return result;
  }
  if (wanted.base == Base::linear) {
    WB_TRY(result.fit_linear(x, rows, target, wanted));
    return result;
  }
  WB_ASSIGN(result.trees_, learner.learn({x, target, {}, rows}, tree_options(wanted, rows.size()), {}));
  return result;
}

Result<void> Regressor::predict(const port::FeatureRows& x, Rows rows, std::span<float> out) const {
  if (trees_ != nullptr) {
    for (std::size_t begin = 0; begin < rows.size(); begin += kPieceRows) {
      const std::size_t count = std::min(kPieceRows, rows.size() - begin);
      const std::vector<float> copy = gathered(x, rows.subspan(begin, count));
      WB_TRY(trees_->predict({copy, x.columns}, out.subspan(begin, count)));
    }
    return {};
  }
  if (beta_.size() == 1) {
    std::ranges::fill(out, static_cast<float>(beta_[0]));
    return {};
  }
  if (x.columns != scale_.size()) return fail(Code::invalid_input, "a mean learned from {} columns is asked of {}", scale_.size(), x.columns);
  std::vector<double> z(beta_.size() - 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    scaled(x.row(rows[i]), z.data());
    double sum = beta_[0];
    for (std::size_t j = 0; j < z.size(); ++j) sum += beta_[j + 1] * z[j];
    out[i] = static_cast<float>(logistic_ ? stats::logistic(sum) : sum);
  }
  return {};
}

Result<std::string> Regressor::bytes() const {
  std::string out;
  const auto put = [&out](const auto& value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); };
  put(static_cast<std::uint8_t>(trees_ != nullptr ? 2 : logistic_ ? 1 : 0));
  if (trees_ != nullptr) {
    WB_ASSIGN(const std::string trees, trees_->bytes());
    return out + trees;
  }
  put(static_cast<std::uint32_t>(beta_.size()));
  put(static_cast<std::uint32_t>(scale_.size()));
  for (const double b : beta_) put(b);
  for (const Scale& s : scale_) {
    put(s.mean);
    put(s.deviation);
    put(static_cast<std::uint8_t>(s.says_unknown ? 1 : 0));
  }
  return out;
}

Result<Regressor> Regressor::restore(port::Learner& learner, std::string_view bytes) {
  const auto damaged = [] { return fail(Code::corrupt, "a stored mean is damaged; fit the model anew"); };
  if (bytes.empty() || bytes[0] > 2) return damaged();
  Regressor result;
  if (bytes[0] == 2) {
    WB_ASSIGN(result.trees_, learner.restore(bytes.substr(1)));
    return result;
  }
  result.logistic_ = bytes[0] == 1;
  bytes.remove_prefix(1);
  const auto take = [&bytes](auto& value) {
    if (bytes.size() < sizeof value) return false;
    std::memcpy(&value, bytes.data(), sizeof value);
    bytes.remove_prefix(sizeof value);
    return true;
  };
  std::uint32_t betas = 0, scales = 0;
  if (!take(betas) || !take(scales) || betas == 0 || bytes.size() != betas * sizeof(double) + scales * (2 * sizeof(double) + 1)) return damaged();
  result.beta_.resize(betas);
  for (double& b : result.beta_) take(b);
  result.scale_.resize(scales);
  std::size_t width = 1;
  for (Scale& s : result.scale_) {
    std::uint8_t unknown = 0;
    take(s.mean);
    take(s.deviation);
    take(unknown);
    s.says_unknown = unknown != 0;
    width += unknown != 0 ? 2 : 1;
  }
  if (betas > 1 && width != betas) return damaged();
  return result;
}

}  // namespace decide::uplift
