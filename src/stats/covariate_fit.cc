#include "stats/covariate_fit.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/error.h"

namespace stats {
namespace {

constexpr double kBox = 18;

/// One block of coefficients: the base parameter it moves, and which way.
struct Block {
  std::size_t parameter;
  double sign;
  const char* name;
};

std::span<const Block> blocks_of(CovariateFamily family) {
  static constexpr Block kPareto[] = {{1, -1, "buying"}, {3, -1, "leaving"}};
  static constexpr Block kBg[] = {{1, -1, "buying"}, {2, 1, "a"}, {3, 1, "b"}};
  return family == CovariateFamily::pareto_nbd ? std::span<const Block>{kPareto} : std::span<const Block>{kBg};
}

/// Customers with the same covariates share their parameters: one table of histories for each distinct z.
struct Group {
  std::vector<double> z;
  UniqueHistories histories;
};

base::Result<std::vector<Group>> group(const CovariateData& data) {
  const std::size_t n = data.histories.size(), width = data.names.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto row = [&](std::size_t i) { return std::span<const double>{data.z}.subspan(i * width, width); };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto ra = row(a), rb = row(b);
    const auto order_of = std::lexicographical_compare_three_way(ra.begin(), ra.end(), rb.begin(), rb.end());
    return order_of == 0 ? a < b : order_of < 0;
  });
  std::vector<Group> out;
  for (std::size_t begin = 0; begin < n;) {
    std::size_t end = begin;
    Histories members;
    for (; end < n && std::ranges::equal(row(order[begin]), row(order[end])); ++end) {
      members.add(data.histories.at(order[end]), data.histories.weight.empty() ? 1 : data.histories.weight[order[end]]);
    }
    WB_ASSIGN(UniqueHistories unique, UniqueHistories::from(members, {1}));
    const auto z = row(order[begin]);
    out.push_back({{z.begin(), z.end()}, std::move(unique)});
    begin = end;
  }
  return out;
}

std::vector<double> logs_for(CovariateFamily family, std::span<const double> point, std::span<const double> z) {
  std::vector<double> logs(point.begin(), point.begin() + 4);
  std::size_t at = 4;
  for (const Block& block : blocks_of(family)) {
    for (const double value : z) logs[block.parameter] += block.sign * point[at++] * value;
  }
  return logs;
}

/// Σ over groups; each group's derivatives in its four log-parameters carried to the point by the chain rule (the
/// log-parameters are linear in the point, so no second-order term appears).
Evaluation evaluate(CovariateFamily family, const std::vector<Group>& groups, std::span<const double> point, Threads threads) {
  const std::size_t size = point.size();
  std::vector<Evaluation> parts(chunk_count(groups.size()));
  for_chunks(groups.size(), threads, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    Evaluation sum{0, std::vector<double>(size), Matrix{size}};
    std::vector<std::size_t> of(size);  // the base parameter behind each coordinate, and its slope
    std::vector<double> slope(size, 1);
    for (std::size_t i = 0; i < 4; ++i) of[i] = i;
    for (std::size_t g = begin; g < end; ++g) {
      const std::vector<double> logs = logs_for(family, point, groups[g].z);
      const Evaluation e = family == CovariateFamily::pareto_nbd ? evaluate_pareto_nbd(groups[g].histories, logs, {1})
                                                                 : evaluate_bg_nbd(groups[g].histories, logs, {1});
      std::size_t at = 4;
      for (const Block& block : blocks_of(family)) {
        for (const double value : groups[g].z) {
          of[at] = block.parameter;
          slope[at++] = block.sign * value;
        }
      }
      sum.value += e.value;
      for (std::size_t i = 0; i < size; ++i) {
        sum.gradient[i] += slope[i] * e.gradient[of[i]];
        for (std::size_t j = 0; j < size; ++j) sum.hessian(i, j) += slope[i] * slope[j] * e.hessian(of[i], of[j]);
      }
    }
    parts[chunk] = std::move(sum);
  });
  Evaluation total{0, std::vector<double>(size), Matrix{size}};
  for (const Evaluation& part : parts) {
    total.value += part.value;
    for (std::size_t i = 0; i < size; ++i) total.gradient[i] += part.gradient[i];
    for (std::size_t i = 0; i < size * size; ++i) total.hessian.at[i] += part.hessian.at[i];
  }
  return total;
}

struct Scale {
  std::vector<double> mean, sd;
};

base::Result<Scale> scale_of(const CovariateData& data) {
  const std::size_t n = data.histories.size(), width = data.names.size();
  if (width == 0) return base::fail(base::Code::invalid_input, "there is no covariate; fit the plain model");
  if (data.z.size() != n * width) {
    return base::fail(base::Code::invalid_input, "{} covariate values do not make {} columns for {} customers", data.z.size(), width, n);
  }
  Scale out{std::vector<double>(width), std::vector<double>(width)};
  for (std::size_t k = 0; k < width; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      const double value = data.z[i * width + k];
      if (!std::isfinite(value)) return base::fail(base::Code::invalid_input, "covariate {}, customer {}: the value is no finite number", data.names[k], i + 1);
      out.mean[k] += value / static_cast<double>(n);
    }
    for (std::size_t i = 0; i < n; ++i) {
      const double away = data.z[i * width + k] - out.mean[k];
      out.sd[k] += away * away / static_cast<double>(n);
    }
    out.sd[k] = std::sqrt(out.sd[k]);
    if (!(out.sd[k] > 1e-12 * (1 + std::abs(out.mean[k])))) {
      return base::fail(base::Code::invalid_input, "covariate {} is the same for every customer, so it explains nothing; leave it out", data.names[k]);
    }
  }
  return out;
}

}  // namespace

std::vector<double> CovariateFit::parameters_for(std::span<const double> z) const {
  std::vector<double> out = logs_for(family, point, z);
  for (double& value : out) value = std::exp(value);
  return out;
}

Evaluation evaluate_covariates(CovariateFamily family, const CovariateData& data, std::span<const double> point, Threads threads) {
  const auto groups = group(data);
  if (!groups) return {0, std::vector<double>(point.size()), Matrix{point.size()}};
  return evaluate(family, *groups, point, threads);
}

base::Result<CovariateFit> fit_covariates(CovariateFamily family, const CovariateData& data, Threads threads) {
  WB_ASSIGN(const Scale scale, scale_of(data));
  WB_ASSIGN(const UniqueHistories all, UniqueHistories::from(data.histories, threads));
  const bool pareto = family == CovariateFamily::pareto_nbd;
  WB_ASSIGN(const FitReport plain, pareto ? fit_pareto_nbd(all, threads) : fit_bg_nbd(all, threads));
  const double unit = all.mean_T();
  const std::size_t width = data.names.size(), size = 4 + blocks_of(family).size() * width;

  CovariateData scaled = data;
  for (double& t : scaled.histories.t_x) t /= unit;
  for (double& t : scaled.histories.T) t /= unit;
  for (std::size_t i = 0; i < scaled.z.size(); ++i) scaled.z[i] = (scaled.z[i] - scale.mean[i % width]) / scale.sd[i % width];
  WB_ASSIGN(const std::vector<Group> groups, group(scaled));
  std::vector<double> start(size);
  for (std::size_t i = 0; i < 4; ++i) start[i] = std::log(plain.parameters[i]);
  start[1] -= std::log(unit);
  if (pareto) start[3] -= std::log(unit);
  const Optimum best = maximise([&](std::span<const double> p) { return evaluate(family, groups, p, threads); }, start, -kBox, kBox);

  // back to the caller's units: point = back · best + shift, linear in the coefficients
  CovariateFit out;
  out.family = family;
  out.names = data.names;
  out.point_names = parameter_names(pareto ? PurchaseFamily::pareto_nbd : PurchaseFamily::bg_nbd);
  Matrix back{size};
  for (std::size_t i = 0; i < 4; ++i) back(i, i) = 1;
  std::size_t at = 4;
  for (const Block& block : blocks_of(family)) {
    for (std::size_t k = 0; k < width; ++k, ++at) {
      back(at, at) = 1 / scale.sd[k];
      back(block.parameter, at) = -block.sign * scale.mean[k] / scale.sd[k];
      out.point_names.push_back(fmt::format("{}.{}", block.name, data.names[k]));
    }
  }
  out.point.assign(size, 0);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) out.point[i] += back(i, j) * best.point[j];
  }
  out.point[1] += std::log(unit);
  if (pareto) out.point[3] += std::log(unit);
  Matrix information{size};
  for (std::size_t i = 0; i < size * size; ++i) information.at[i] = -best.at.hessian.at[i];
  const Matrix lower = cholesky(information);
  out.covariance = Matrix{size};
  out.covariance_known = lower.size == size && !best.at_bound;
  if (out.covariance_known) {
    const Matrix within = inverse(lower);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        for (std::size_t k = 0; k < size; ++k) {
          for (std::size_t l = 0; l < size; ++l) out.covariance(i, j) += back(i, k) * within(k, l) * back(j, l);
        }
      }
    }
  }
  out.log_likelihood = best.at.value - all.purchases() * std::log(unit);
  out.plain_log_likelihood = plain.log_likelihood;
  out.converged = best.converged;
  out.iterations = best.iterations;
  return out;
}

Estimate predict(const CovariateFit& fit, std::span<const double> z, const History& h, const Question& question, double confidence) {
  const bool chance = question.what == Question::What::alive || question.what == Question::What::any_purchase;
  const DeltaScale scale = chance ? DeltaScale::logit : DeltaScale::log;
  const PurchaseFit plain{fit.family == CovariateFamily::pareto_nbd ? PurchaseFamily::pareto_nbd : PurchaseFamily::bg_nbd, 1, {}};
  const auto f = [&](std::span<const double> point) {
    std::vector<double> p = logs_for(fit.family, point, z);
    for (double& value : p) value = std::exp(value);
    return answer(plain.model_at(p), h, question);
  };
  if (!fit.covariance_known) {
    const double infinity = std::numeric_limits<double>::infinity();
    return {f(fit.point), infinity, 0, chance ? 1 : infinity};
  }
  return delta_at(fit.point, fit.covariance, f, confidence, scale);
}

}  // namespace stats
