#include "stats/summary.h"

#include <algorithm>
#include <cmath>
#include <thread>

namespace stats {
namespace {

struct Key {
  double x, T, t_x;
  std::uint32_t row;
};

bool before(const Key& a, const Key& b) {
  if (a.x != b.x) return a.x < b.x;
  if (a.T != b.T) return a.T < b.T;
  if (a.t_x != b.t_x) return a.t_x < b.t_x;
  return a.row < b.row;
}

/// What is wrong with a row, or nullptr.
const char* fault_of(double x, double t_x, double T, double weight) {
  if (!std::isfinite(x) || !std::isfinite(t_x) || !std::isfinite(T)) return "x, t_x and T must be finite numbers";
  if (x < 0 || t_x < 0 || T < 0) return "x, t_x and T must not be negative";
  if (x != std::floor(x)) return "x counts repeat purchases and must be whole";
  if (t_x > T) return "t_x lies after T; both are measured from the first purchase, in one unit";
  if (x == 0 && t_x > 0) return "x = 0 needs t_x = 0: without a repeat purchase the last one is the first";
  if (x > 0 && t_x == 0) return "x > 0 needs t_x > 0: merge purchases made at the same time as the first";
  if (!std::isfinite(weight) || weight < 0) return "the weight must be a finite number of customers, not negative";
  return nullptr;
}

}  // namespace

void Histories::add(const History& h, double count) {
  if (weight.empty() && count != 1) weight.assign(x.size(), 1);
  x.push_back(h.x);
  t_x.push_back(h.t_x);
  T.push_back(h.T);
  if (!weight.empty() || count != 1) weight.push_back(count);
}

void Histories::add_with_gaps(const History& h, double count) {
  add(h, count);
  log_gaps.push_back(h.log_gaps);
}

base::Result<UniqueHistories> UniqueHistories::from(const Histories& all, Threads threads) {
  const std::size_t n = all.x.size();
  if (all.t_x.size() != n || all.T.size() != n || (!all.weight.empty() && all.weight.size() != n)) {
    return base::fail(base::Code::invalid_input, "the columns x ({}), t_x ({}), T ({}) and weight ({}) differ in length",
                      n, all.t_x.size(), all.T.size(), all.weight.size());
  }
  const bool gaps = !all.log_gaps.empty();
  if (gaps && all.log_gaps.size() != n) {
    return base::fail(base::Code::invalid_input, "the column of log gaps has {} rows where there are {} histories", all.log_gaps.size(), n);
  }
  if (n >= kDropped) return base::fail(base::Code::invalid_input, "{} histories are more than one table may hold", n);
  std::vector<Key> keys;
  keys.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double weight = all.weight.empty() ? 1 : all.weight[i];
    if (const char* fault = fault_of(all.x[i], all.t_x[i], all.T[i], weight)) {
      return base::fail(base::Code::invalid_input, "history {} (x = {}, t_x = {}, T = {}): {}", i + 1, all.x[i], all.t_x[i],
                        all.T[i], fault);
    }
    // gaps of one sum have the largest product when they are equal
    if (gaps && (!std::isfinite(all.log_gaps[i]) || (all.x[i] == 0 && all.log_gaps[i] != 0) ||
                 (all.x[i] > 0 && all.log_gaps[i] > all.x[i] * (std::log(all.t_x[i] / all.x[i]) + 1e-6) + 1e-6))) {
      return base::fail(base::Code::invalid_input,
                        "history {} (x = {}, t_x = {}): {} cannot be the sum of the logarithms of its gaps; they are measured in the unit of t_x",
                        i + 1, all.x[i], all.t_x[i], all.log_gaps[i]);
    }
    // + 0.0 turns −0 into 0, so that equal rows are equal bytes
    if (weight > 0) keys.push_back({all.x[i] + 0.0, all.T[i] + 0.0, all.t_x[i] + 0.0, static_cast<std::uint32_t>(i)});
  }
  const auto middle = keys.begin() + static_cast<std::ptrdiff_t>(keys.size() / 2);
  if (threads.count > 1 && keys.size() > 50000) {
    std::jthread other{[&] { std::sort(keys.begin(), middle, before); }};
    std::sort(middle, keys.end(), before);
    other.join();
    std::inplace_merge(keys.begin(), middle, keys.end(), before);
  } else {
    std::sort(keys.begin(), keys.end(), before);
  }
  UniqueHistories out;
  out.row_of_.assign(n, kDropped);
  Histories& rows = out.rows_;
  for (const Key& key : keys) {
    const double weight = all.weight.empty() ? 1 : all.weight[key.row];
    if (rows.x.empty() || rows.x.back() != key.x || rows.T.back() != key.T || rows.t_x.back() != key.t_x) {
      rows.x.push_back(key.x);
      rows.t_x.push_back(key.t_x);
      rows.T.push_back(key.T);
      rows.weight.push_back(0);
      if (gaps) rows.log_gaps.push_back(0);
    }
    rows.weight.back() += weight;
    if (gaps) rows.log_gaps.back() += weight * all.log_gaps[key.row];
    out.row_of_[key.row] = static_cast<std::uint32_t>(rows.x.size() - 1);
  }
  for (std::size_t i = 0; i < rows.log_gaps.size(); ++i) rows.log_gaps[i] /= rows.weight[i];
  out.summarise();
  return out;
}

UniqueHistories UniqueHistories::scaled(double factor) const {
  UniqueHistories out = *this;
  for (double& t : out.rows_.t_x) t *= factor;
  for (double& t : out.rows_.T) t *= factor;
  for (std::size_t i = 0; i < out.rows_.log_gaps.size(); ++i) out.rows_.log_gaps[i] += out.rows_.x[i] * std::log(factor);
  out.summarise();
  return out;
}

UniqueHistories UniqueHistories::thinned(std::size_t stride) const {
  UniqueHistories out;
  out.rows_.weight.reserve(rows_.size() / stride + 1);
  for (std::size_t i = 0; i < rows_.size(); i += stride) {
    out.rows_.x.push_back(rows_.x[i]);
    out.rows_.t_x.push_back(rows_.t_x[i]);
    out.rows_.T.push_back(rows_.T[i]);
    out.rows_.weight.push_back(rows_.weight[i]);
    if (knows_gaps()) out.rows_.log_gaps.push_back(rows_.log_gaps[i]);
  }
  out.summarise();
  return out;
}

void UniqueHistories::summarise() {
  counts_.clear();
  std::vector<double> time(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (counts_.empty() || counts_.back().x != rows_.x[i]) counts_.push_back({rows_.x[i], 0});
    counts_.back().customers += rows_.weight[i];
    time[i] = rows_.weight[i] * rows_.T[i];
  }
  customers_ = pairwise_sum(rows_.weight);
  purchases_ = 0;
  for (const Count& count : counts_) purchases_ += count.x * count.customers;
  if (knows_gaps()) {
    std::vector<double> part(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) part[i] = rows_.weight[i] * rows_.log_gaps[i];
    log_gaps_ = pairwise_sum(part);
  }
  mean_T_ = customers_ > 0 ? pairwise_sum(time) / customers_ : 0;
}

}  // namespace stats
