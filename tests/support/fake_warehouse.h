#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "port/warehouse.h"
#include "tests/support/table_sql.h"

namespace tests {

/// A warehouse in memory. It holds tables and knows tokens. Of SQL it understands CREATE TABLE and deletion by one
/// value; every other statement is answered by the function registered under its name. Safe for several threads.
class FakeWarehouse final : public port::Warehouse {
 public:
  /// Answers one statement by handing blocks to the sink.
  using Answer = std::function<base::Result<void>(const port::Statement&, const base::BlockSink&)>;

  /// A row as people would write it, by column: see `value_text`.
  using Row = std::map<std::string, std::string, std::less<>>;

  /// A statement that reads. Statements without an answer are `invalid_input`, as bad SQL is.
  void answer(std::string name, Answer answer);

  /// A statement that changes something: refused by the read-only calls.
  void answer_write(std::string name, Answer answer);

  /// Every row in the order of insertion, or an error `not_found`.
  base::Result<base::Block> read(const std::string& table) const;

  /// As a ReplacingMergeTree read with FINAL: for each key the last row.
  base::Result<base::Block> read_final(const std::string& table) const;

  /// The rows of every table as FINAL shows them, by table and key.
  std::map<std::string, Row> rows() const;

  /// How many inserts were kept: a token seen before does not count.
  std::size_t inserts() const;

  /// The insert of this number, counted from now on, fails as when the engine goes away; nothing of it is kept.
  void fail_insert(std::size_t number);

  /// Empties every table; tokens are forgotten too.
  void clear();

  base::Result<void> execute(const port::Statement& statement) override;
  base::Result<void> select(const port::Statement& statement, const base::BlockSink& sink) override;
  base::Result<void> insert(std::string_view table, std::string_view token, const base::Block& block) override;
  base::Result<void> stream(const port::Statement& statement, std::string_view format,
                            const base::ByteSink& sink) override;
  base::Result<void> stream_readonly(const port::Statement& statement, std::string_view format,
                                     const base::ByteSink& sink) override;
  base::Result<port::WarehouseInfo> info() override;

 private:
  struct Table {
    base::Block rows;
    std::vector<std::string> key;
    std::set<std::string, std::less<>> tokens;
  };
  struct Registered {
    Answer answer;
    bool writes = false;
  };
  base::Result<Registered> find(const port::Statement& statement) const;
  void create(const TableSql& sql);
  base::Result<void> erase(const DeleteSql& sql, const port::Statement& statement);
  static std::map<std::string, std::size_t> final_rows(const Table& table);

  mutable std::mutex mutex_;  // protects all below
  std::size_t inserts_until_failure_ = 0;
  std::map<std::string, Table, std::less<>> tables_;
  std::map<std::string, Registered, std::less<>> answers_;
};

/// Appends row `row` of `from` to `to`, a column of the same kind.
void append_row(base::Column& to, const base::Column& from, std::size_t row);

/// Appends the rows of a block with the same columns; the first one is taken as it is.
void append_block(base::Block& to, base::Block&& block);

/// A row's value as text, for keys, comparisons and CSV; "\N" when missing.
std::string value_text(const base::Column& column, std::size_t row);

}  // namespace tests
