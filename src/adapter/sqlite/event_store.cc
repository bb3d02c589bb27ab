#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;

class SqliteEvents final : public port::EventStore {
 public:
  explicit SqliteEvents(const Database& database) : database_(database) {}

  Result<bool> trigger(std::string_view campaign, std::string_view event_id, base::Instant at) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::add_event_trigger));
    WB_TRY(insert.bind("$campaign_id", campaign).bind("$event_id", event_id).bind("$at", base::millis(at)).run());
    return database_.changed_rows() == 1;
  }

  Result<void> forget_triggers(base::Instant before) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement run, database_.prepare(sql::forget_event_triggers));
    return run.bind("$before", base::millis(before)).run();
  }

  Result<std::string> person_of(std::string_view customer) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_identity));
    WB_ASSIGN(const bool there, select.bind("$customer_id", customer).step());
    return there ? select.text(0) : std::string{customer};
  }

  Result<std::vector<std::string>> ids_of(std::string_view person) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(const std::string known_as, person_of(person));
    WB_ASSIGN(Statement select, database_.prepare(sql::ids_of_person));
    select.bind("$person_id", known_as);
    WB_ASSIGN(auto ids, all_rows<std::string>(select, [](const Statement& row) { return row.text(0); }));
    if (ids.empty()) ids.emplace_back(person);
    return ids;
  }

  Result<void> join(std::string_view person, std::string_view other, std::string_view why, base::Instant at) override {
    return database_.transact([&]() -> Result<void> {
      WB_ASSIGN(const std::string into, person_of(person));
      WB_ASSIGN(const std::string was, person_of(other));
      if (into == was) return {};
      WB_TRY(note(person, other, into, why, at));
      const std::int64_t changed = database_.last_id();
      WB_ASSIGN(Statement move, database_.prepare(sql::move_identity));
      WB_TRY(move.bind("$person_id", into).bind("$was", was).bind("$changed", changed).run());
      WB_ASSIGN(Statement save, database_.prepare(sql::save_identity));
      for (const std::string& id : {into, was}) WB_TRY(save.bind("$customer_id", id).bind("$person_id", into).bind("$changed", changed).run());
      return {};
    });
  }

  Result<void> keep_apart(std::string_view customer, std::string_view other, std::string_view why, base::Instant at) override {
    const std::lock_guard lock{database_.mutex()};
    return note(customer, other, {}, why, at);
  }

  Result<std::vector<port::IdentityNote>> notes_of(std::string_view customer) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::identity_history_of));
    select.bind("$customer_id", customer);
    return all_rows<port::IdentityNote>(select, [](const Statement& row) {
      return port::IdentityNote{row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4), moment_at(row, 5)};
    });
  }

  Result<std::int64_t> identity_changes() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::identity_changes));
    WB_TRY(select.step());
    return select.integer(0);
  }

  Result<void> each_identity(std::int64_t after, const std::function<Result<void>(std::string_view, std::string_view)>& sink) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::list_identities));
    select.bind("$after", after);
    for (;;) {
      WB_ASSIGN(const bool more, select.step());
      if (!more) return {};
      WB_TRY(sink(select.text(0), select.text(1)));
    }
  }

 private:
  Result<void> note(std::string_view customer, std::string_view other, std::string_view person, std::string_view why, base::Instant at) {
    WB_ASSIGN(Statement insert, database_.prepare(sql::add_identity_history));
    return insert.bind("$customer_id", customer)
        .bind("$other_id", other)
        .bind("$person_id", person)
        .bind("$why", why)
        .bind("$at", base::millis(at))
        .run();
  }
  const Database& database_;
};

}  // namespace

std::unique_ptr<port::EventStore> event_store(const Database& database) { return std::make_unique<SqliteEvents>(database); }

}  // namespace adapter::sqlite
