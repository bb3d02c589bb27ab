#include "measure/results.h"

#include <algorithm>
#include <cmath>

#include "gen/sql_warehouse.h"
#include "measure/running.h"
#include "stats/interval.h"

namespace measure {
namespace {

using base::Block;
using base::ColumnKind;
using base::Result;

struct Sum {
  Running money;
  double returned = 0;

  void add(double value, bool back) {
    money.add(value);
    returned += back ? 1 : 0;
  }
};

Arm arm_of(const Sum& s) {
  return {static_cast<std::uint64_t>(s.money.count), static_cast<std::uint64_t>(s.returned), s.money.mean,
          std::sqrt(s.money.variance())};
}

}  // namespace

Result<Results> results_of(const model::Plan& plan, std::span<const model::Offer> offers, double margin, double expected,
                           port::Warehouse& warehouse) {
  Results results;
  results.plan_id = plan.id;
  results.currency = plan.currency;
  results.expected = expected;
  results.from = plan.as_of + std::chrono::days{1};
  results.until = plan.as_of + std::chrono::days{static_cast<int>(plan.horizon_days)};
  WB_TRY(warehouse.select({gen::warehouse::orders_seen_until.name, gen::warehouse::orders_seen_until.text},
                          [&](Block&& block) -> Result<void> {
                            if (block.rows() == 0) return {};
                            WB_ASSIGN(const auto* day, block.need("day", ColumnKind::i32));
                            results.seen_until = base::day_from_number(day->as<std::int32_t>()[0]);
                            return {};
                          }));
  if (results.seen_until < results.from) {
    return base::fail(base::Code::not_found,
                      "the orders imported so far end on {}, before the plan's first day {}: import later orders, then look again",
                      base::to_string(results.seen_until), base::to_string(results.from));
  }
  Sum treated, held_out;
  WB_TRY(warehouse.select(
      {gen::warehouse::plan_outcomes.name, gen::warehouse::plan_outcomes.text,
       {{"plan", plan.id}, {"after", base::to_string(plan.as_of)}, {"until", base::to_string(results.until)}}},
      [&](Block&& block) -> Result<void> {
        WB_ASSIGN(const auto* verdict, block.need("verdict", ColumnKind::text));
        WB_ASSIGN(const auto* offer_id, block.need("offer", ColumnKind::text));
        WB_ASSIGN(const auto* net, block.need("net", ColumnKind::f64));
        WB_ASSIGN(const auto* first, block.need("first_sale", ColumnKind::f64));
        WB_ASSIGN(const auto* days, block.need("purchase_days", ColumnKind::u32));
        for (std::size_t row = 0; row < block.rows(); ++row) {
          const bool back = days->as<std::uint32_t>()[row] > 0;
          double contribution = back ? margin * net->as<double>()[row] : 0;
          if (verdict->text()[row] == "approach") {
            const auto offer = std::find_if(offers.begin(), offers.end(), [&](const auto& o) { return o.id == offer_id->text()[row]; });
            if (offer != offers.end()) {
              contribution -= offer->contact_cost;
              if (back) contribution -= offer->redeem * (offer->redemption_cost + offer->basket_share * first->as<double>()[row]);
            }
            treated.add(contribution, back);
          } else {
            held_out.add(contribution, back);
          }
        }
        return {};
      }));
  if (treated.money.count == 0) return base::fail(base::Code::not_found, "plan {} approached nobody", plan.id);
  if (held_out.money.count < 2) {
    return base::fail(base::Code::invalid_input,
                      "plan {} held out fewer than two comparable customers: what it earned cannot be told from what would have "
                      "come anyway", plan.id);
  }
  results.complete = results.seen_until >= results.until;
  results.treated = arm_of(treated);
  results.held_out = arm_of(held_out);
  results.lift = treated.returned / treated.money.count - held_out.returned / held_out.money.count;
  const stats::Interval rates = stats::newcombe_difference(treated.returned, treated.money.count, held_out.returned, held_out.money.count, 0.95);
  results.lift_low = rates.low;
  results.lift_high = rates.high;
  const stats::WelchDifference money = stats::welch_difference({treated.money.count, treated.money.mean, treated.money.variance()},
                                                               {held_out.money.count, held_out.money.mean, held_out.money.variance()}, 0.95);
  results.per_customer = money.difference;
  results.per_customer_low = money.interval.low;
  results.per_customer_high = money.interval.high;
  results.total = results.per_customer * treated.money.count;
  results.total_low = results.per_customer_low * treated.money.count;
  results.total_high = results.per_customer_high * treated.money.count;
  results.proven = results.complete && (results.total_low > 0 || results.total_high < 0);
  return results;
}

}  // namespace measure
