#include "stats/off_policy.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stats {
namespace {

using base::Code;
using base::fail;

base::Result<void> check(const ActionLog& log, const Policy& policy, ValueMethod method, std::span<const double> model) {
  const std::size_t n = log.action.size();
  if (n < 2) return fail(Code::invalid_input, "a policy cannot be judged on {} logged rows; it needs at least 2", n);
  if (log.propensity.size() != n || log.reward.size() != n) {
    return fail(Code::invalid_input, "{} logged actions came with {} propensities and {} rewards", n, log.propensity.size(), log.reward.size());
  }
  if (policy.chosen.empty() ? policy.chance.size() != n * log.actions : policy.chosen.size() != n) {
    return fail(Code::invalid_input, "the policy says {} things about {} rows of {} actions", std::max(policy.chosen.size(), policy.chance.size()), n, log.actions);
  }
  if (method == ValueMethod::doubly_robust && model.size() != n * log.actions) {
    return fail(Code::invalid_input, "{} predicted rewards for {} rows of {} actions", model.size(), n, log.actions);
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (log.action[i] >= log.actions) return fail(Code::invalid_input, "row {} logs action {} of {}", i + 1, log.action[i], log.actions);
    if (!(log.propensity[i] > 0 && log.propensity[i] <= 1)) {
      return fail(Code::invalid_input, "the propensity of row {} is {}; it must be above 0 and at most 1", i + 1, log.propensity[i]);
    }
    if (!std::isfinite(log.reward[i])) return fail(Code::invalid_input, "the reward of row {} is no finite number", i + 1);
    if (!policy.chosen.empty()) {
      if (policy.chosen[i] >= log.actions) return fail(Code::invalid_input, "the policy chooses action {} of {} in row {}", policy.chosen[i], log.actions, i + 1);
      continue;
    }
    double sum = 0;
    for (std::size_t a = 0; a < log.actions; ++a) {
      const double p = policy.chance[i * log.actions + a];
      if (!(p >= 0 && p <= 1)) return fail(Code::invalid_input, "the policy's chance of action {} in row {} is {}", a, i + 1, p);
      sum += p;
    }
    if (std::abs(sum - 1) > 1e-6) return fail(Code::invalid_input, "the policy's chances in row {} sum to {}, not 1", i + 1, sum);
  }
  if (method == ValueMethod::doubly_robust) {
    for (std::size_t i = 0; i < model.size(); ++i) {
      if (!std::isfinite(model[i])) return fail(Code::invalid_input, "the predicted reward of row {} is no finite number", i / log.actions + 1);
    }
  }
  return {};
}

}  // namespace

Policy everyone_gets(std::uint8_t action, std::size_t rows) { return {std::vector<std::uint8_t>(rows, action), {}}; }

base::Result<PolicyValue> value_of(const ActionLog& log, const Policy& policy, ValueMethod method, std::span<const double> model,
                                   const ValueOptions& options) {
  WB_TRY(check(log, policy, method, model));
  const std::size_t rows = log.action.size();
  const auto n = static_cast<double>(rows);
  PolicyValue result;
  std::vector<double> weight(rows);
  double sum = 0, squares = 0, clipped = 0, weighted_reward = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    weight[i] = policy.of(i, log.action[i], log.actions) / log.propensity[i];
    if (options.clip > 0 && weight[i] > options.clip) {
      weight[i] = options.clip;
      clipped += 1;
    }
    sum += weight[i];
    squares += weight[i] * weight[i];
    weighted_reward += weight[i] * log.reward[i];
    result.largest_weight = std::max(result.largest_weight, weight[i]);
  }
  if (sum == 0) return fail(Code::invalid_input, "no logged row has the action the policy would take, so the log says nothing of it");
  result.effective_rows = sum * sum / squares;
  result.clipped_share = clipped / n;
  result.doubtful = result.effective_rows < 50 || result.largest_weight > 0.05 * sum || clipped > 0;

  std::vector<double>& part = result.influence;
  part.resize(rows);
  double value = 0;
  const double self_normalised = weighted_reward / sum;
  for (std::size_t i = 0; i < rows; ++i) {
    switch (method) {
      case ValueMethod::ips: part[i] = weight[i] * log.reward[i]; break;
      case ValueMethod::snips: part[i] = self_normalised + weight[i] * (log.reward[i] - self_normalised) * n / sum; break;
      case ValueMethod::doubly_robust: {
        const double* q = &model[i * log.actions];
        part[i] = weight[i] * (log.reward[i] - q[log.action[i]]);
        for (std::size_t a = 0; a < log.actions; ++a) part[i] += policy.of(i, a, log.actions) * q[a];
        break;
      }
    }
    value += part[i] / n;
  }
  double variance = 0;
  for (double& p : part) {
    p -= value;
    variance += p * p;
  }
  result.value = normal_estimate(value, std::sqrt(variance / (n * (n - 1))), options.confidence);
  return result;
}

Estimated paired_difference(const PolicyValue& first, const PolicyValue& second, double confidence) {
  const auto n = static_cast<double>(first.influence.size());
  if (first.influence.size() != second.influence.size() || n < 2) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    return {first.value.value - second.value.value, kInfinity, {-kInfinity, kInfinity}};
  }
  double variance = 0;
  for (std::size_t i = 0; i < first.influence.size(); ++i) {
    const double d = first.influence[i] - second.influence[i];
    variance += d * d;
  }
  return normal_estimate(first.value.value - second.value.value, std::sqrt(variance / (n * (n - 1))), confidence);
}

}  // namespace stats
