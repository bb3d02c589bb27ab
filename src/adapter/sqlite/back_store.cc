#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;

class SqliteBack final : public port::BackStore {
 public:
  explicit SqliteBack(const Database& database) : database_(database) {}

  Result<bool> keep_early(const model::EarlyNotice& early) override {
    const std::lock_guard lock{database_.mutex()};
    const model::Notice& notice = early.notice;
    WB_ASSIGN(Statement insert, database_.prepare(sql::keep_early));
    WB_TRY(insert.bind("$provider", early.provider)
               .bind("$key", notice.key)
               .bind("$channel", early.channel)
               .bind("$event", notice.event)
               .bind("$send_key", notice.send_key)
               .bind("$reference", notice.reference)
               .bind("$provider_id", notice.provider_id)
               .bind("$detail", notice.detail)
               .bind("$at", base::millis(notice.at))
               .bind("$came_at", base::millis(early.came_at))
               .run());
    return database_.changed_rows() == 1;
  }

  Result<std::vector<model::EarlyNotice>> early(std::size_t limit) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::list_early));
    select.bind("$limit", static_cast<std::int64_t>(limit));
    return all_rows<model::EarlyNotice>(select, [](const Statement& row) {
      return model::EarlyNotice{.provider = row.text(0),
                                .channel = row.text(2),
                                .notice = {.key = row.text(1),
                                           .event = row.text(3),
                                           .send_key = row.text(4),
                                           .reference = row.text(5),
                                           .provider_id = row.text(6),
                                           .detail = row.text(7),
                                           .at = moment_at(row, 8)},
                                .came_at = moment_at(row, 9)};
    });
  }

  Result<void> drop_early(std::string_view provider, std::string_view key) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement erase, database_.prepare(sql::drop_early));
    return erase.bind("$provider", provider).bind("$key", key).run();
  }

  Result<void> say(const model::Feedback& feedback) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::say_feedback));
    insert.bind("$customer_id", feedback.customer_id)
        .bind("$feedback_id", feedback.feedback_id)
        .bind("$said_at", base::millis(feedback.said_at))
        .bind("$kind", feedback.kind)
        .bind("$language", feedback.language)
        .bind("$order_id", feedback.order_id)
        .bind("$reason", feedback.reason)
        .bind("$text", feedback.text);
    // A score that is not there stays NULL.
    if (feedback.score) insert.bind("$score", *feedback.score);
    return insert.run();
  }

  Result<std::vector<model::Feedback>> unsaid(std::size_t limit) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::unsaid_feedback));
    select.bind("$limit", static_cast<std::int64_t>(limit));
    return all_rows<model::Feedback>(select, [](const Statement& row) {
      return model::Feedback{.id = row.integer(0),
                             .customer_id = row.text(1),
                             .feedback_id = row.text(2),
                             .said_at = moment_at(row, 3),
                             .kind = row.text(4),
                             .score = row.maybe_integer(5) ? std::optional{row.real(5)} : std::nullopt,
                             .language = row.text(6),
                             .order_id = row.text(7),
                             .reason = row.text(8),
                             .text = row.text(9)};
    });
  }

  Result<void> said(std::int64_t up_to) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement erase, database_.prepare(sql::said_feedback));
    return erase.bind("$up_to", up_to).run();
  }

  Result<void> defer(const model::DeferredLink& link) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::defer_link));
    return insert.bind("$message_id", link.message_id)
        .bind("$customer_id", link.customer_id)
        .bind("$target", link.target)
        .bind("$at", base::millis(link.at))
        .run();
  }

  Result<std::optional<model::DeferredLink>> claim_deferred(std::int64_t message, base::Instant since, base::Instant now) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(sql::claim_deferred));
    update.bind("$message_id", message).bind("$since", base::millis(since)).bind("$now", base::millis(now));
    WB_ASSIGN(auto claimed, all_rows<model::DeferredLink>(update, [](const Statement& row) {
                return model::DeferredLink{row.integer(0), row.text(1), row.text(2), moment_at(row, 3)};
              }));
    if (claimed.empty()) return std::optional<model::DeferredLink>{};
    return std::optional{std::move(claimed.front())};
  }

  Result<void> put_ticket(const model::Ticket& ticket) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::put_ticket));
    return insert.bind("$source", ticket.source)
        .bind("$ticket_id", ticket.id)
        .bind("$customer_id", ticket.customer_id)
        .bind("$open", std::int64_t{ticket.open})
        .bind("$urgent", std::int64_t{ticket.urgent})
        .bind("$at", base::millis(ticket.at))
        .run();
  }

  Result<std::vector<model::Ticket>> open_tickets() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::open_tickets));
    return all_rows<model::Ticket>(select, [](const Statement& row) {
      return model::Ticket{row.text(0), row.text(1), row.text(2), row.integer(3) != 0, row.integer(4) != 0, moment_at(row, 5)};
    });
  }

 private:
  const Database& database_;
};

}  // namespace

std::unique_ptr<port::BackStore> back_store(const Database& database) { return std::make_unique<SqliteBack>(database); }

}  // namespace adapter::sqlite
