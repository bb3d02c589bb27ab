#include <algorithm>

#include "adapter/clickhouse/native_reader.h"
#include "adapter/clickhouse/native_writer.h"
#include "adapter/clickhouse/open_clickhouse.h"
#include "adapter/clickhouse/parameter.h"
#include "adapter/clickhouse/session.h"

namespace adapter::clickhouse {

namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

base::Result<std::string> quoted_table(std::string_view table) {
  std::string quoted = "`";
  for (const char c : table) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!plain && c != '.') return base::fail(base::Code::invalid_input, "'{}' is no table name", table);
    quoted += c == '.' ? "`.`" : std::string{c};
  }
  return quoted + "`";
}

std::string quoted_name(std::string_view name) {
  std::string quoted = "`";
  for (const char c : name) {
    if (c == '`' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "`";
}

class ClickHouseWarehouse final : public port::Warehouse {
 public:
  explicit ClickHouseWarehouse(std::unique_ptr<Session> session) : session_(std::move(session)) {}

  base::Result<void> make_database() {
    const std::string& name = session_->config().database;
    // Asked first: on a full disk the engine takes no definition, but what is there can still be read.
    const std::string ask = "SELECT count() FROM system.databases WHERE name = {name:String}";
    WB_ASSIGN(const std::string there, session_->finish([&] {
      return Call{.name = "open the warehouse", .query = {{"param_name", name}}, .text = ask};
    }));
    if (there.starts_with('1')) return {};
    const std::string make = "CREATE DATABASE IF NOT EXISTS " + quoted_name(name);
    WB_TRY(session_->finish([&] { return Call{.name = "create the database", .query = {}, .text = make}; }));
    return {};
  }

  base::Result<void> execute(const port::Statement& statement) override {
    WB_TRY(session_->finish([&] { return call(statement, {}); }));
    return {};
  }

  base::Result<void> select(const port::Statement& statement, const base::BlockSink& sink) override {
    bool handed = false;
    const auto attempt = [&]() -> base::Result<void> {
      WB_ASSIGN(Reply reply, session_->start([&] { return call(statement, {{"default_format", "Native"}}); }));
      return read_all_native([&](std::string& to) { return reply.more(to); },
                             [&](base::Block&& block) {
                               handed = true;
                               return sink(std::move(block));
                             });
    };
    return twice(attempt, handed);
  }

  base::Result<void> insert(std::string_view table, std::string_view token, const base::Block& block) override {
    if (block.rows() == 0) return {};
    if (token.empty())
      return base::fail(base::Code::internal,
                        "an insert into '{}' has no token; without one a repeated insert could count twice", table);
    WB_ASSIGN(std::string sql, quoted_table(table));
    sql = "INSERT INTO " + sql + " (";
    for (const base::Column& column : block.columns)
      sql += (&column == block.columns.data() ? "" : ", ") + quoted_name(column.name);
    sql += ") FORMAT Native";
    WB_TRY(NativeWriter::open(block));  // a defect of the block is found before anything is sent
    const std::string name = fmt::format("insert into {}", table);
    const auto make = [&] {
      auto writer = std::make_shared<NativeWriter>(*NativeWriter::open(block));  // shared: std::function wants copies
      return Call{.name = name,
                  .query = {{"database", session_->config().database},
                            {"query", sql},
                            {"insert_deduplication_token", std::string{token}},
                            {"async_insert", "0"},
                            // Rows of one key are merged later, or by FINAL: doing it in the insert doubles its cost.
                            {"optimize_on_insert", "0"}},
                  .text = {},
                  .upload = [writer](char* to, std::size_t size) { return writer->read(to, size); }};
    };
    WB_TRY(session_->finish(make));
    return {};
  }

  base::Result<void> stream(const port::Statement& statement, std::string_view format,
                            const base::ByteSink& sink) override {
    return stream_bytes(statement, {{"default_format", std::string{format}}}, sink);
  }

  base::Result<void> stream_readonly(const port::Statement& statement, std::string_view format,
                                     const base::ByteSink& sink) override {
    return stream_bytes(statement, {{"default_format", std::string{format}}, {"readonly", "1"}}, sink);
  }

  base::Result<port::WarehouseInfo> info() override {
    WB_ASSIGN(std::string version, session_->finish([] {
      return Call{.name = "ask the version", .query = {}, .text = "SELECT version()"};
    }));
    while (!version.empty() && version.back() == '\n') version.pop_back();
    return port::WarehouseInfo{.version = std::move(version), .local = session_->local()};
  }

 private:
  Call call(const port::Statement& statement, const Query& more) const {
    Call made{.name = statement.name, .query = {{"database", session_->config().database}}, .text = statement.sql};
    for (const port::Parameter& parameter : statement.parameters) {
      made.query.emplace_back("param_" + parameter.name, parameter_text(statement.sql, parameter));
    }
    made.query.insert(made.query.end(), more.begin(), more.end());
    return made;
  }

  /// A read that lost its engine before the caller saw anything is made once more.
  template <class Attempt>
  base::Result<void> twice(const Attempt& attempt, const bool& handed) {
    auto outcome = attempt();
    if (outcome || outcome.error().code != base::Code::unavailable || handed || !session_->local()) return outcome;
    return attempt();
  }

  base::Result<void> stream_bytes(const port::Statement& statement, const Query& more, const base::ByteSink& sink) {
    bool handed = false;
    const auto attempt = [&]() -> base::Result<void> {
      WB_ASSIGN(Reply reply, session_->start([&] { return call(statement, more); }));
      std::string piece;
      for (;;) {
        piece.clear();
        WB_ASSIGN(const bool got, reply.more(piece));
        if (!got) return {};
        handed = true;
        WB_TRY(sink(piece));
      }
    };
    return twice(attempt, handed);
  }

  std::unique_ptr<Session> session_;
};

}  // namespace

base::Result<std::unique_ptr<port::Warehouse>> open_clickhouse(const Config& config) {
  WB_ASSIGN(auto session, Session::open(config));
  auto warehouse = std::make_unique<ClickHouseWarehouse>(std::move(session));
  WB_TRY(warehouse->make_database());
  return warehouse;
}

}  // namespace adapter::clickhouse
