#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/block.h"
#include "base/error.h"

namespace port {

/// A value for `{name:Type}` in a statement, as text; the adapter escapes it for the wire.
struct Parameter {
  std::string name;
  std::string value;
};

/// One SQL statement in ClickHouse's dialect. `name` stands in errors and logs (and is what the fake answers to).
struct Statement {
  std::string_view name;
  std::string_view sql;
  std::vector<Parameter> parameters = {};
};

struct WarehouseInfo {
  std::string version;
  bool local = false;
};

/// The analytical engine: append-only facts in, aggregates out. One object may be used from several threads at once.
/// Statements run in the workspace's database; no statement reads or writes files. Failures: `invalid_input` for bad
/// SQL or data, `exhausted` for memory or disk, `unavailable` when the engine is gone (it is started again by the next
/// call), `timeout`, `not_found` for an unknown table. After a failed insert the same call with the same token is safe.
class Warehouse {
 public:
  virtual ~Warehouse() = default;

  /// Runs a statement without a result (DDL, mutation).
  virtual base::Result<void> execute(const Statement& statement) = 0;

  /// Runs a query and hands its blocks to the sink as they arrive; memory stays flat. A sink's error cancels the query.
  virtual base::Result<void> select(const Statement& statement, const base::BlockSink& sink) = 0;

  /// Appends a block, durable when it returns if the table was made with the settings of sql/warehouse/durable.sql, as
  /// all of ours are. The token names these rows: the same token again adds nothing, whatever happened in between.
  /// Columns are matched by name; absent ones take their defaults.
  virtual base::Result<void> insert(std::string_view table, std::string_view token, const base::Block& block) = 0;

  /// Runs a query and streams its result in one of the engine's formats (CSVWithNames, JSONEachRow, Parquet, Pretty…).
  /// A failure in mid-stream is an error: what the sink got until then is incomplete.
  virtual base::Result<void> stream(const Statement& statement, std::string_view format, const base::ByteSink& sink) = 0;

  /// As `stream`, with the engine refusing anything that is not a read.
  virtual base::Result<void> stream_readonly(const Statement& statement, std::string_view format,
                                             const base::ByteSink& sink) = 0;

  virtual base::Result<WarehouseInfo> info() = 0;
};

}  // namespace port
