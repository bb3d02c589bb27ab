#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;
using model::Session;

Session read_session(const Statement& row) {
  return {.id = row.integer(0),
          .digest = row.text(1),
          .user_id = row.integer(2),
          .created_at = moment_at(row, 3),
          .last_seen_at = moment_at(row, 4),
          .address = row.text(5),
          .agent = row.text(6)};
}

class SqliteSessions final : public port::SessionStore {
 public:
  explicit SqliteSessions(const Database& database) : database_(database) {}

  Result<void> add(Session& session) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::add_session));
    WB_TRY(insert.bind("$digest", session.digest)
               .bind("$user_id", session.user_id)
               .bind("$created_at", base::millis(session.created_at))
               .bind("$last_seen_at", base::millis(session.last_seen_at))
               .bind("$address", session.address)
               .bind("$agent", session.agent)
               .run());
    session.id = database_.last_id();
    return {};
  }

  Result<std::optional<Session>> find(std::string_view digest) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_session));
    select.bind("$digest", digest);
    return first_row<Session>(select, read_session);
  }

  Result<std::vector<Session>> of_user(std::int64_t user) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::sessions_of_user));
    select.bind("$user_id", user);
    return all_rows<Session>(select, read_session);
  }

  Result<void> touch(std::string_view digest, base::Instant at) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(sql::touch_session));
    return update.bind("$digest", digest).bind("$at", base::millis(at)).run();
  }

  Result<void> end(std::string_view digest) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement statement, database_.prepare(sql::end_session));
    return statement.bind("$digest", digest).run();
  }

  Result<bool> end_of_user(std::int64_t user, std::int64_t id) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement statement, database_.prepare(sql::end_session_of_user));
    WB_TRY(statement.bind("$user_id", user).bind("$id", id).run());
    return database_.changed_rows() == 1;
  }

  Result<void> end_all(std::int64_t user, std::string_view but_digest) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement statement, database_.prepare(sql::end_sessions_of_user));
    return statement.bind("$user_id", user).bind("$but", but_digest).run();
  }

  Result<void> drop_old(base::Instant idle_since, base::Instant begun_before) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement statement, database_.prepare(sql::drop_old_sessions));
    return statement.bind("$idle_since", base::millis(idle_since)).bind("$begun_before", base::millis(begun_before)).run();
  }

 private:
  const Database& database_;
};

}  // namespace

std::unique_ptr<port::SessionStore> session_store(const Database& database) { return std::make_unique<SqliteSessions>(database); }

}  // namespace adapter::sqlite
