#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;

class SqliteKeys final : public port::KeyStore {
 public:
  explicit SqliteKeys(const Database& database) : database_(database) {}

  Result<bool> add(const model::ApiKey& key) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::add_api_key));
    WB_TRY(insert.bind("$name", key.name)
               .bind("$digest", key.digest)
               .bind("$created_at", base::millis(key.created_at))
               .run());
    return database_.changed_rows() == 1;
  }

  Result<std::vector<model::ApiKey>> list() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::list_api_keys));
    return all_rows<model::ApiKey>(select, [](const Statement& row) {
      return model::ApiKey{.id = row.integer(0),
                           .name = row.text(1),
                           .digest = row.text(2),
                           .created_at = moment_at(row, 3),
                           .revoked_at = instant_at(row, 4)};
    });
  }

  Result<bool> revoke(std::string_view name, base::Instant at) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(sql::revoke_api_key));
    WB_TRY(update.bind("$name", name).bind("$at", base::millis(at)).run());
    return database_.changed_rows() == 1;
  }

 private:
  const Database& database_;
};

}  // namespace

std::unique_ptr<port::KeyStore> key_store(const Database& database) { return std::make_unique<SqliteKeys>(database); }

}  // namespace adapter::sqlite
