#include "stats/logistic.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "stats/special.h"
#include "stats/vector_math.h"

namespace stats {
namespace {

using lanes::V4;

/// Value, gradient and information at one β.
struct Moments {
  double log_likelihood = 0;
  std::vector<double> gradient;
  Matrix information;
};

/// information += scale · x xᵀ on the lower triangle, in strips of four; `width` is a multiple of four and x is padded.
WB_LANES void rank_one(double scale, const double* x, std::size_t width, double* information) {
  for (std::size_t i = 0; i < width; ++i) {
    const double s = scale * x[i];
    double* row = information + i * width;
    for (std::size_t j = 0; j <= i; j += 4) {
      V4 left, right;
      __builtin_memcpy(&left, row + j, sizeof left);
      __builtin_memcpy(&right, x + j, sizeof right);
      left += s * right;
      __builtin_memcpy(row + j, &left, sizeof left);
    }
  }
}

[[gnu::target("avx2,fma")]] void rank_one_avx2(double scale, const double* x, std::size_t width, double* information) {
  rank_one(scale, x, width, information);
}
void rank_one_plain(double scale, const double* x, std::size_t width, double* information) {
  rank_one(scale, x, width, information);
}

class Regression {
 public:
  Regression(const LogisticRows& rows, double ridge, Threads threads)
      : rows_{rows}, ridge_{ridge}, threads_{threads}, size_{rows.columns + 1}, width_{(size_ + 3) / 4 * 4} {
    const bool fast = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    rank_one_ = fast ? rank_one_avx2 : rank_one_plain;
  }

  /// The penalised moments; false when a feature is not finite.
  bool at(const std::vector<double>& beta, Moments& out) const {
    const std::size_t n = rows_.outcome.size();
    const std::size_t columns = 1 + size_ + size_ * (size_ + 1) / 2;
    std::vector<double> parts(chunk_count(n) * columns);
    std::atomic<bool> finite{true};
    for_chunks(n, threads_, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
      std::vector<double> features((end - begin) * rows_.columns);
      if (rows_.columns > 0) rows_.fill(begin, end, features.data());
      std::vector<double> x(width_), gradient(size_), information(width_ * width_);
      x[0] = 1;
      double value = 0;
      for (std::size_t i = begin; i < end; ++i) {
        const double w = rows_.weight.empty() ? 1 : rows_.weight[i];
        if (w == 0) continue;
        const double y = rows_.outcome[i];
        std::copy_n(&features[(i - begin) * rows_.columns], rows_.columns, &x[1]);
        double eta = 0;
        for (std::size_t j = 0; j < size_; ++j) eta += beta[j] * x[j];
        if (!std::isfinite(eta)) {
          finite = false;
          return;
        }
        const double p = logistic(eta);
        value += w * (y * eta - softplus(eta));
        const double residual = w * (y - p);
        for (std::size_t j = 0; j < size_; ++j) gradient[j] += residual * x[j];
        rank_one_(w * p * (1 - p), x.data(), width_, information.data());
      }
      double* to = &parts[chunk * columns];
      *to++ = value;
      for (const double g : gradient) *to++ = g;
      for (std::size_t i = 0; i < size_; ++i) {
        for (std::size_t j = 0; j <= i; ++j) *to++ = information[i * width_ + j];
      }
    });
    if (!finite) return false;
    std::vector<double> total(columns);
    pairwise_sum_columns(parts, total);
    const double* from = total.data();
    out.log_likelihood = *from++;
    out.gradient.assign(from, from + size_);
    from += size_;
    out.information = Matrix{size_};
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t j = 0; j <= i; ++j) out.information(i, j) = out.information(j, i) = *from++;
    }
    for (std::size_t j = 1; j < size_; ++j) {
      out.gradient[j] -= ridge_ * beta[j];
      out.information(j, j) += ridge_;
    }
    return true;
  }

  double penalised(const Moments& m, const std::vector<double>& beta) const {
    double squares = 0;
    for (std::size_t j = 1; j < size_; ++j) squares += beta[j] * beta[j];
    return m.log_likelihood - 0.5 * ridge_ * squares;
  }

  std::size_t size() const { return size_; }

 private:
  const LogisticRows& rows_;
  double ridge_;
  Threads threads_;
  std::size_t size_;
  std::size_t width_;
  void (*rank_one_)(double, const double*, std::size_t, double*);
};

}  // namespace

LogisticRows dense_rows(std::span<const double> features, std::size_t columns, std::span<const double> outcome,
                        std::span<const double> weight) {
  const auto fill = [features, columns](std::size_t begin, std::size_t end, double* out) {
    std::copy(features.begin() + static_cast<std::ptrdiff_t>(begin * columns),
              features.begin() + static_cast<std::ptrdiff_t>(end * columns), out);
  };
  return {columns, fill, outcome, weight};
}

double LogisticModel::log_odds(std::span<const double> features) const {
  double eta = beta[0];
  for (std::size_t j = 0; j < features.size(); ++j) eta += beta[j + 1] * features[j];
  return eta;
}

double LogisticModel::probability(std::span<const double> features) const { return logistic(log_odds(features)); }

double LogisticModel::log_odds_error(std::span<const double> features) const {
  std::vector<double> x{1};
  x.insert(x.end(), features.begin(), features.end());
  return std::sqrt(std::max(0.0, quadratic_form(covariance, x)));
}

base::Result<LogisticModel> fit_logistic(const LogisticRows& rows, double ridge, Threads threads) {
  const std::size_t n = rows.outcome.size();
  if (!rows.weight.empty() && rows.weight.size() != n) {
    return base::fail(base::Code::invalid_input, "a regression of {} outcomes got {} weights", n, rows.weight.size());
  }
  if (!std::isfinite(ridge) || ridge < 0) return base::fail(base::Code::invalid_input, "the ridge is {}; it must be 0 or more", ridge);
  double weight = 0;
  double positive = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double w = rows.weight.empty() ? 1 : rows.weight[i];
    const double y = rows.outcome[i];
    if (!(y >= 0 && y <= 1) || !std::isfinite(w) || w < 0) {
      return base::fail(base::Code::invalid_input, "regression row {} has outcome {} and weight {}; outcomes lie between 0 and 1, weights are not negative", i + 1, y, w);
    }
    weight += w;
    positive += w * y;
  }
  if (!(positive > 0) || !(positive < weight)) {
    return base::fail(base::Code::invalid_input, "all {} outcomes are the same, so there is nothing to learn", n);
  }
  const Regression regression{rows, ridge, threads};
  LogisticModel model;
  model.beta.assign(regression.size(), 0);
  model.beta[0] = std::log(positive / (weight - positive));
  Moments here;
  if (!regression.at(model.beta, here)) return base::fail(base::Code::invalid_input, "a feature of the regression is not a finite number");
  Matrix lower;
  for (model.iterations = 1; model.iterations < 60; ++model.iterations) {
    lower = cholesky(here.information);
    if (lower.size == 0) {
      return base::fail(base::Code::invalid_input, "the columns of the regression cannot be told apart (collinear, or perfectly separating the outcomes); use a ridge above 0");
    }
    const std::vector<double> step = solve(lower, here.gradient);
    double promise = 0;
    model.gradient_norm = 0;
    for (std::size_t j = 0; j < step.size(); ++j) {
      promise += 0.5 * here.gradient[j] * step[j];
      model.gradient_norm = std::max(model.gradient_norm, std::abs(here.gradient[j]));
    }
    const double value = regression.penalised(here, model.beta);
    if (promise < 1e-10 * (1 + 1e-4 * std::abs(value))) {
      // this close the step's error is the square of its length: take it without looking again
      for (std::size_t j = 0; j < step.size(); ++j) model.beta[j] += step[j];
      model.converged = true;
      break;
    }
    bool moved = false;
    for (double length = 1; length > 1e-6 && !moved; length /= 2) {
      std::vector<double> beta = model.beta;
      for (std::size_t j = 0; j < beta.size(); ++j) beta[j] += length * step[j];
      Moments next;
      if (!regression.at(beta, next)) return base::fail(base::Code::invalid_input, "a feature of the regression is not a finite number");
      if (regression.penalised(next, beta) < value - 1e-12 * std::abs(value)) continue;
      model.beta = std::move(beta);
      here = std::move(next);
      moved = true;
    }
    if (!moved) break;
  }
  lower = cholesky(here.information);
  if (lower.size == 0) {
    return base::fail(base::Code::invalid_input, "the columns of the regression cannot be told apart (collinear, or perfectly separating the outcomes); use a ridge above 0");
  }
  model.covariance = inverse(lower);
  model.log_likelihood = here.log_likelihood;
  return model;
}

}  // namespace stats
