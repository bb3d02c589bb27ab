#include "gen/sql_warehouse.h"
#include "understand/churn/forecast.h"

namespace understand::churn {
namespace {

using base::Block;
using base::Column;
using base::ColumnKind;
using base::Result;
using Row = model::Churn::Row;

constexpr std::size_t kRowsPerInsert = 250000;

template <class T, class Get>
void fill(Block& block, const char* name, ColumnKind kind, std::span<const Row> rows, Get get) {
  Column column{name, kind};
  for (const Row& row : rows) column.as<T>().push_back(get(row));
  block.columns.push_back(std::move(column));
}

template <class Get>
void fill_text(Block& block, const char* name, std::span<const Row> rows, Get get) {
  Column column{name, ColumnKind::text};
  for (const Row& row : rows) column.text().push_back(get(row));
  block.columns.push_back(std::move(column));
}

Block rows_of(const model::Churn& churn, std::span<const Row> rows) {
  Block block;
  const std::int32_t as_of = base::day_number(churn.as_of);
  fill_text(block, "snapshot_id", rows, [&](const Row&) -> std::string_view { return churn.snapshot_id; });
  fill<std::int32_t>(block, "as_of", ColumnKind::day, rows, [&](const Row&) { return as_of; });
  fill_text(block, "customer_id", rows, [](const Row& r) -> std::string_view { return r.customer_id; });
  fill<double>(block, "chance", ColumnKind::f64, rows, [](const Row& r) { return r.chance; });
  fill<double>(block, "chance_low", ColumnKind::f64, rows, [](const Row& r) { return r.low; });
  fill<double>(block, "chance_high", ColumnKind::f64, rows, [](const Row& r) { return r.high; });
  fill<std::int32_t>(block, "horizon_days", ColumnKind::i32, rows, [&](const Row&) { return churn.horizon_days; });
  fill<double>(block, "at_stake", ColumnKind::f64, rows, [](const Row& r) { return r.at_stake; });
  fill<std::int32_t>(block, "silent_days", ColumnKind::i32, rows, [](const Row& r) { return r.silent; });
  fill<double>(block, "expected_gap", ColumnKind::f64, rows, [](const Row& r) { return r.gap; });
  fill<double>(block, "spend_12m", ColumnKind::f64, rows, [](const Row& r) { return r.spend_12m; });
  fill_text(block, "model", rows, [&](const Row&) -> std::string_view { return churn.model; });
  Column reasons{"reasons", ColumnKind::text_list};
  auto& list = reasons.text_list();
  for (const Row& row : rows) {
    for (const auto& driver : row.drivers) list.items.push_back(model::name_of(driver.reason));
    list.ends.push_back(list.items.size());
  }
  block.columns.push_back(std::move(reasons));
  fill_text(block, "action", rows, [](const Row& r) { return model::name_of(r.action); });
  return block;
}

}  // namespace

Result<void> ensure_tables(port::Warehouse& warehouse) {
  return warehouse.execute({gen::warehouse::create_churn.name, gen::warehouse::create_churn.text});
}

Result<void> store_forecast(const model::Churn& churn, port::Warehouse& warehouse) {
  WB_TRY(ensure_tables(warehouse));
  const std::span rows{churn.rows};
  for (std::size_t begin = 0; begin < rows.size(); begin += kRowsPerInsert) {
    const auto part = rows.subspan(begin, std::min(kRowsPerInsert, rows.size() - begin));
    WB_TRY(warehouse.insert("churn", fmt::format("churn:{}:{}", churn.snapshot_id, begin / kRowsPerInsert), rows_of(churn, part)));
  }
  return warehouse.execute({gen::warehouse::drop_older_churn.name, gen::warehouse::drop_older_churn.text, {{"keep", churn.snapshot_id}}});
}

}  // namespace understand::churn
