#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;
using model::Response;

Response read_response(const Statement& row) {
  return {.key = row.text(0),
          .kind = static_cast<model::ResponseKind>(row.integer(1)),
          .message_id = row.integer(2),
          .enrolment_id = row.integer(3),
          .campaign_id = row.text(4),
          .customer_id = row.text(5),
          .step = row.text(6),
          .at = moment_at(row, 7),
          .human = row.real(8),
          .detail = row.text(9)};
}

class SqliteResponses final : public port::ResponseStore {
 public:
  explicit SqliteResponses(const Database& database) : database_(database) {}

  Result<bool> add(const Response& response) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::add_response));
    WB_TRY(insert.bind("$key", response.key)
               .bind("$kind", static_cast<std::int64_t>(response.kind))
               .bind("$message_id", response.message_id)
               .bind("$enrolment_id", response.enrolment_id)
               .bind("$campaign_id", response.campaign_id)
               .bind("$customer_id", response.customer_id)
               .bind("$step", response.step)
               .bind("$at", base::millis(response.at))
               .bind("$human", response.human)
               .bind("$detail", response.detail)
               .run());
    return database_.changed_rows() == 1;
  }

  Result<std::vector<Response>> of_enrolment(std::int64_t enrolment) override {
    return of(sql::responses_of_enrolment, enrolment);
  }
  Result<std::vector<Response>> of_message(std::int64_t message) override {
    return of(sql::responses_of_message, message);
  }

  Result<std::vector<Count>> counts(std::string_view campaign) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::count_responses));
    select.bind("$campaign_id", campaign);
    return all_rows<Count>(select, [](const Statement& row) {
      return Count{.step = row.text(0),
                   .kind = static_cast<model::ResponseKind>(row.integer(1)),
                   .customers = static_cast<std::uint64_t>(row.integer(2)),
                   .machine = static_cast<std::uint64_t>(row.integer(3))};
    });
  }

  Result<std::int64_t> link_id(std::string_view url) override {
    std::int64_t id = 0;
    WB_TRY(database_.transact([&]() -> Result<void> {
      WB_ASSIGN(Statement select, database_.prepare(sql::find_link_id));
      WB_ASSIGN(const bool known, select.bind("$url", url).step());
      if (known) {
        id = select.integer(0);
        return {};
      }
      WB_ASSIGN(Statement insert, database_.prepare(sql::add_link));
      WB_TRY(insert.bind("$url", url).run());
      id = database_.last_id();
      return {};
    }));
    return id;
  }

  Result<std::optional<std::string>> link_url(std::int64_t id) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_link_url));
    select.bind("$id", id);
    return first_row<std::string>(select, [](const Statement& row) { return row.text(0); });
  }

 private:
  Result<std::vector<Response>> of(const sql::Sql& statement, std::int64_t id) const {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(statement));
    select.bind("$id", id);
    return all_rows<Response>(select, read_response);
  }

  const Database& database_;
};

}  // namespace

std::unique_ptr<port::ResponseStore> response_store(const Database& database) {
  return std::make_unique<SqliteResponses>(database);
}

}  // namespace adapter::sqlite
