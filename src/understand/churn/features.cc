#include "understand/churn/features.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gen/sql_warehouse.h"
#include "understand/features.h"
#include "understand/rhythm.h"

namespace understand::churn {
namespace {

using base::Block;
using base::ColumnKind;
using base::Result;

constexpr const char* kOwnColumns[] = {"expected_gap", "silent_per_expected_gap", "btyd_leave"};

float log_odds(float p) {
  const float kept = std::clamp(p, 1e-6F, 1 - 1e-6F);
  return std::log(kept / (1 - kept));
}

}  // namespace

Result<FeatureTable> features_at(port::Warehouse& warehouse, base::Day cut, base::Day seen_to, bool by_activity) {
  FeatureTable table;
  WB_TRY(warehouse.select({gen::warehouse::churn_features.name, gen::warehouse::churn_features.text,
                           {{"cut", base::to_string(cut)}, {"seen_to", base::to_string(seen_to)},
                            {"by_activity", by_activity ? "1" : "0"}, {"passive", kPassive}}},
                          [&](Block&& block) -> Result<void> {
                            if (block.rows() == 0) return {};
                            WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
                            std::vector<const std::vector<double>*> values;
                            std::vector<std::string> names;
                            for (const base::Column& column : block.columns) {
                              if (column.kind != ColumnKind::f64) continue;
                              values.push_back(&column.as<double>());
                              names.push_back(column.name);
                            }
                            if (table.columns.empty()) table.columns = names;
                            if (names != table.columns) return base::fail(base::Code::internal, "churn_features changes its columns between blocks");
                            for (std::size_t row = 0; row < block.rows(); ++row) {
                              table.customer_id.push_back(id->text()[row]);
                              for (const auto* column : values) {
                                const auto value = static_cast<float>((*column)[row]);
                                table.x.push_back(std::isfinite(value) ? value : std::numeric_limits<float>::quiet_NaN());
                              }
                            }
                            return {};
                          }));
  return table;
}

Result<Histories> load_activity(port::Warehouse& warehouse, base::Day before) {
  Histories h;
  h.as_of = before - std::chrono::days{1};
  h.items = h.categories = h.countries = {""};
  const auto open = [&](std::string_view id) {
    h.customer_id.push_back(id);
    h.ends.push_back(h.day.size());
    h.returned.push_back(0);
    for (auto* column : {&h.first_item, &h.last_item, &h.favourite_item, &h.favourite_category, &h.country}) column->push_back(0);
  };
  WB_TRY(warehouse.select({gen::warehouse::churn_activity.name, gen::warehouse::churn_activity.text,
                           {{"seen_to", base::to_string(before)}, {"passive", kPassive}}},
                          [&](Block&& block) -> Result<void> {
                            if (block.rows() == 0) return {};
                            WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
                            WB_ASSIGN(const auto* day, block.need("day", ColumnKind::i32));
                            for (std::size_t row = 0; row < block.rows(); ++row) {
                              const std::string_view customer = id->text()[row];
                              if (h.customer_id.size() == 0 || h.customer_id[h.customer_id.size() - 1] != customer) open(customer);
                              h.day.push_back(day->as<std::int32_t>()[row]);
                              h.amount.push_back(0);
                              h.ends.back() = h.day.size();
                            }
                            return {};
                          }));
  return h;
}

Result<Histories> load_known(port::Warehouse& warehouse, base::Day before, bool by_activity) {
  if (by_activity) return load_activity(warehouse, before);
  return load_histories(warehouse, before - std::chrono::days{1});
}

Result<Snapshot> snapshot_at(port::Warehouse& warehouse, const SnapshotRequest& request, const Histories* now) {
  Snapshot result;
  result.cut = request.cut;
  // Labels may know what happened later; this must not: a purchase sent back next month was a purchase today.
  WB_ASSIGN(const Histories then, load_known(warehouse, request.cut, request.by_activity));
  WB_ASSIGN(const FeatureTable table, features_at(warehouse, request.cut, request.seen_to, request.by_activity));
  const std::int32_t eve = base::day_number(request.cut) - 1;
  result.known = then.size();
  result.columns = table.columns;
  for (const char* name : kOwnColumns) result.columns.emplace_back(name);
  const Rhythm rhythm = learn_rhythm(then, eve);
  const auto shop = ShopModel::fit(then, eve);
  std::size_t row = 0, later = 0;  // all three are ordered by customer id
  for (std::size_t i = 0; i < then.size(); ++i) {
    const std::string_view id = then.customer_id[i];
    while (row < table.rows() && table.customer_id[row] < id) ++row;
    if (row == table.rows()) break;
    if (table.customer_id[row] != id) continue;
    const Standing s = standing_at(then, i, eve, request.horizon);
    const double gap = rhythm.expected_gap(s.purchases, s.span, then.favourite_category[i]);
    const double silent = static_cast<double>(s.silent) + 1;  // on the morning of the cut
    if (silent >= lapse_days(request.business, gap).light) continue;
    const auto leave = shop ? static_cast<float>(1 - shop->any_purchase(s, request.horizon)) : -1.0F;
    if (now != nullptr) {
      while (later < now->size() && now->customer_id[later] < id) ++later;
      const bool still_there = later < now->size() && now->customer_id[later] == id;
      result.left.push_back(still_there && returns_within(*now, later, eve, request.horizon) ? 0.0F : 1.0F);
    }
    result.customer.push_back(static_cast<std::uint32_t>(i));
    result.ids.push_back(id);
    result.silent.push_back(static_cast<float>(silent));
    result.gap.push_back(static_cast<float>(gap));
    result.btyd.push_back(leave);
    const auto begin = table.x.begin() + static_cast<std::ptrdiff_t>(row * table.columns.size());
    result.x.insert(result.x.end(), begin, begin + static_cast<std::ptrdiff_t>(table.columns.size()));
    result.x.push_back(static_cast<float>(gap));
    result.x.push_back(static_cast<float>(silent / gap));
    result.x.push_back(leave < 0 ? std::numeric_limits<float>::quiet_NaN() : log_odds(leave));
  }
  return result;
}

}  // namespace understand::churn
