#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;
using model::AuditEntry;

AuditEntry read_entry(const Statement& row) {
  return {.id = row.integer(0),
          .at = moment_at(row, 1),
          .who = row.text(2),
          .user_id = row.integer(3),
          .key_id = row.integer(4),
          .address = row.text(5),
          .action = row.text(6),
          .object = row.text(7),
          .detail = row.text(8),
          .result = row.text(9),
          .previous = row.text(10),
          .digest = row.text(11)};
}

class SqliteAudit final : public port::AuditStore {
 public:
  explicit SqliteAudit(const Database& database) : database_(database) {}

  Result<std::optional<std::string>> last_digest() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::last_audit_digest));
    return first_row<std::string>(select, [](const Statement& row) { return row.text(0); });
  }

  Result<void> append(const AuditEntry& entry) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::append_audit_entry));
    return insert.bind("$at", base::millis(entry.at))
        .bind("$who", entry.who)
        .bind("$user_id", entry.user_id)
        .bind("$key_id", entry.key_id)
        .bind("$address", entry.address)
        .bind("$action", entry.action)
        .bind("$object", entry.object)
        .bind("$detail", entry.detail)
        .bind("$result", entry.result)
        .bind("$previous", entry.previous)
        .bind("$digest", entry.digest)
        .run();
  }

  Result<std::vector<AuditEntry>> before(std::int64_t id, std::size_t limit) override {
    return page(sql::audit_entries_before, "$before", id, limit);
  }
  Result<std::vector<AuditEntry>> after(std::int64_t id, std::size_t limit) override {
    return page(sql::audit_entries_after, "$after", id, limit);
  }

 private:
  Result<std::vector<AuditEntry>> page(const sql::Sql& query, const char* from, std::int64_t id, std::size_t limit) {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(query));
    select.bind(from, id).bind("$limit", static_cast<std::int64_t>(limit));
    return all_rows<AuditEntry>(select, read_entry);
  }

  const Database& database_;
};

}  // namespace

std::unique_ptr<port::AuditStore> audit_store(const Database& database) { return std::make_unique<SqliteAudit>(database); }

}  // namespace adapter::sqlite
