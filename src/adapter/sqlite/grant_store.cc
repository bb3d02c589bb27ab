#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;

class SqliteGrants final : public port::GrantStore {
 public:
  explicit SqliteGrants(const Database& database) : database_(database) {}

  Result<void> add(std::string_view customer, std::string_view provider_template, std::uint32_t n) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::add_grant));
    return insert.bind("$customer_id", customer).bind("$template", provider_template).bind("$n", std::int64_t{std::min(n, 1000U)}).run();
  }

  Result<bool> take(std::string_view customer, std::string_view provider_template) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(sql::take_grant));
    WB_TRY(update.bind("$customer_id", customer).bind("$template", provider_template).run());
    return database_.changed_rows() == 1;
  }

  Result<std::uint32_t> left(std::string_view customer, std::string_view provider_template) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::count_grants));
    select.bind("$customer_id", customer).bind("$template", provider_template);
    WB_ASSIGN(const bool there, select.step());
    return there ? static_cast<std::uint32_t>(select.integer(0)) : 0U;
  }

  Result<void> drop(std::string_view customer, std::string_view provider_template) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement remove, database_.prepare(sql::drop_grants));
    return remove.bind("$customer_id", customer).bind("$template", provider_template).run();
  }

 private:
  const Database& database_;
};

class SqliteAudiences final : public port::AudienceStore {
 public:
  explicit SqliteAudiences(const Database& database) : database_(database) {}

  Result<std::vector<Member>> members(std::string_view audience) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::audience_members));
    select.bind("$audience", audience);
    return all_rows<Member>(select, [](const Statement& row) { return Member{row.text(0), row.text(1), moment_at(row, 2)}; });
  }

  Result<void> added(std::string_view audience, std::span<const Member> members) override {
    return database_.transact([&]() -> Result<void> {
      WB_ASSIGN(Statement insert, database_.prepare(sql::add_audience_member));
      for (const Member& one : members) {
        WB_TRY(insert.bind("$audience", audience).bind("$customer_id", one.customer_id).bind("$keys", one.keys).bind("$added_at", base::millis(one.added_at)).run());
      }
      return {};
    });
  }

  Result<void> removed(std::string_view audience, std::span<const Member> members) override {
    return database_.transact([&]() -> Result<void> {
      WB_ASSIGN(Statement remove, database_.prepare(sql::remove_audience_member));
      for (const Member& one : members) WB_TRY(remove.bind("$audience", audience).bind("$customer_id", one.customer_id).run());
      return {};
    });
  }

 private:
  const Database& database_;
};

}  // namespace

std::unique_ptr<port::GrantStore> grant_store(const Database& database) { return std::make_unique<SqliteGrants>(database); }
std::unique_ptr<port::AudienceStore> audience_store(const Database& database) { return std::make_unique<SqliteAudiences>(database); }

}  // namespace adapter::sqlite
