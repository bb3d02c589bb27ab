#include "adapter/sqlite/outbox_rows.h"
#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;
using model::Message;
using model::MessageState;

/// Whether a message in this state certainly did not reach anybody: its place under the caps is free again.
bool gives_back_cap(MessageState state) {
  return state == MessageState::rejected || state == MessageState::dropped || state == MessageState::cancelled;
}

/// Names and values, each ended by a unit separator; one within them is dropped.
constexpr char kEnd = '\x1F';
using Fields = std::vector<std::pair<std::string, std::string>>;

std::string joined(const Fields& fields) {
  std::string text;
  const auto add = [&](std::string part) {
    std::erase(part, kEnd);
    text += part + kEnd;
  };
  for (const auto& [name, value] : fields) {
    add(name);
    add(value);
  }
  return text;
}

Fields parted(std::string_view text) {
  Fields fields;
  const auto next = [&] {
    const std::size_t end = text.find(kEnd);
    std::string part{text.substr(0, end)};
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
  };
  while (!text.empty()) {
    std::string name = next();
    fields.emplace_back(std::move(name), next());
  }
  return fields;
}

class SqliteOutbox final : public port::Outbox {
 public:
  explicit SqliteOutbox(const Database& database) : database_(database) {}

  Result<bool> add(Message& message) override {
    bool added = false;
    WB_TRY(database_.transact([&]() -> Result<void> {
      WB_ASSIGN(Statement insert, database_.prepare(sql::add_message));
      WB_TRY(insert.bind("$send_key", message.send_key)
                 .bind("$enrolment_id", message.enrolment_id)
                 .bind("$campaign_id", message.campaign_id)
                 .bind("$version", std::int64_t{message.version})
                 .bind("$customer_id", message.customer_id)
                 .bind("$step", message.step)
                 .bind("$occurrence", std::int64_t{message.occurrence})
                 .bind("$channel", message.channel)
                 .bind("$letter", message.letter)
                 .bind("$topic", message.topic)
                 .bind("$purpose", static_cast<std::int64_t>(message.purpose))
                 .bind("$ghost", std::int64_t{message.ghost})
                 .bind("$due_at", base::millis(message.due_at))
                 .bind("$last_by", millis_of(message.last_by))
                 .bind("$created_at", base::millis(message.created_at))
                 .run());
      added = database_.changed_rows() == 1;
      if (!added) return {};
      message.id = database_.last_id();
      WB_ASSIGN(Statement contact, database_.prepare(sql::add_contact));
      return contact.bind("$message_id", message.id)
          .bind("$customer_id", message.customer_id)
          .bind("$channel", message.channel)
          .bind("$purpose", static_cast<std::int64_t>(message.purpose))
          .bind("$ghost", std::int64_t{message.ghost})
          .bind("$at", base::millis(message.due_at))
          .run();
    }));
    return added;
  }

  Result<std::vector<Message>> claim(std::string_view channel, base::Instant now, base::Instant lease_until,
                                     std::size_t limit) override {
    std::vector<Message> claimed;
    {
      const std::lock_guard lock{database_.mutex()};
      WB_ASSIGN(Statement update, database_.prepare(sql::claim_messages));
      update.bind("$channel", channel)
          .bind("$now", base::millis(now))
          .bind("$lease_until", base::millis(lease_until))
          .bind("$limit", static_cast<std::int64_t>(limit));
      WB_ASSIGN(claimed, all_rows<Message>(update, read_message));
    }
    // What an UPDATE returns has no order.
    std::ranges::sort(claimed, {}, [](const Message& message) { return std::pair{message.due_at, message.id}; });
    return claimed;
  }

  Result<bool> attempt(const Message& message, const model::Content* frozen, base::Instant now) override {
    bool ours = false;
    WB_TRY(database_.transact([&]() -> Result<void> {
      WB_ASSIGN(Statement update, database_.prepare(sql::attempt_message));
      WB_TRY(update.bind("$id", message.id)
                 .bind("$attempt", std::int64_t{message.attempt})
                 .bind("$now", base::millis(now))
                 .run());
      ours = database_.changed_rows() == 1;
      if (!ours) return {};
      if (frozen != nullptr) {
        WB_ASSIGN(Statement freeze, database_.prepare(sql::freeze_message));
        WB_TRY(freeze.bind("$id", message.id)
                   .bind("$subject", frozen->subject)
                   .bind("$html", frozen->html)
                   .bind("$body", frozen->text)
                   .bind("$language", frozen->language)
                   .bind("$link", frozen->link)
                   .bind("$template_id", frozen->template_id)
                   .bind("$fields", joined(frozen->fields))
                   .run());
      }
      return move_contact(message.id, now, true);
    }));
    return ours;
  }

  Result<bool> settle(const Message& message, MessageState state, std::string_view provider_id, std::string_view detail,
                      base::Instant now, base::Instant due_at) override {
    bool current = false;
    WB_TRY(database_.transact([&]() -> Result<void> {
      WB_ASSIGN(Statement update, database_.prepare(sql::settle_message));
      WB_TRY(update.bind("$id", message.id)
                 .bind("$attempt", std::int64_t{message.attempt})
                 .bind("$state", static_cast<std::int64_t>(state))
                 .bind("$provider_id", provider_id)
                 .bind("$detail", detail)
                 .bind("$settled_at", state == MessageState::ready ? std::nullopt : std::optional{base::millis(now)})
                 .bind("$due_at", base::millis(due_at))
                 .run());
      current = database_.changed_rows() == 1;
      if (!current) return keep_evidence(message, state, provider_id, detail, now);
      if (state != MessageState::unknown) WB_TRY(one(sql::thaw_message, "$id", message.id));
      if (gives_back_cap(state)) return one(sql::remove_contact, "$message_id", message.id);
      if (state == MessageState::ready) return move_contact(message.id, due_at, false);
      // A ghost is settled without an attempt; its place moves here.
      if (state == MessageState::ghost) return move_contact(message.id, now, true);
      return {};
    }));
    return current;
  }

  Result<std::vector<Message>> expire_leases(base::Instant now) override {
    std::vector<Message> doubtful;
    WB_TRY(database_.transact([&]() -> Result<void> {
      std::vector<Message> expired;
      {
        WB_ASSIGN(Statement select, database_.prepare(sql::expired_messages));
        select.bind("$now", base::millis(now));
        WB_ASSIGN(expired, all_rows<Message>(select, read_message));
      }
      WB_ASSIGN(Statement update, database_.prepare(sql::release_message));
      for (Message& message : expired) {
        // Never back to ready once the bytes may have left.
        const bool attempted = message.state == MessageState::attempting;
        message.state = attempted ? MessageState::unknown : MessageState::ready;
        WB_TRY(update.bind("$id", message.id)
                   .bind("$state", static_cast<std::int64_t>(message.state))
                   .bind("$settled_at", attempted ? std::optional{base::millis(now)} : std::nullopt)
                   .run());
        if (attempted) doubtful.push_back(std::move(message));
      }
      return {};
    }));
    return doubtful;
  }

  Result<std::vector<Message>> unknown(base::Instant attempted_before, std::size_t limit) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::unknown_messages));
    select.bind("$before", base::millis(attempted_before)).bind("$limit", static_cast<std::int64_t>(limit));
    return all_rows<Message>(select, read_message);
  }

  Result<std::optional<model::Content>> frozen(std::int64_t id) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_frozen));
    select.bind("$id", id);
    return first_row<model::Content>(select, [](const Statement& row) {
      return model::Content{.subject = row.text(0), .html = row.text(1), .text = row.text(2), .language = row.text(3),
                            .link = row.text(4), .template_id = row.text(5), .fields = parted(row.text(6))};
    });
  }

  Result<std::optional<Message>> find(std::int64_t id) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_message));
    select.bind("$id", id);
    return first_row<Message>(select, read_message);
  }

  Result<std::optional<Message>> find_key(std::string_view send_key) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_message_by_key));
    select.bind("$send_key", send_key);
    return first_row<Message>(select, read_message);
  }

  Result<std::optional<Message>> find_provider(std::string_view channel, std::string_view provider_id) override {
    if (provider_id.empty()) return std::optional<Message>{};
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_message_by_provider));
    select.bind("$channel", channel).bind("$provider_id", provider_id);
    return first_row<Message>(select, read_message);
  }

  Result<void> cancel(std::int64_t enrolment, std::string_view why, base::Instant now) override {
    return database_.transact([&]() -> Result<void> {
      std::vector<std::int64_t> open;
      {
        WB_ASSIGN(Statement select, database_.prepare(sql::open_messages));
        select.bind("$enrolment_id", enrolment);
        WB_ASSIGN(open, all_rows<std::int64_t>(select, [](const Statement& row) { return row.integer(0); }));
      }
      WB_ASSIGN(Statement update, database_.prepare(sql::cancel_message));
      for (const std::int64_t id : open) {
        WB_TRY(update.bind("$id", id).bind("$detail", why).bind("$now", base::millis(now)).run());
        WB_TRY(one(sql::remove_contact, "$message_id", id));
      }
      return {};
    });
  }

 private:
  Result<void> one(const sql::Sql& statement, const char* parameter, std::int64_t value) const {
    WB_ASSIGN(Statement run, database_.prepare(statement));
    return run.bind(parameter, value).run();
  }

  Result<void> move_contact(std::int64_t id, base::Instant at, bool sent) const {
    WB_ASSIGN(Statement move, database_.prepare(sql::move_contact));
    return move.bind("$message_id", id).bind("$at", base::millis(at)).bind("$sent", std::int64_t{sent}).run();
  }

  /// A worker whose claim was over tells what it did: an acceptance is believed, anything else is only kept.
  Result<void> keep_evidence(const Message& message, MessageState state, std::string_view provider_id,
                             std::string_view detail, base::Instant now) const {
    WB_ASSIGN(Statement insert, database_.prepare(sql::add_evidence));
    WB_TRY(insert.bind("$id", message.id)
               .bind("$attempt", std::int64_t{message.attempt})
               .bind("$state", static_cast<std::int64_t>(state))
               .bind("$provider_id", provider_id)
               .bind("$detail", detail)
               .bind("$at", base::millis(now))
               .run());
    if (state != MessageState::accepted) return {};
    WB_ASSIGN(Statement accept, database_.prepare(sql::accept_late));
    WB_TRY(accept.bind("$id", message.id)
               .bind("$provider_id", provider_id)
               .bind("$detail", detail)
               .bind("$settled_at", base::millis(now))
               .run());
    if (database_.changed_rows() == 0) return {};
    return one(sql::thaw_message, "$id", message.id);
  }

  const Database& database_;
};

}  // namespace

Message read_message(const Statement& row) {
  return {.id = row.integer(0),
          .send_key = row.text(1),
          .enrolment_id = row.integer(2),
          .campaign_id = row.text(3),
          .version = static_cast<std::uint32_t>(row.integer(4)),
          .customer_id = row.text(5),
          .step = row.text(6),
          .occurrence = static_cast<std::uint32_t>(row.integer(7)),
          .channel = row.text(8),
          .letter = row.text(9),
          .topic = row.text(10),
          .purpose = static_cast<model::Purpose>(row.integer(11)),
          .ghost = row.integer(12) != 0,
          .state = static_cast<MessageState>(row.integer(13)),
          .due_at = moment_at(row, 14),
          .last_by = instant_at(row, 15),
          .attempt = static_cast<std::uint32_t>(row.integer(16)),
          .provider_id = row.text(17),
          .detail = row.text(18),
          .created_at = moment_at(row, 19),
          .attempted_at = instant_at(row, 20),
          .settled_at = instant_at(row, 21)};
}

std::unique_ptr<port::Outbox> outbox_store(const Database& database) {
  return std::make_unique<SqliteOutbox>(database);
}

}  // namespace adapter::sqlite
