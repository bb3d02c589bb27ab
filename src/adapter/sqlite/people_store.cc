#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;
using model::Person;

model::ContactPoint read_point(const Statement& row) {
  return {.customer_id = row.text(0),
          .channel = row.text(1),
          .address = row.text(2),
          .name = row.text(3),
          .language = row.text(4),
          .opted_out = row.integer(5) != 0};
}

class SqlitePeople final : public port::PeopleStore {
 public:
  SqlitePeople(const Database& database, port::ContactStore& contacts) : database_(database), contacts_(contacts) {}

  Result<std::optional<Person>> find(std::string_view customer) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_person));
    select.bind("$customer_id", customer);
    return first_row<Person>(select, [](const Statement& row) {
      return Person{.customer_id = row.text(0),
                    .zone = row.text(1),
                    .country = row.text(2),
                    .birth_year = static_cast<std::int32_t>(row.integer(3)),
                    .last_order = instant_at(row, 4),
                    .last_click = instant_at(row, 5),
                    .paused_until = instant_at(row, 6),
                    .less_often = row.integer(7) != 0,
                    .do_not_disturb = row.integer(8) != 0,
                    .not_personalised = row.integer(9) != 0,
                    .unanswered = static_cast<std::uint32_t>(row.integer(10))};
    });
  }

  Result<void> put(std::span<const Person> people) override {
    return database_.transact([&]() -> Result<void> {
      WB_ASSIGN(Statement insert, database_.prepare(sql::put_person));
      for (const Person& person : people) {
        WB_TRY(insert.bind("$customer_id", person.customer_id)
                   .bind("$zone", person.zone)
                   .bind("$country", person.country)
                   .bind("$birth_year", std::int64_t{person.birth_year})
                   .bind("$last_order", millis_of(person.last_order))
                   .bind("$last_click", millis_of(person.last_click))
                   .bind("$paused_until", millis_of(person.paused_until))
                   .bind("$less_often", std::int64_t{person.less_often})
                   .bind("$do_not_disturb", std::int64_t{person.do_not_disturb})
                   .bind("$not_personalised", std::int64_t{person.not_personalised})
                   .bind("$unanswered", std::int64_t{person.unanswered})
                   .run());
      }
      return {};
    });
  }

  Result<std::optional<model::ContactPoint>> contact(std::string_view customer, std::string_view channel) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_contact_point));
    select.bind("$customer_id", customer).bind("$channel", channel);
    return first_row<model::ContactPoint>(select, read_point);
  }

  Result<std::vector<std::string>> customers_of(std::string_view channel, std::string_view address) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::customers_of_address));
    select.bind("$channel", channel).bind("$address", address);
    return all_rows<std::string>(select, [](const Statement& row) { return row.text(0); });
  }

  Result<std::vector<model::ConsentRecord>> consents(std::string_view customer) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::list_consents));
    select.bind("$customer_id", customer);
    return all_rows<model::ConsentRecord>(select, [](const Statement& row) {
      return model::ConsentRecord{.customer_id = row.text(0),
                                  .channel = row.text(1),
                                  .topic = row.text(2),
                                  .state = static_cast<model::ConsentState>(row.integer(3)),
                                  .valid_from = moment_at(row, 4),
                                  .recorded_at = moment_at(row, 5),
                                  .source = row.text(6),
                                  .proof = row.text(7)};
    });
  }

  Result<std::uint64_t> add_consents(std::span<const model::ConsentRecord> records) override {
    std::uint64_t added = 0;
    WB_TRY(database_.transact([&]() -> Result<void> {
      WB_ASSIGN(Statement insert, database_.prepare(sql::add_consent));
      for (const model::ConsentRecord& record : records) {
        WB_TRY(insert.bind("$customer_id", record.customer_id)
                   .bind("$channel", record.channel)
                   .bind("$topic", record.topic)
                   .bind("$state", static_cast<std::int64_t>(record.state))
                   .bind("$valid_from", base::millis(record.valid_from))
                   .bind("$recorded_at", base::millis(record.recorded_at))
                   .bind("$source", record.source)
                   .bind("$proof", record.proof)
                   .run());
        added += static_cast<std::uint64_t>(database_.changed_rows());
      }
      return {};
    }));
    return added;
  }

  Result<std::vector<model::Contact>> contacts(std::string_view customer, base::Instant since, bool ghosts,
                                               std::int64_t without) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::contacts_of));
    select.bind("$customer_id", customer)
        .bind("$since", base::millis(since))
        .bind("$ghosts", std::int64_t{ghosts})
        .bind("$without", without);
    return all_rows<model::Contact>(select, [](const Statement& row) {
      return model::Contact{.at = moment_at(row, 0),
                            .channel = row.text(1),
                            .purpose = static_cast<model::Purpose>(row.integer(2)),
                            .sent = row.integer(3) != 0};
    });
  }

  Result<void> suppress(std::string_view channel, std::string_view address, std::string_view reason,
                        base::Instant at) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(const std::string key, contacts_.pseudonym(address));
    WB_ASSIGN(Statement insert, database_.prepare(sql::suppress));
    return insert.bind("$channel", channel)
        .bind("$address_key", key)
        .bind("$reason", reason)
        .bind("$at", base::millis(at))
        .run();
  }

  Result<std::optional<std::string>> suppressed(std::string_view channel, std::string_view address) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(const std::string key, contacts_.pseudonym(address));
    WB_ASSIGN(Statement select, database_.prepare(sql::find_suppression));
    select.bind("$channel", channel).bind("$address_key", key);
    return first_row<std::string>(select, [](const Statement& row) { return row.text(0); });
  }

  Result<void> erase(std::string_view customer, base::Instant at) override {
    return database_.transact([&]() -> Result<void> {
      WB_ASSIGN(Statement select, database_.prepare(sql::other_ids_of_person));
      select.bind("$customer_id", customer);
      WB_ASSIGN(const auto others, all_rows<std::string>(select, [](const Statement& row) { return row.text(0); }));
      for (const std::string& other : others) WB_TRY(erase_id(other, at));
      return erase_id(customer, at);
    });
  }

 private:
  Result<void> erase_id(std::string_view customer, base::Instant at) {
    return database_.transact([&]() -> Result<void> {
      std::vector<model::ContactPoint> points;
      {
        WB_ASSIGN(Statement select, database_.prepare(sql::points_of_customer));
        select.bind("$customer_id", customer);
        WB_ASSIGN(points, all_rows<model::ContactPoint>(select, read_point));
      }
      for (const model::ContactPoint& point : points) WB_TRY(suppress(point.channel, point.address, "erased", at));
      for (const sql::Sql* statement : {&sql::erase_contact_points, &sql::erase_person, &sql::erase_facts, &sql::erase_frozen,
                                        &sql::erase_inbox, &sql::erase_tasks, &sql::erase_tags, &sql::erase_consents,
                                        &sql::erase_grants, &sql::erase_response_texts, &sql::erase_outbox_texts, &sql::erase_evidence_texts,
                                        &sql::erase_feedback_due, &sql::erase_answers, &sql::erase_deferred, &sql::erase_tickets}) {
        WB_ASSIGN(Statement run, database_.prepare(*statement));
        WB_TRY(run.bind("$customer_id", customer).run());
      }
      const model::ConsentRecord never{.customer_id = std::string{customer},
                                       .channel = "*",
                                       .topic = "*",
                                       .state = model::ConsentState::withdrawn,
                                       .valid_from = at,
                                       .recorded_at = at,
                                       .source = "erased"};
      WB_TRY(add_consents({&never, 1}));
      return {};
    });
  }

  const Database& database_;
  port::ContactStore& contacts_;
};

}  // namespace

std::unique_ptr<port::PeopleStore> people_store(const Database& database, port::ContactStore& contacts) {
  return std::make_unique<SqlitePeople>(database, contacts);
}

}  // namespace adapter::sqlite
