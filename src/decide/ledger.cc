#include "decide/ledger.h"

#include <algorithm>

#include "base/random.h"
#include "decide/options.h"
#include "gen/sql_warehouse.h"

namespace decide {
namespace {

using base::Block;
using base::Column;
using base::ColumnKind;
using base::Result;

constexpr std::size_t kRows = 250000;
constexpr std::string_view kLetters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

template <class Get>
void text_column(Block& block, const char* name, std::size_t begin, std::size_t end, Get get) {
  Column column{name, ColumnKind::text};
  for (std::size_t i = begin; i < end; ++i) column.text().push_back(get(i));
  block.columns.push_back(std::move(column));
}

void number_column(Block& block, const char* name, std::size_t begin, std::size_t end, const std::vector<float>& values) {
  Column column{name, ColumnKind::f64};
  for (std::size_t i = begin; i < end; ++i) column.as<double>().push_back(static_cast<double>(values[i]));
  block.columns.push_back(std::move(column));
}

Block rows_of(const Plan& plan, const PlanRequest& request, const model::Profiles& profiles, std::size_t begin, std::size_t end) {
  const model::Decisions& d = plan.decisions;
  Block block;
  const auto offer = [&](std::uint8_t index) {
    return index == model::kNoOffer ? std::string_view{} : std::string_view{request.offers[index].id};
  };
  const auto approached = [&](std::size_t i) {
    return d.verdict[i] == model::Verdict::approach || d.verdict[i] == model::Verdict::explore;
  };
  text_column(block, "plan_id", begin, end, [&](std::size_t) { return std::string_view{plan.summary.id}; });
  Column as_of{"as_of", ColumnKind::day};
  as_of.as<std::int32_t>().assign(end - begin, base::day_number(profiles.as_of));
  block.columns.push_back(std::move(as_of));
  text_column(block, "customer_id", begin, end, [&](std::size_t i) { return profiles.customer_id[i]; });
  text_column(block, "verdict", begin, end, [&](std::size_t i) { return model::name_of(d.verdict[i]); });
  text_column(block, "class", begin, end, [&](std::size_t i) { return model::name_of(d.kind[i]); });
  text_column(block, "filter", begin, end, [&](std::size_t i) { return model::name_of(d.filter[i]); });
  text_column(block, "offer", begin, end, [&](std::size_t i) { return offer(d.offer[i]); });
  text_column(block, "best_offer", begin, end, [&](std::size_t i) { return offer(d.best_offer[i]); });
  number_column(block, "worth", begin, end, d.worth);
  number_column(block, "worth_low", begin, end, d.worth_low);
  number_column(block, "worth_high", begin, end, d.worth_high);
  number_column(block, "chance_positive", begin, end, d.chance_positive);
  number_column(block, "chance_if_works", begin, end, d.chance_if_works);
  number_column(block, "return_chance", begin, end, d.return_chance);
  number_column(block, "return_chance_with", begin, end, d.return_chance_with);
  number_column(block, "cost", begin, end, d.cost);
  number_column(block, "attention", begin, end, d.attention);
  number_column(block, "propensity", begin, end, d.propensity);
  Column wait{"wait_until", ColumnKind::day};
  wait.as<std::int32_t>().assign(d.wait_until.begin() + static_cast<std::ptrdiff_t>(begin),
                                 d.wait_until.begin() + static_cast<std::ptrdiff_t>(end));
  block.columns.push_back(std::move(wait));
  text_column(block, "code", begin, end, [&](std::size_t i) {
    return approached(i) ? code_of(plan.salt, profiles.customer_id[i]) : std::string{};
  });
  Column wave{"wave", ColumnKind::u8};
  for (std::size_t i = begin; i < end; ++i) {
    wave.as<std::uint8_t>().push_back(approached(i) ? wave_of(plan.salt, profiles.customer_id[i]) : std::uint8_t{0});
  }
  block.columns.push_back(std::move(wave));
  const auto input = [&](const char* name, auto get) {
    Column column{name, ColumnKind::f64};
    for (std::size_t i = begin; i < end; ++i) column.as<double>().push_back(get(i));
    block.columns.push_back(std::move(column));
  };
  input("basket", [&](std::size_t i) { return profiles.expected_basket[i]; });
  input("basket_sd", [&](std::size_t i) { return profiles.basket_sd[i]; });
  input("orders_if_back", [&](std::size_t i) { return prospect_of(profiles, i).orders_if_back; });
  input("expected_year", [&](std::size_t i) { return profiles.expected_year[i]; });
  input("silent_days", [&](std::size_t i) { return static_cast<double>(profiles.silent(i)); });
  input("purchases", [&](std::size_t i) { return static_cast<double>(profiles.purchase_days[i]); });
  input("average_basket", [&](std::size_t i) { return profiles.average_basket[i]; });
  input("price_sensitivity", [&](std::size_t i) {
    return profiles.price_sensitivity.empty() ? 0.0 : static_cast<double>(profiles.price_sensitivity[i]);
  });
  return block;
}

}  // namespace

std::string code_of(std::uint64_t salt, std::string_view customer_id) {
  std::uint64_t bits = base::stable_hash(customer_id, salt ^ 0xC0DE);
  std::string code;
  for (int k = 0; k < 8; ++k) {
    code += kLetters[bits % kLetters.size()];
    bits /= kLetters.size();
  }
  return code;
}

std::uint8_t wave_of(std::uint64_t salt, std::string_view customer_id) {
  const std::uint64_t lot = base::stable_hash(customer_id, salt ^ 0x3A7E) % 10;
  return lot == 0 ? 1 : lot < 4 ? 2 : 3;
}

Result<void> ensure_tables(port::Warehouse& warehouse) {
  WB_TRY(warehouse.execute({gen::warehouse::create_decisions.name, gen::warehouse::create_decisions.text}));
  return warehouse.execute({gen::warehouse::widen_decisions.name, gen::warehouse::widen_decisions.text});
}

base::BlockSource decision_rows(const Plan& plan, const PlanRequest& request, const model::Profiles& profiles) {
  return [&plan, &request, &profiles, at = std::size_t{0}](Block& block) mutable -> Result<bool> {
    if (at >= profiles.size()) return false;
    const std::size_t end = std::min(profiles.size(), at + kRows);
    block = rows_of(plan, request, profiles, at, end);
    at = end;
    return true;
  };
}

Result<void> store_decisions(const Plan& plan, const PlanRequest& request, const model::Profiles& profiles,
                             port::Warehouse& warehouse) {
  WB_TRY(ensure_tables(warehouse));
  const base::BlockSource rows = decision_rows(plan, request, profiles);
  for (std::size_t part = 0;; ++part) {
    Block block;
    WB_ASSIGN(const bool more, rows(block));
    if (!more) return {};
    WB_TRY(warehouse.insert("decisions", fmt::format("{}:{}:{}", plan.summary.id, profiles.snapshot_id, part), block));
  }
}

Result<void> load_decisions(std::string_view plan_id, port::Warehouse& warehouse, const base::BlockSink& sink) {
  return warehouse.select({gen::warehouse::plan_decisions.name, gen::warehouse::plan_decisions.text, {{"plan", std::string{plan_id}}}}, sink);
}

}  // namespace decide
