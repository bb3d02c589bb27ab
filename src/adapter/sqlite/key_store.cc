#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;

std::string joined(const std::vector<std::string>& scopes) {
  std::string text;
  for (const std::string& scope : scopes) text += (text.empty() ? "" : " ") + scope;
  return text;
}

std::vector<std::string> parted(const std::string& text) {
  std::vector<std::string> scopes;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) scopes.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return scopes;
}

class SqliteKeys final : public port::KeyStore {
 public:
  explicit SqliteKeys(const Database& database) : database_(database) {}

  Result<bool> add(const model::ApiKey& key) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::add_api_key));
    WB_TRY(insert.bind("$name", key.name)
               .bind("$digest", key.digest)
               .bind("$created_at", base::millis(key.created_at))
               .bind("$scopes", joined(key.scopes))
               .bind("$created_by", key.created_by)
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
                           .revoked_at = instant_at(row, 4),
                           .scopes = parted(row.text(5)),
                           .created_by = row.text(6),
                           .last_used_at = instant_at(row, 7)};
    });
  }

  Result<bool> revoke(std::string_view name, base::Instant at) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(sql::revoke_api_key));
    WB_TRY(update.bind("$name", name).bind("$at", base::millis(at)).run());
    return database_.changed_rows() == 1;
  }

  Result<void> touch(std::int64_t id, base::Instant at) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(sql::touch_api_key));
    return update.bind("$id", id).bind("$at", base::millis(at)).run();
  }

 private:
  const Database& database_;
};

}  // namespace

std::unique_ptr<port::KeyStore> key_store(const Database& database) { return std::make_unique<SqliteKeys>(database); }

}  // namespace adapter::sqlite
