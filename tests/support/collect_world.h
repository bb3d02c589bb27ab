#pragma once

#include <map>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/block.h"
#include "base/decimal.h"
#include "base/random.h"
#include "port/store.h"
#include "port/warehouse.h"

namespace tests {

/// A warehouse that keeps what is inserted, and honours tokens and the keys of the tables of raw facts: enough of the
/// real one's behaviour to see what an import did.
class RecordingWarehouse : public port::Warehouse {
 public:
  using Row = std::map<std::string, std::string, std::less<>>;

  base::Result<void> execute(const port::Statement& statement) override {
    const std::lock_guard lock{mutex_};
    statements.emplace_back(statement.name);
    if (statement.name.starts_with("undo_")) {
      std::erase_if(
          rows, [&](const auto& entry) { return entry.second.at("import_id") == statement.parameters.front().value; });
    }
    return {};
  }
  base::Result<void> select(const port::Statement&, const base::BlockSink&) override { return {}; }
  base::Result<void> stream(const port::Statement&, std::string_view, const base::ByteSink&) override { return {}; }
  base::Result<void> stream_readonly(const port::Statement&, std::string_view, const base::ByteSink&) override {
    return {};
  }
  base::Result<port::WarehouseInfo> info() override { return port::WarehouseInfo{"recording", true}; }

  base::Result<void> insert(std::string_view table, std::string_view token, const base::Block& block) override {
    const std::lock_guard lock{mutex_};
    if (fail_at != 0 && ++inserts == fail_at) return base::fail(base::Code::unavailable, "the warehouse went away");
    if (!tokens.insert(std::string{token}).second) return {};
    for (std::size_t i = 0; i < block.rows(); ++i) {
      Row row;
      for (const base::Column& column : block.columns) row[column.name] = column.is_null(i) ? "NULL" : text(column, i);
      rows.insert_or_assign(key_of(table, row), std::move(row));
    }
    return {};
  }

  /// By the table's key: what FINAL shows.
  std::map<std::string, Row> rows;
  std::set<std::string> tokens;
  std::vector<std::string> statements;
  std::size_t fail_at = 0;  ///< the number of the insert that fails; 0 = none
  std::size_t inserts = 0;

 private:
  static std::string text(const base::Column& column, std::size_t i) {
    using base::ColumnKind;
    switch (column.kind) {
      case ColumnKind::text: return std::string{column.text()[i]};
      case ColumnKind::amount: return base::decimal_text(column.as<std::int64_t>()[i]);
      case ColumnKind::instant: return base::to_string(base::instant_from_millis(column.as<std::int64_t>()[i]));
      case ColumnKind::i64: return std::to_string(column.as<std::int64_t>()[i]);
      case ColumnKind::day: return base::to_string(base::day_from_number(column.as<std::int32_t>()[i]));
      case ColumnKind::u8: return std::to_string(column.as<std::uint8_t>()[i]);
      case ColumnKind::u32: return std::to_string(column.as<std::uint32_t>()[i]);
      case ColumnKind::u64: return std::to_string(column.as<std::uint64_t>()[i]);
      case ColumnKind::f64: return fmt::format("{}", column.as<double>()[i]);
      case ColumnKind::text_list: {
        const auto& list = column.text_list();
        std::string all;
        for (std::size_t k = list.begin_of(i); k < list.end_of(i); ++k)
          all += (all.empty() ? "" : "|") + std::string{list.items[k]};
        return all;
      }
      default: return "?";
    }
  }
  static std::string key_of(std::string_view table, const Row& row) {
    std::string key{table};
    const auto add = [&](std::initializer_list<std::string_view> names) {
      for (const std::string_view name : names) key += "\x1F" + row.find(name)->second;
    };
    if (table == "order_lines") add({"customer_id", "source", "order_id", "line_key"});
    if (table == "customers") add({"customer_id"});
    if (table == "products") add({"sku"});
    if (table == "events") add({"customer_id", "event_id"});
    if (table == "spend") add({"day", "channel", "purpose"});
    return key;
  }
  std::mutex mutex_;
};

class MemoryImports : public port::ImportStore {
 public:
  base::Result<model::Import> begin(const model::Import& draft) override {
    for (const model::Import& one : all) {
      if (one.fingerprint == draft.fingerprint && !one.finished_at && !one.undone_at) return one;
    }
    all.push_back(draft);
    all.back().id = static_cast<std::uint32_t>(all.size());
    return all.back();
  }
  base::Result<void> finish(const model::Import& import) override {
    all[import.id - 1] = import;
    return {};
  }
  base::Result<std::optional<model::Import>> find_finished(std::string_view fingerprint) override {
    for (const model::Import& one : all) {
      if (one.fingerprint == fingerprint && one.finished_at && !one.undone_at) return one;
    }
    return std::nullopt;
  }
  base::Result<std::optional<model::Import>> find(std::uint32_t id) override {
    if (id == 0 || id > all.size()) return std::nullopt;
    return all[id - 1];
  }
  base::Result<std::vector<model::Import>> list() override {
    return std::vector<model::Import>{all.rbegin(), all.rend()};
  }
  base::Result<void> mark_undone(std::uint32_t id, base::Instant at) override {
    all[id - 1].undone_at = at;
    return {};
  }
  std::vector<model::Import> all;
};

class MemoryContacts : public port::ContactStore {
 public:
  base::Result<void> put(std::span<const model::ContactPoint> points) override {
    for (const model::ContactPoint& point : points) {
      auto [at, is_new] = all.try_emplace({point.customer_id, point.channel}, point);
      const bool out = at->second.opted_out || point.opted_out;
      at->second = point;
      at->second.opted_out = out;
    }
    return {};
  }
  base::Result<void> each(const std::function<base::Result<void>(const model::ContactPoint&)>& sink) override {
    for (const auto& [key, point] : all) {
      if (auto done = sink(point); !done) return done;
    }
    return {};
  }
  base::Result<std::uint64_t> count() override { return all.size(); }
  base::Result<std::string> pseudonym(std::string_view address) override {
    return fmt::format("p_{:016x}{:016x}", base::stable_hash(address, 1), base::stable_hash(address, 2));
  }
  std::map<std::pair<std::string, std::string>, model::ContactPoint> all;
};

}  // namespace tests
