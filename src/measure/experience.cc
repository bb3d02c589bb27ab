#include "measure/experience.h"

#include <algorithm>
#include <array>

#include "gen/sql_warehouse.h"

namespace measure {

using base::Block;
using base::ColumnKind;
using base::Result;

Result<std::optional<base::Day>> orders_seen_until(port::Warehouse& warehouse) {
  std::optional<base::Day> seen;
  WB_TRY(warehouse.select({gen::warehouse::orders_seen_until.name, gen::warehouse::orders_seen_until.text},
                          [&](Block&& block) -> Result<void> {
                            if (block.rows() == 0) return {};
                            WB_ASSIGN(const auto* day, block.need("day", ColumnKind::i32));
                            seen = base::day_from_number(day->as<std::int32_t>()[0]);
                            return {};
                          }));
  return seen;
}

Result<bool> add_plan_experience(const model::Plan& plan, std::span<const model::Offer> offers, double margin, base::Day from,
                                 port::Warehouse& warehouse, model::Experience& e) {
  WB_ASSIGN(const std::optional<base::Day> seen, orders_seen_until(warehouse));
  const base::Day until = from + std::chrono::days{static_cast<int>(plan.horizon_days)};
  if (!seen || *seen < until) return false;
  std::array<std::optional<std::uint16_t>, 2> trial_of;  // by stratum, made when somebody is in it
  const auto number = [](const base::Column* column, std::size_t row) { return static_cast<float>(column->as<double>()[row]); };
  WB_TRY(warehouse.select(
      {gen::warehouse::plan_experience.name, gen::warehouse::plan_experience.text,
       {{"plan", plan.id}, {"after", base::to_string(from)}, {"until", base::to_string(until)}}},
      [&](Block&& block) -> Result<void> {
        WB_ASSIGN(const auto* stratum, block.need("stratum", ColumnKind::u8));
        WB_ASSIGN(const auto* approached, block.need("approached", ColumnKind::u8));
        WB_ASSIGN(const auto* offer_id, block.need("offer", ColumnKind::text));
        WB_ASSIGN(const auto* propensity, block.need("propensity", ColumnKind::f64));
        WB_ASSIGN(const auto* chance, block.need("return_chance", ColumnKind::f64));
        WB_ASSIGN(const auto* silent, block.need("silent_days", ColumnKind::f64));
        WB_ASSIGN(const auto* purchases, block.need("purchases", ColumnKind::f64));
        WB_ASSIGN(const auto* average, block.need("average_basket", ColumnKind::f64));
        WB_ASSIGN(const auto* sensitivity, block.need("price_sensitivity", ColumnKind::f64));
        WB_ASSIGN(const auto* basket, block.need("basket", ColumnKind::f64));
        WB_ASSIGN(const auto* basket_sd, block.need("basket_sd", ColumnKind::f64));
        WB_ASSIGN(const auto* orders, block.need("orders_if_back", ColumnKind::f64));
        WB_ASSIGN(const auto* year, block.need("expected_year", ColumnKind::f64));
        WB_ASSIGN(const auto* net, block.need("net", ColumnKind::f64));
        WB_ASSIGN(const auto* first, block.need("first_sale", ColumnKind::f64));
        WB_ASSIGN(const auto* days, block.need("purchase_days", ColumnKind::u32));
        for (std::size_t row = 0; row < block.rows(); ++row) {
          const bool got = approached->as<std::uint8_t>()[row] != 0;
          const auto offer = std::find_if(offers.begin(), offers.end(), [&](const auto& o) { return o.id == offer_id->text()[row]; });
          if (got && offer == offers.end()) continue;  // an offer the plan no longer knows cannot be counted
          const std::size_t which = stratum->as<std::uint8_t>()[row];
          if (which >= trial_of.size()) continue;
          if (!trial_of[which]) {
            trial_of[which] = static_cast<std::uint16_t>(e.trials.size());
            e.trials.push_back({plan.id + (which == 0 ? "" : "/unknown"), from, static_cast<std::int32_t>(plan.horizon_days)});
          }
          const bool back = days->as<std::uint32_t>()[row] > 0;
          double money = back ? margin * net->as<double>()[row] : 0;
          if (got) {
            money -= offer->contact_cost;
            if (back) money -= offer->redeem * (offer->redemption_cost + offer->basket_share * first->as<double>()[row]);
          }
          e.trial.push_back(*trial_of[which]);
          e.kind.push_back(got ? static_cast<std::uint8_t>(offer->kind) : model::kNotApproached);
          e.propensity.push_back(number(propensity, row));
          e.return_chance.push_back(number(chance, row));
          e.traits.push_back(model::traits_of(silent->as<double>()[row], purchases->as<double>()[row], average->as<double>()[row],
                                              sensitivity->as<double>()[row]));
          e.returned.push_back(back ? 1 : 0);
          e.contribution.push_back(static_cast<float>(money));
          e.basket.push_back(number(basket, row));
          e.basket_sd.push_back(number(basket_sd, row));
          e.orders_if_back.push_back(number(orders, row));
          e.expected_year.push_back(number(year, row));
        }
        return {};
      }));
  return true;
}

}  // namespace measure
