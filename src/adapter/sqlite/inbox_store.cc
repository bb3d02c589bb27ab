#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;

class SqliteInbox final : public port::InboxStore {
 public:
  explicit SqliteInbox(const Database& database) : database_(database) {}

  Result<void> put(const model::InboxMessage& message) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::put_inbox));
    return insert.bind("$message_id", message.message_id)
        .bind("$customer_id", message.customer_id)
        .bind("$subject", message.content.subject)
        .bind("$html", message.content.html)
        .bind("$body", message.content.text)
        .bind("$language", message.content.language)
        .bind("$created_at", base::millis(message.created_at))
        .bind("$expires_at", millis_of(message.expires_at))
        .run();
  }

  Result<std::vector<model::InboxMessage>> of_customer(std::string_view customer, base::Instant now) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::inbox_of_customer));
    select.bind("$customer_id", customer).bind("$now", base::millis(now));
    return all_rows<model::InboxMessage>(select, [](const Statement& row) {
      return model::InboxMessage{
          .id = row.integer(0),
          .message_id = row.integer(1),
          .customer_id = row.text(2),
          .content = {.subject = row.text(3), .html = row.text(4), .text = row.text(5), .language = row.text(6)},
          .created_at = moment_at(row, 7),
          .expires_at = instant_at(row, 8),
          .read_at = instant_at(row, 9)};
    });
  }

  Result<bool> mark_read(std::int64_t id, std::string_view customer, base::Instant at) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(sql::mark_inbox_read));
    WB_TRY(update.bind("$id", id).bind("$customer_id", customer).bind("$at", base::millis(at)).run());
    return database_.changed_rows() == 1;
  }

  Result<void> add_task(const model::Task& task) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::add_task));
    return insert.bind("$enrolment_id", task.enrolment_id)
        .bind("$campaign_id", task.campaign_id)
        .bind("$customer_id", task.customer_id)
        .bind("$step", task.step)
        .bind("$occurrence", std::int64_t{task.occurrence})
        .bind("$queue", task.queue)
        .bind("$title", task.title)
        .bind("$script", task.script)
        .bind("$created_at", base::millis(task.created_at))
        .bind("$deadline", base::millis(task.deadline))
        .run();
  }

  Result<std::vector<model::Task>> open_tasks() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::open_tasks));
    return all_rows<model::Task>(select, [](const Statement& row) {
      return model::Task{.id = row.integer(0),
                         .enrolment_id = row.integer(1),
                         .campaign_id = row.text(2),
                         .customer_id = row.text(3),
                         .step = row.text(4),
                         .occurrence = static_cast<std::uint32_t>(row.integer(5)),
                         .queue = row.text(6),
                         .title = row.text(7),
                         .script = row.text(8),
                         .created_at = moment_at(row, 9),
                         .deadline = moment_at(row, 10),
                         .done_at = instant_at(row, 11),
                         .outcome = row.text(12)};
    });
  }

  Result<bool> finish_task(std::int64_t id, std::string_view outcome, base::Instant at) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(sql::finish_task));
    WB_TRY(update.bind("$id", id).bind("$outcome", outcome).bind("$at", base::millis(at)).run());
    return database_.changed_rows() == 1;
  }

  Result<void> change_tags(std::string_view customer, std::span<const std::string> add,
                           std::span<const std::string> remove, base::Instant at) override {
    return database_.transact([&]() -> Result<void> {
      WB_ASSIGN(Statement insert, database_.prepare(sql::add_tag));
      for (const std::string& tag : add)
        WB_TRY(insert.bind("$customer_id", customer).bind("$tag", tag).bind("$at", base::millis(at)).run());
      WB_ASSIGN(Statement erase, database_.prepare(sql::remove_tag));
      for (const std::string& tag : remove) WB_TRY(erase.bind("$customer_id", customer).bind("$tag", tag).run());
      return {};
    });
  }

  Result<std::vector<std::string>> tags(std::string_view customer) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::list_tags));
    select.bind("$customer_id", customer);
    return all_rows<std::string>(select, [](const Statement& row) { return row.text(0); });
  }

 private:
  const Database& database_;
};

}  // namespace

std::unique_ptr<port::InboxStore> inbox_store(const Database& database) {
  return std::make_unique<SqliteInbox>(database);
}

}  // namespace adapter::sqlite
