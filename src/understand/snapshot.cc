#include "understand/snapshot.h"

#include <unordered_map>

#include "gen/sql_warehouse.h"
#include "understand/business/by_person.h"

namespace understand {
namespace {

using base::Block;
using base::Column;
using base::ColumnKind;
using base::Result;
using model::Profiles;

constexpr std::size_t kRowsPerInsert = 250000;

template <class T, class Get>
void fill(Block& block, const char* name, ColumnKind kind, std::size_t begin, std::size_t end, Get get) {
  Column column{name, kind};
  auto& values = column.as<T>();
  values.reserve(end - begin);
  for (std::size_t i = begin; i < end; ++i) values.push_back(static_cast<T>(get(i)));
  block.columns.push_back(std::move(column));
}

template <class Get>
void fill_text(Block& block, const char* name, std::size_t begin, std::size_t end, Get get) {
  Column column{name, ColumnKind::text};
  for (std::size_t i = begin; i < end; ++i) column.text().push_back(get(i));
  block.columns.push_back(std::move(column));
}

Block rows_of(const Profiles& p, std::size_t begin, std::size_t end) {
  Block block;
  const std::int32_t today = base::day_number(p.as_of);
  const auto number = [&](const char* name, const std::vector<double>& values) {
    fill<double>(block, name, ColumnKind::f64, begin, end, [&](std::size_t i) { return values[i]; });
  };
  const auto day = [&](const char* name, const std::vector<std::int32_t>& values) {
    fill<std::int32_t>(block, name, ColumnKind::day, begin, end, [&](std::size_t i) { return values[i]; });
  };
  const auto small = [&](const char* name, const std::vector<std::uint8_t>& values) {
    fill<std::uint8_t>(block, name, ColumnKind::u8, begin, end, [&](std::size_t i) { return values[i]; });
  };
  const auto word = [&](const char* name, const std::vector<std::uint32_t>& values, const std::vector<std::string>& dictionary) {
    fill_text(block, name, begin, end, [&](std::size_t i) { return std::string_view{dictionary[values[i]]}; });
  };
  fill_text(block, "snapshot_id", begin, end, [&](std::size_t) { return std::string_view{p.snapshot_id}; });
  fill<std::int32_t>(block, "as_of", ColumnKind::day, begin, end, [&](std::size_t) { return today; });
  fill_text(block, "customer_id", begin, end, [&](std::size_t i) { return p.customer_id[i]; });
  day("first_day", p.first_day);
  day("last_day", p.last_day);
  fill<std::int32_t>(block, "silent_days", ColumnKind::i32, begin, end, [&](std::size_t i) { return p.silent(i); });
  fill<std::uint32_t>(block, "purchase_days", ColumnKind::u32, begin, end, [&](std::size_t i) { return p.purchase_days[i]; });
  number("spend", p.spend);
  number("spend_12m", p.spend_12m);
  number("average_basket", p.average_basket);
  number("returned_share", p.returned_share);
  small("r", p.r);
  small("f", p.f);
  small("m", p.m);
  fill_text(block, "segment", begin, end, [&](std::size_t i) { return model::name_of(p.segment[i]); });
  fill_text(block, "stage", begin, end, [&](std::size_t i) { return model::name_of(p.stage[i]); });
  number("expected_gap", p.expected_gap);
  day("lapsed_on", p.lapsed_on);
  number("return_chance", p.return_chance);
  number("expected_orders", p.expected_orders);
  number("expected_basket", p.expected_basket);
  number("expected_year", p.expected_year);
  number("loss_90", p.loss_90);
  number("value_percentile", p.value_percentile);
  fill<double>(block, "price_sensitivity", ColumnKind::f64, begin, end,
               [&](std::size_t i) { return p.price_sensitivity.empty() ? 0.0F : p.price_sensitivity[i]; });
  word("first_item", p.first_item, p.items);
  word("last_item", p.last_item, p.items);
  word("favourite_item", p.favourite_item, p.items);
  word("favourite_category", p.favourite_category, p.categories);
  word("country", p.country, p.countries);
  fill_text(block, "situation", begin, end, [&](std::size_t i) { return model::name_of(p.situation_of(i)); });
  fill_text(block, "place", begin, end, [&](std::size_t i) { return p.place.empty() ? std::string_view{} : std::string_view{p.places[p.place[i]]}; });
  return block;
}

}  // namespace

Result<void> store_snapshot(const Profiles& profiles, port::Warehouse& warehouse) {
  // A snapshot may have been dropped for another and come again: its rows cannot name the writing, for the engine would
  // take them for those it has seen.
  std::uint64_t there = 0;
  std::string writing;
  WB_TRY(warehouse.select({gen::warehouse::count_snapshot.name, gen::warehouse::count_snapshot.text, {{"snapshot", profiles.snapshot_id}}},
                          [&](Block&& block) -> Result<void> {
                            WB_ASSIGN(const auto* rows, block.need("rows", ColumnKind::u64));
                            WB_ASSIGN(const auto* name, block.need("writing", ColumnKind::text));
                            for (std::size_t row = 0; row < block.rows(); ++row) {
                              there = rows->as<std::uint64_t>()[row];
                              writing = name->text()[row];
                            }
                            return {};
                          }));
  const std::size_t first = there < profiles.size() ? 0 : profiles.size();
  for (std::size_t begin = first; begin < profiles.size(); begin += kRowsPerInsert) {
    const std::size_t end = std::min(profiles.size(), begin + kRowsPerInsert);
    const std::string token = fmt::format("{}:{}:{}", profiles.snapshot_id, writing, begin / kRowsPerInsert);
    WB_TRY(warehouse.insert("profiles", token, rows_of(profiles, begin, end)));
  }
  return warehouse.execute({gen::warehouse::drop_older_profiles.name, gen::warehouse::drop_older_profiles.text,
                            {{"keep", profiles.snapshot_id}}});
}

Result<void> load_signals(port::Warehouse& warehouse, Profiles& profiles) {
  profiles.flags.assign(profiles.size(), 0);
  profiles.birthday.assign(profiles.size(), 0);
  std::size_t i = 0;  // both are ordered by customer id, byte by byte: one walk side by side
  return business::select_by_person(
      {gen::warehouse::customer_signals.name, gen::warehouse::customer_signals.text, {{"as_of", base::to_string(profiles.as_of)}}}, warehouse,
      [&](Block&& block) -> Result<void> {
        WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
        WB_ASSIGN(const auto* opted_out, block.need("opted_out", ColumnKind::u8));
        WB_ASSIGN(const auto* natural_end, block.need("natural_end", ColumnKind::u8));
        WB_ASSIGN(const auto* open_return, block.need("open_return", ColumnKind::u8));
        WB_ASSIGN(const auto* quality, block.need("quality_leaver", ColumnKind::u8));
        WB_ASSIGN(const auto* birthday, block.need("birthday", ColumnKind::i32));
        for (std::size_t row = 0; row < block.rows(); ++row) {
          while (i < profiles.size() && profiles.customer_id[i] < id->text()[row]) ++i;
          if (i == profiles.size()) return {};
          if (profiles.customer_id[i] != id->text()[row]) continue;
          const auto bit = [&](const Column* column, std::uint8_t flag) {
            return column->as<std::uint8_t>()[row] != 0 ? flag : std::uint8_t{0};
          };
          profiles.flags[i] = static_cast<std::uint8_t>(
              bit(opted_out, model::flag_opted_out) | bit(natural_end, model::flag_natural_end) |
              bit(open_return, model::flag_open_return) | bit(quality, model::flag_quality_leaver));
          profiles.birthday[i] = static_cast<std::int16_t>(birthday->as<std::int32_t>()[row]);
        }
        return {};
      });
}

}  // namespace understand
