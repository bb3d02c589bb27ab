#include "adapter/sqlite/outbox_rows.h"
#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;

class SqliteActCounts final : public port::ActCounts {
 public:
  explicit SqliteActCounts(const Database& database) : database_(database) {}

  Result<std::vector<Standing>> enrolments(std::string_view campaign) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::count_enrolments));
    select.bind("$campaign_id", campaign);
    return all_rows<Standing>(select, [](const Statement& row) {
      const auto state = static_cast<model::EnrolmentState>(row.integer(1));
      std::string name{model::name_of(state)};
      if (state == model::EnrolmentState::finished) name.append(": ").append(row.text(2));
      return Standing{.step = row.text(0),
                   .state = std::move(name),
                   .control = row.integer(3) != 0,
                   .customers = static_cast<std::uint64_t>(row.integer(4))};
    });
  }

  Result<std::vector<Sent>> messages(std::string_view campaign) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::count_messages));
    select.bind("$campaign_id", campaign);
    return all_rows<Sent>(select, [](const Statement& row) {
      return Sent{.step = row.text(0),
                   .state = static_cast<model::MessageState>(row.integer(1)),
                   .detail = row.text(2),
                   .messages = static_cast<std::uint64_t>(row.integer(3))};
    });
  }

  Result<void> each_assigned(std::string_view campaign, const std::function<Result<void>(const Assigned&)>& sink) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::list_assigned));
    select.bind("$campaign_id", campaign);
    for (;;) {
      WB_ASSIGN(const bool more, select.step());
      if (!more) return {};
      WB_TRY(sink({.customer_id = select.text(0),
                   .control = select.integer(1) != 0,
                   .entered_at = moment_at(select, 2),
                   .redeemed = select.integer(3),
                   .messages = static_cast<std::uint64_t>(select.integer(4))}));
    }
  }

  Result<std::uint64_t> attempted_since(std::string_view channel, base::Instant since) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::attempted_since));
    WB_TRY(select.bind("$channel", channel).bind("$since", base::millis(since)).step());
    return static_cast<std::uint64_t>(select.integer(0));
  }

  Result<std::vector<ChannelCount>> of_channel(std::string_view channel, base::Instant since) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::count_channel));
    select.bind("$channel", channel).bind("$since", base::millis(since));
    return all_rows<ChannelCount>(select, [](const Statement& row) {
      return ChannelCount{.state = static_cast<model::MessageState>(row.integer(0)),
                          .detail = row.text(1),
                          .messages = static_cast<std::uint64_t>(row.integer(2)),
                          .reacted = static_cast<std::uint64_t>(row.integer(3))};
    });
  }

  Result<std::optional<base::Instant>> first_attempt(std::string_view channel) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::first_attempt));
    WB_TRY(select.bind("$channel", channel).step());
    return instant_at(select, 0);
  }

  Result<Complaints> complaints(std::string_view campaign, base::Instant since) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement accepted, database_.prepare(sql::count_accepted));
    WB_TRY(accepted.bind("$campaign_id", campaign).bind("$since", base::millis(since)).step());
    WB_ASSIGN(Statement complained, database_.prepare(sql::count_complaints));
    WB_TRY(complained.bind("$campaign_id", campaign).bind("$since", base::millis(since)).step());
    return Complaints{static_cast<std::uint64_t>(accepted.integer(0)),
                      static_cast<std::uint64_t>(complained.integer(0))};
  }

  Result<std::optional<base::Instant>> next_due(std::string_view channel) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::next_due_message));
    WB_TRY(select.bind("$channel", channel).step());
    return instant_at(select, 0);
  }

  Result<std::vector<model::Message>> of_customer(std::string_view customer) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::messages_of_customer));
    select.bind("$customer_id", customer);
    return all_rows<model::Message>(select, read_message);
  }

 private:
  const Database& database_;
};

}  // namespace

std::unique_ptr<port::ActCounts> act_counts(const Database& database) {
  return std::make_unique<SqliteActCounts>(database);
}

}  // namespace adapter::sqlite
