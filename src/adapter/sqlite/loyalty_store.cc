#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;

std::int64_t number_of(base::Day day) { return base::day_number(day); }
base::Day day_at(const Statement& row, int column) { return base::day_from_number(static_cast<std::int32_t>(row.integer(column))); }
std::optional<std::int64_t> number_of(const std::optional<base::Day>& day) {
  return day ? std::optional<std::int64_t>{base::day_number(*day)} : std::nullopt;
}
std::optional<base::Day> maybe_day_at(const Statement& row, int column) {
  const auto number = row.maybe_integer(column);
  return number ? std::optional{base::day_from_number(static_cast<std::int32_t>(*number))} : std::nullopt;
}

model::PointsEntry read_entry(const Statement& row) {
  return {.id = row.integer(0), .customer_id = row.text(1), .kind = static_cast<model::PointsKind>(row.integer(2)), .source = row.text(3),
          .order_key = row.text(4), .points = row.integer(5), .amount = row.integer(6), .day = day_at(row, 7), .expires_on = maybe_day_at(row, 8),
          .reason = row.text(9), .booked_at = moment_at(row, 10)};
}

model::Referral read_referral(const Statement& row) {
  return {.id = row.integer(0), .referrer_id = row.text(1), .newcomer_id = row.text(2), .order_key = row.text(3), .day = day_at(row, 4),
          .state = static_cast<model::ReferralState>(row.integer(5)), .due_on = day_at(row, 6), .referrer_code = row.text(7), .newcomer_code = row.text(8)};
}

class SqliteLoyalty final : public port::LoyaltyStore {
 public:
  explicit SqliteLoyalty(const Database& database) : database_(database) {}

  Result<bool> add(const model::PointsEntry& entry) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::add_loyalty_entry));
    WB_TRY(insert.bind("$customer_id", entry.customer_id)
               .bind("$kind", static_cast<std::int64_t>(entry.kind))
               .bind("$source", entry.source)
               .bind("$order_key", entry.order_key)
               .bind("$points", entry.points)
               .bind("$amount", entry.amount)
               .bind("$day", number_of(entry.day))
               .bind("$expires_on", number_of(entry.expires_on))
               .bind("$reason", entry.reason)
               .bind("$booked_at", base::millis(entry.booked_at))
               .run());
    return database_.changed_rows() == 1;
  }

  Result<std::vector<model::PointsEntry>> entries(std::string_view customer) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::loyalty_entries));
    select.bind("$customer_id", customer);
    return all_rows<model::PointsEntry>(select, read_entry);
  }

  Result<std::optional<model::PointsEntry>> of_source(std::string_view source) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::loyalty_entry_of_source));
    select.bind("$source", source);
    return first_row<model::PointsEntry>(select, read_entry);
  }

  Result<Booked> of_order(std::string_view order_key) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::loyalty_of_order));
    WB_TRY(select.bind("$order_key", order_key).step());
    return Booked{.entries = select.integer(0), .points = select.integer(1), .amount = select.integer(2)};
  }

  Result<std::vector<std::string>> customers() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::loyalty_customers));
    return all_rows<std::string>(select, [](const Statement& row) { return row.text(0); });
  }

  Result<std::optional<model::Membership>> membership(std::string_view customer) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_loyalty_member));
    select.bind("$customer_id", customer);
    return first_row<model::Membership>(select, [](const Statement& row) {
      return model::Membership{.tier = row.text(0), .since = day_at(row, 1), .below_since = maybe_day_at(row, 2), .balance = row.integer(3)};
    });
  }

  Result<void> save(std::string_view customer, const model::Membership& membership) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::save_loyalty_member));
    return insert.bind("$customer_id", customer)
        .bind("$tier", membership.tier)
        .bind("$since", number_of(membership.since))
        .bind("$below_since", number_of(membership.below_since))
        .bind("$balance", membership.balance)
        .run();
  }

  Result<bool> notice(std::string_view customer, std::string_view what, base::Instant at) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::add_loyalty_notice));
    WB_TRY(insert.bind("$customer_id", customer).bind("$what", what).bind("$at", base::millis(at)).run());
    return database_.changed_rows() == 1;
  }

  Result<bool> noticed(std::string_view customer, std::string_view what) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_loyalty_notice));
    return select.bind("$customer_id", customer).bind("$what", what).step();
  }

 private:
  const Database& database_;
};

class SqliteReferrals final : public port::ReferralStore {
 public:
  explicit SqliteReferrals(const Database& database) : database_(database) {}

  Result<std::string> keep_code(std::string_view customer, std::string_view code, base::Instant at) override {
    std::string kept;
    WB_TRY(database_.transact([&]() -> Result<void> {
      WB_ASSIGN(Statement insert, database_.prepare(sql::add_referral_code));
      WB_TRY(insert.bind("$customer_id", customer).bind("$code", code).bind("$at", base::millis(at)).run());
      WB_ASSIGN(Statement select, database_.prepare(sql::find_referral_code));
      WB_ASSIGN(const bool there, select.bind("$customer_id", customer).step());
      kept = there ? select.text(0) : std::string{code};
      return {};
    }));
    return kept;
  }

  Result<std::optional<std::string>> referrer(std::string_view code) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_referrer));
    select.bind("$code", code);
    return first_row<std::string>(select, [](const Statement& row) { return row.text(0); });
  }

  Result<bool> add(model::Referral& referral) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::add_referral));
    WB_TRY(insert.bind("$referrer_id", referral.referrer_id)
               .bind("$newcomer_id", referral.newcomer_id)
               .bind("$order_key", referral.order_key)
               .bind("$day", number_of(referral.day))
               .bind("$state", static_cast<std::int64_t>(referral.state))
               .bind("$due_on", number_of(referral.due_on))
               .run());
    if (database_.changed_rows() != 1) return false;
    referral.id = database_.last_id();
    return true;
  }

  Result<std::optional<model::Referral>> find(std::int64_t id) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_referral));
    select.bind("$id", id);
    return first_row<model::Referral>(select, read_referral);
  }

  Result<std::optional<model::Referral>> of_newcomer(std::string_view customer) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::referral_of_newcomer));
    select.bind("$newcomer_id", customer);
    return first_row<model::Referral>(select, read_referral);
  }

  Result<std::vector<model::Referral>> of_referrer(std::string_view customer) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::referrals_of));
    select.bind("$referrer_id", customer);
    return all_rows<model::Referral>(select, read_referral);
  }

  Result<std::vector<model::Referral>> list() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::list_referrals));
    return all_rows<model::Referral>(select, read_referral);
  }

  Result<std::vector<model::Referral>> due(base::Day day) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::referrals_due));
    select.bind("$day", number_of(day));
    return all_rows<model::Referral>(select, read_referral);
  }

  Result<void> decide(const model::Referral& referral, const model::ReferralDecision& decision) override {
    return database_.transact([&]() -> Result<void> {
      WB_ASSIGN(Statement save, database_.prepare(sql::save_referral));
      WB_TRY(save.bind("$id", referral.id)
                 .bind("$state", static_cast<std::int64_t>(referral.state))
                 .bind("$referrer_code", referral.referrer_code)
                 .bind("$newcomer_code", referral.newcomer_code)
                 .run());
      if (database_.changed_rows() != 1) return base::fail(base::Code::not_found, "there is no referral {}", referral.id);
      WB_ASSIGN(Statement insert, database_.prepare(sql::add_referral_decision));
      return insert.bind("$referral_id", referral.id)
          .bind("$state", static_cast<std::int64_t>(decision.state))
          .bind("$ground", decision.ground)
          .bind("$decided_by", decision.by)
          .bind("$at", base::millis(decision.at))
          .run();
    });
  }

  Result<std::vector<model::ReferralDecision>> decisions(std::int64_t id) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::referral_decisions));
    select.bind("$referral_id", id);
    return all_rows<model::ReferralDecision>(select, [](const Statement& row) {
      return model::ReferralDecision{.state = static_cast<model::ReferralState>(row.integer(0)), .ground = row.text(1), .by = row.text(2), .at = moment_at(row, 3)};
    });
  }

 private:
  const Database& database_;
};

}  // namespace

std::unique_ptr<port::LoyaltyStore> loyalty_store(const Database& database) { return std::make_unique<SqliteLoyalty>(database); }
std::unique_ptr<port::ReferralStore> referral_store(const Database& database) { return std::make_unique<SqliteReferrals>(database); }

}  // namespace adapter::sqlite
