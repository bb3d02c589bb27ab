#include "measure/campaign_results.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "gen/sql_warehouse.h"
#include "measure/running.h"
#include "stats/interval.h"
#include "stats/sequential.h"

namespace measure {

using base::Block;
using base::ColumnKind;
using base::Result;

namespace {

constexpr double kAlpha = 0.05;
constexpr double kSampleRatioAlarm = 0.001;

/// What one customer bought within the horizon.
struct Bought {
  double net = 0;
  std::uint32_t orders = 0;
};

struct ArmSum {
  Running money;
  CampaignArm arm;

  CampaignArm result() const {
    CampaignArm whole = arm;
    whole.customers = static_cast<std::uint64_t>(money.count);
    whole.contribution = money.mean;
    whole.contribution_sd = std::sqrt(money.variance());
    return whole;
  }
  double rate() const { return money.count > 0 ? static_cast<double>(arm.first_order) / money.count : 0; }
};

Result<base::Day> seen_until(port::Warehouse& warehouse) {
  base::Day day{};
  WB_TRY(warehouse.select({gen::warehouse::orders_seen_until.name, gen::warehouse::orders_seen_until.text},
                          [&](Block&& block) -> Result<void> {
                            if (block.rows() == 0) return {};
                            WB_ASSIGN(const auto* column, block.need("day", ColumnKind::i32));
                            day = base::day_from_number(column->as<std::int32_t>()[0]);
                            return {};
                          }));
  return day;
}

/// Standard error of a difference of two rates; a rate of 0 or 1 has its error by the rule of succession.
double rate_error(double a, double n_a, double b, double n_b) {
  const auto variance = [](double hits, double n) {
    const double p = (hits + 1) / (n + 2);
    return p * (1 - p) / n;
  };
  return std::sqrt(variance(a, n_a) + variance(b, n_b));
}

}  // namespace

Result<CampaignResults> campaign_results(const std::unordered_map<std::string, Assigned>& assigned, double control_share,
                                         double margin, std::int32_t horizon_days, port::Warehouse& warehouse) {
  if (assigned.empty()) return base::fail(base::Code::not_found, "nobody has entered this campaign yet");
  CampaignResults results;
  results.horizon_days = horizon_days;
  base::Instant first = base::Instant::max();
  for (const auto& [id, one] : assigned) first = std::min(first, one.entered_at);
  results.from = std::chrono::floor<std::chrono::days>(first);
  WB_ASSIGN(results.seen_until, seen_until(warehouse));
  if (results.seen_until < results.from) {
    return base::fail(base::Code::not_found,
                      "the orders imported so far end on {}, before the campaign's first day {}: import later orders, then look again",
                      base::to_string(results.seen_until), base::to_string(results.from));
  }
  const base::Instant seen{results.seen_until + std::chrono::days{1}};

  std::unordered_map<std::string_view, Bought> bought;
  WB_TRY(warehouse.select(
      {gen::warehouse::orders_since.name, gen::warehouse::orders_since.text, {{"from", base::to_string(results.from)}}},
      [&](Block&& block) -> Result<void> {
        WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
        WB_ASSIGN(const auto* at, block.need("at", ColumnKind::instant));
        WB_ASSIGN(const auto* net, block.need("net", ColumnKind::f64));
        WB_ASSIGN(const auto* sale, block.need("sale", ColumnKind::u8));
        for (std::size_t i = 0; i < block.rows(); ++i) {
          const auto customer = assigned.find(std::string{id->text()[i]});
          if (customer == assigned.end()) continue;
          const base::Instant when = base::instant_from_millis(at->as<std::int64_t>()[i]);
          const base::Instant entered = customer->second.entered_at;
          if (when < entered || when >= entered + std::chrono::days{horizon_days}) continue;
          Bought& sum = bought[customer->first];
          sum.net += net->as<double>()[i];
          sum.orders += sale->as<std::uint8_t>()[i];
        }
        return {};
      }));

  ArmSum treated, held_out;
  double lived = 0;
  for (const auto& [id, one] : assigned) {
    ArmSum& sum = one.control ? held_out : treated;
    const auto found = bought.find(id);
    const Bought what = found == bought.end() ? Bought{} : found->second;
    sum.arm.orders += what.orders;
    sum.arm.first_order += what.orders >= 1 ? 1 : 0;
    sum.arm.second_order += what.orders >= 2 ? 1 : 0;
    sum.money.add(margin * what.net - one.incentives - one.contacts);
    const double days = std::chrono::duration<double, std::ratio<86400>>(seen - one.entered_at).count();
    lived += std::clamp(days / horizon_days, 0.0, 1.0);
  }
  results.elapsed = lived / static_cast<double>(assigned.size());
  results.treated = treated.result();
  results.held_out = held_out.result();

  const std::array<std::uint64_t, 2> counts = {results.treated.customers, results.held_out.customers};
  const std::array<double, 2> shares = {1 - control_share, control_share};
  if (control_share > 0) results.sample_ratio_p = stats::sample_ratio_p(counts, shares);
  results.sample_ratio_alarm = results.sample_ratio_p < kSampleRatioAlarm;
  results.comparable = counts[0] >= 2 && counts[1] >= 2;
  if (!results.comparable) return results;

  const double n = treated.money.count;
  const double m = held_out.money.count;
  const double elapsed = std::max(results.elapsed, 0.01);
  results.lift = treated.rate() - held_out.rate();
  const double hits_t = static_cast<double>(treated.arm.first_order);
  const double hits_c = static_cast<double>(held_out.arm.first_order);
  const double lift_half = stats::always_valid_half_width(rate_error(hits_t, n, hits_c, m), elapsed, kAlpha);
  results.lift_low = results.lift - lift_half;
  results.lift_high = results.lift + lift_half;
  const double error = std::sqrt(treated.money.variance() / n + held_out.money.variance() / m);
  const double half = stats::always_valid_half_width(error, elapsed, kAlpha);
  results.per_customer = treated.money.mean - held_out.money.mean;
  results.per_customer_low = results.per_customer - half;
  results.per_customer_high = results.per_customer + half;
  results.total = results.per_customer * n;
  results.total_low = results.per_customer_low * n;
  results.total_high = results.per_customer_high * n;
  results.detectable_lift = stats::detectable_difference(held_out.rate(), n, m);
  results.proven = !results.sample_ratio_alarm && error > 0 && (results.total_low > 0 || results.total_high < 0);
  return results;
}

}  // namespace measure
