#include "measure/balance.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace measure {
namespace {

constexpr double kZ90 = 1.6448536269514722;
constexpr double kFewestNewcomers = 30;
constexpr std::size_t kFewestWeeks = 20;
constexpr double kFewestInWeeks = 50;
constexpr double kLeastSpread = 0.15;     // of log money between weeks
constexpr double kMostElasticityError = 0.3;
constexpr double kLeastShare = 0.05;      // a first twelfth seldom holds less; keeps a thin start from exploding
constexpr std::size_t kNone = kLots;

/// F by whole twelfths lived: what comes after was seen with those who lived longer.
std::array<double, kTwelfths + 1> development(const std::vector<const NewcomerGroup*>& all, std::size_t without, std::size_t& known) {
  std::array<double, kTwelfths> before{}, after{};
  known = 0;
  for (const NewcomerGroup* g : all) {
    if (g->lot == without) continue;
    known = std::max(known, g->lived);
    double sum = 0;
    for (std::size_t k = 0; k < g->lived; ++k) {
      before[k] += sum;
      sum += g->net[k];
      after[k] += sum;
    }
  }
  std::array<double, kTwelfths + 1> share{};
  share[kTwelfths] = 1;
  for (std::size_t k = kTwelfths; k-- > 1;) {
    const double growth = k < known && before[k] > 0 && after[k] > 0 ? after[k] / before[k] : 1;
    share[k] = std::clamp(share[k + 1] / growth, kLeastShare, 2.0);
  }
  return share;
}

/// Net sales of a newcomer's first year; none without anybody who lived through a twelfth.
std::optional<double> sales_each(const std::vector<NewcomerGroup>& groups, const std::array<double, kTwelfths + 1>& share, std::size_t without) {
  double net = 0, exposure = 0;
  for (const NewcomerGroup& g : groups) {
    if (g.lot == without) continue;
    for (std::size_t k = 0; k < g.lived; ++k) net += g.net[k];
    exposure += g.customers * share[g.lived];
  }
  if (exposure <= 0) return {};
  return net / exposure;
}

struct Elasticity {
  bool learned = false;
  double value = 1, error = 0;
};

/// log E[newcomers] = a + b log money by iteratively reweighted least squares.
Elasticity elasticity_of(const std::vector<SpendWeek>& weeks) {
  std::vector<double> x, y;
  double total = 0, money = 0;
  for (const SpendWeek& week : weeks) {
    if (!(week.amount > 0) || !(week.newcomers >= 0)) continue;
    x.push_back(std::log(week.amount));
    y.push_back(week.newcomers);
    total += week.newcomers;
    money += x.back();
  }
  const std::size_t n = x.size();
  if (n < kFewestWeeks || total < kFewestInWeeks) return {};
  const double centre = money / static_cast<double>(n);
  double spread = 0;
  for (double& v : x) {
    v -= centre;
    spread += v * v;
  }
  if (std::sqrt(spread / static_cast<double>(n)) < kLeastSpread) return {};
  double a = std::log(total / static_cast<double>(n)), b = 0, w = 0, wx = 0, wxx = 0;
  bool settled = false;
  for (int round = 0; round < 100 && !settled; ++round) {
    double u = 0, ux = 0;
    w = wx = wxx = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double mean = std::exp(std::clamp(a + b * x[i], -30.0, 30.0));
      u += y[i] - mean;
      ux += (y[i] - mean) * x[i];
      w += mean;
      wx += mean * x[i];
      wxx += mean * x[i] * x[i];
    }
    const double determinant = w * wxx - wx * wx;
    if (!(determinant > 1e-12)) return {};
    const double step_a = (wxx * u - wx * ux) / determinant, step_b = (w * ux - wx * u) / determinant;
    const double damp = std::min(1.0, 1.0 / std::max(std::abs(step_a), std::abs(step_b)));
    a += damp * step_a;
    b += damp * step_b;
    settled = std::abs(step_a) + std::abs(step_b) < 1e-9;
  }
  if (!settled) return {};
  double pearson = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double mean = std::exp(std::clamp(a + b * x[i], -30.0, 30.0));
    pearson += (y[i] - mean) * (y[i] - mean) / mean;
  }
  const double dispersion = std::max(1.0, pearson / static_cast<double>(n - 2));
  const double error = std::sqrt(dispersion * w / (w * wxx - wx * wx));
  if (!(error <= kMostElasticityError)) return {};
  return {true, std::clamp(b, 0.0, 1.0), error};
}

ChannelBalance weigh_channel(const ChannelRecord& record, const BalanceRequest& request,
                             const std::array<std::array<double, kTwelfths + 1>, kLots + 1>& share) {
  ChannelBalance out{.name = record.name};
  for (const SpendWeek& week : record.weeks) {
    out.amount += week.amount;
    out.reported += week.newcomers;
  }
  double own = 0;
  for (const NewcomerGroup& g : record.newcomers) own += g.customers;
  out.newcomers = out.reported > 0 && (request.count_reported || own <= 0) ? out.reported : own;
  if (out.newcomers > 0) out.cost_each = out.amount / out.newcomers;
  double error = 0;
  if (own >= kFewestNewcomers) {
    if (const auto sales = sales_each(record.newcomers, share[kNone], kNone); sales) {
      double squares = 0;
      for (std::size_t lot = 0; lot < kLots; ++lot) {
        const double less = sales_each(record.newcomers, share[lot], lot).value_or(*sales) - *sales;
        squares += less * less;
      }
      error = request.margin * std::sqrt(squares * (kLots - 1) / kLots);
      const double value = request.margin * *sales;
      out.value_each = Ranged{value, {value - kZ90 * error, value + kZ90 * error}};
    }
  }
  const Elasticity e = elasticity_of(record.weeks);
  out.diminishing_learned = e.learned;
  out.elasticity = e.value;
  out.elasticity_error = e.error;
  if (out.value_each && out.cost_each && *out.cost_each > 0) {
    const double cost = *out.cost_each, brings = e.value * out.value_each->value / cost;
    const double wide = std::hypot(e.value * error / cost, out.value_each->value * e.error / cost) * kZ90;
    out.next_unit = Ranged{brings - 1, {brings - wide - 1, brings + wide - 1}};
  }
  return out;
}

void weigh_plan(const PlanExpectation& plan, Balance& balance) {
  balance.win_back_next = Ranged{};
  if (!(plan.spend > 0)) return;
  balance.win_back_average = Ranged{plan.profit.value / plan.spend, {plan.profit.interval.low / plan.spend, plan.profit.interval.high / plan.spend}};
  const double brings = plan.profit.value + plan.spend;  // what comes back before the money is taken off
  if (!(plan.next_unit > 0) || !(brings > 0)) return;
  // The plan's own uncertainty, relative to what it brings, is taken to be that of its next unit.
  const double next = plan.next_unit + 1;
  const auto scaled = [&](double profit) { return next * (profit + plan.spend) / brings - 1; };
  balance.win_back_next = Ranged{plan.next_unit, {std::min(plan.next_unit, scaled(plan.profit.interval.low)), std::max(plan.next_unit, scaled(plan.profit.interval.high))}};
}

Advice advise(const Balance& balance) {
  if (balance.channels.empty()) return Advice::no_spend;
  const auto known = [](const ChannelBalance& c) { return c.next_unit.has_value(); };
  if (std::ranges::none_of(balance.channels, known)) return Advice::no_newcomers;
  if (!balance.win_back_next) return Advice::no_plan;
  const stats::Interval win_back = balance.win_back_next->interval;
  double highest = -1;  // of every channel: win-back has to beat them all
  bool all_known = true;
  for (const ChannelBalance& c : balance.channels) {
    if (c.next_unit) highest = std::max(highest, c.next_unit->interval.high);
    all_known = all_known && (c.next_unit || c.amount <= 0);
  }
  if (win_back.low > 0 && win_back.low > highest) return Advice::win_back;
  const ChannelBalance& best = balance.channels.front();
  if (best.diminishing_learned && best.next_unit->interval.low > std::max(0.0, win_back.high)) return Advice::acquisition;
  if (all_known && highest < 0 && win_back.high <= 0) return Advice::nothing_pays;
  return Advice::not_proven;
}

}  // namespace

std::string_view name_of(Advice advice) {
  constexpr std::array<std::string_view, 7> kNames = {"no_spend", "no_newcomers", "no_plan", "not_proven", "nothing_pays", "win_back", "acquisition"};
  return kNames[static_cast<std::size_t>(advice)];
}

Balance weigh(const BalanceRequest& request) {
  Balance balance;
  std::vector<const NewcomerGroup*> all;
  double counted = 0, over = 0;
  for (const ChannelRecord& channel : request.channels) {
    for (const NewcomerGroup& g : channel.newcomers) {
      all.push_back(&g);
      counted += g.customers;
      if (g.lived == kTwelfths) over += g.customers;
    }
  }
  for (const NewcomerGroup& g : request.others) all.push_back(&g);
  if (counted > 0) balance.older_share = over / counted;
  std::array<std::array<double, kTwelfths + 1>, kLots + 1> share{};
  std::size_t ignored = 0;
  for (std::size_t lot = 0; lot < kLots; ++lot) share[lot] = development(all, lot, ignored);
  share[kNone] = development(all, kNone, balance.known_twelfths);
  std::copy(share[kNone].begin() + 1, share[kNone].end(), balance.share_by_twelfth.begin());
  for (const ChannelRecord& channel : request.channels) balance.channels.push_back(weigh_channel(channel, request, share));
  std::ranges::sort(balance.channels, [](const ChannelBalance& a, const ChannelBalance& b) {
    if (a.next_unit.has_value() != b.next_unit.has_value()) return a.next_unit.has_value();
    if (a.next_unit && a.next_unit->value != b.next_unit->value) return a.next_unit->value > b.next_unit->value;
    return a.name < b.name;
  });
  if (request.plan) weigh_plan(*request.plan, balance);
  balance.advice = advise(balance);
  return balance;
}

}  // namespace measure
