#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;
using model::User;

User read_user(const Statement& row) {
  return {.id = row.integer(0),
          .email = row.text(1),
          .name = row.text(2),
          // A word this program does not know opens nothing.
          .role = model::parse_role(row.text(3)).value_or(model::Role::read_only),
          .state = model::parse_user_state(row.text(4)).value_or(model::UserState::disabled),
          .password = row.text(5),
          .issuer = row.text(6),
          .subject = row.text(7),
          .language = row.text(8),
          .theme = row.text(9),
          .created_at = moment_at(row, 10),
          .last_seen_at = instant_at(row, 11)};
}

Statement& bind_user(Statement& statement, const User& user) {
  return statement.bind("$email", user.email)
      .bind("$name", user.name)
      .bind("$role", model::name_of(user.role))
      .bind("$state", model::name_of(user.state))
      .bind("$password", user.password)
      .bind("$issuer", user.issuer)
      .bind("$subject", user.subject)
      .bind("$language", user.language)
      .bind("$theme", user.theme);
}

class SqliteUsers final : public port::UserStore {
 public:
  explicit SqliteUsers(const Database& database) : database_(database) {}

  Result<bool> add(User& user) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::add_user));
    WB_TRY(bind_user(insert, user).bind("$created_at", base::millis(user.created_at)).run());
    if (database_.changed_rows() != 1) return false;
    user.id = database_.last_id();
    return true;
  }

  Result<void> save(const User& user) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(sql::save_user));
    return bind_user(update, user).bind("$id", user.id).bind("$last_seen_at", millis_of(user.last_seen_at)).run();
  }

  Result<std::optional<User>> find(std::int64_t id) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_user));
    select.bind("$id", id);
    return first_row<User>(select, read_user);
  }

  Result<std::optional<User>> by_email(std::string_view email) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_user_by_email));
    select.bind("$email", email);
    return first_row<User>(select, read_user);
  }

  Result<std::optional<User>> by_subject(std::string_view issuer, std::string_view subject) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_user_by_subject));
    select.bind("$issuer", issuer).bind("$subject", subject);
    return first_row<User>(select, read_user);
  }

  Result<std::vector<User>> list() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::list_users));
    return all_rows<User>(select, read_user);
  }

  Result<void> remove(std::int64_t id) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement statement, database_.prepare(sql::remove_user));
    return statement.bind("$id", id).run();
  }

  Result<void> put_link(const model::OneTimeLink& link) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::put_one_time_link));
    return insert.bind("$digest", link.digest)
        .bind("$purpose", link.purpose)
        .bind("$user_id", link.user_id)
        .bind("$expires_at", base::millis(link.expires_at))
        .run();
  }

  Result<std::optional<model::OneTimeLink>> link(std::string_view digest, std::string_view purpose, base::Instant now) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_one_time_link));
    select.bind("$digest", digest).bind("$purpose", purpose).bind("$now", base::millis(now));
    return first_row<model::OneTimeLink>(select, [](const Statement& row) {
      return model::OneTimeLink{.digest = row.text(0), .purpose = row.text(1), .user_id = row.integer(2), .expires_at = moment_at(row, 3)};
    });
  }

  Result<void> drop_links(std::int64_t user) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement statement, database_.prepare(sql::drop_one_time_links));
    return statement.bind("$user_id", user).run();
  }

 private:
  const Database& database_;
};

}  // namespace

std::unique_ptr<port::UserStore> user_store(const Database& database) { return std::make_unique<SqliteUsers>(database); }

}  // namespace adapter::sqlite
