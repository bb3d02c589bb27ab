#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Code;
using base::fail;
using base::Result;
using model::CodeState;

model::Code read_code(const Statement& row) {
  return {.code = row.text(0),
          .offer_id = row.text(1),
          .campaign_id = row.text(2),
          .enrolment_id = row.integer(3),
          .customer_id = row.text(4),
          .state = static_cast<CodeState>(row.integer(5)),
          .issued_at = moment_at(row, 6),
          .ends_at = instant_at(row, 7),
          .liability = row.integer(8),
          .order_id = row.text(9),
          .cost = row.integer(10),
          .redeemed_at = instant_at(row, 11)};
}

class SqliteCodes final : public port::CodeStore {
 public:
  explicit SqliteCodes(const Database& database) : database_(database) {}

  Result<void> open_account(const model::CodeAccount& account) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::open_code_account));
    return insert.bind("$campaign_id", account.campaign_id)
        .bind("$offer_id", account.offer_id)
        .bind("$budget", account.budget)
        .bind("$stock", account.stock)
        .run();
  }

  Result<std::optional<model::CodeAccount>> account(std::string_view campaign, std::string_view offer) override {
    WB_ASSIGN(auto all, accounts(campaign));
    const auto found = std::ranges::find(all, offer, &model::CodeAccount::offer_id);
    if (found == all.end()) return std::nullopt;
    return *found;
  }

  Result<std::vector<model::CodeAccount>> accounts(std::string_view campaign) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_code_accounts));
    select.bind("$campaign_id", campaign);
    return all_rows<model::CodeAccount>(select, [](const Statement& row) {
      return model::CodeAccount{.campaign_id = row.text(0),
                                .offer_id = row.text(1),
                                .budget = row.maybe_integer(2),
                                .stock = row.maybe_integer(3),
                                .redeemed = row.integer(4),
                                .outstanding = row.integer(5),
                                .issued_count = static_cast<std::uint64_t>(row.integer(6)),
                                .redeemed_count = static_cast<std::uint64_t>(row.integer(7))};
    });
  }

  Result<std::optional<model::Code>> issue(const model::Code& draft) override {
    std::optional<model::Code> issued;
    WB_TRY(database_.transact([&]() -> Result<void> {
      if (draft.enrolment_id != 0) {
        WB_ASSIGN(issued, of_enrolment(draft.enrolment_id, draft.offer_id));
        if (issued) return {};
      }
      WB_ASSIGN(const bool room, has_room(draft));
      if (!room) return {};
      model::Code code = draft;
      code.state = CodeState::issued;
      WB_ASSIGN(const bool pooled, has_pool(draft.offer_id));
      if (pooled) {
        WB_ASSIGN(Statement first, database_.prepare(sql::first_of_pool));
        WB_ASSIGN(const bool left, first.bind("$offer_id", draft.offer_id).step());
        if (!left) return {};
        code.code = first.text(0);
      }
      WB_ASSIGN(Statement insert, database_.prepare(sql::add_code));
      WB_TRY(insert.bind("$code", code.code)
                 .bind("$offer_id", code.offer_id)
                 .bind("$campaign_id", code.campaign_id)
                 .bind("$enrolment_id", code.enrolment_id)
                 .bind("$customer_id", code.customer_id)
                 .bind("$issued_at", base::millis(code.issued_at))
                 .bind("$ends_at", millis_of(code.ends_at))
                 .bind("$liability", code.liability)
                 .run());
      if (database_.changed_rows() != 1) {
        return fail(Code::conflict, "the code {} belongs to somebody else already", code.code);
      }
      WB_TRY(book(sql::account_issued, code, code.liability));
      issued = std::move(code);
      return {};
    }));
    return issued;
  }

  Result<model::Code> redeem(std::string_view text, std::string_view order, std::int64_t cost, base::Instant at) override {
    model::Code redeemed;
    WB_TRY(database_.transact([&]() -> Result<void> {
      WB_ASSIGN(auto code, find(text));
      if (!code || code->state == CodeState::pool)
        return fail(Code::not_found, "there is no code {}; check how it is written", text);
      if (code->state == CodeState::redeemed && code->order_id == order) {
        redeemed = std::move(*code);
        return {};
      }
      if (code->state == CodeState::redeemed)
        return fail(Code::conflict, "the code {} was used already, with another order", text);
      const bool over = code->ends_at ? at >= *code->ends_at : code->state == CodeState::expired;
      if (over) {
        return fail(Code::conflict, "the code {} ended on {}", text,
                    base::to_string(code->ends_at.value_or(code->issued_at)));
      }
      const bool late = code->state == CodeState::expired;  // used in time, told after its end
      if (code->state != CodeState::issued && !late) return fail(Code::conflict, "the code {} was taken back", text);
      WB_ASSIGN(Statement update, database_.prepare(sql::redeem_code));
      WB_TRY(update.bind("$code", text)
                 .bind("$order_id", order)
                 .bind("$cost", cost)
                 .bind("$at", base::millis(at))
                 .run());
      if (database_.changed_rows() != 1) return fail(Code::conflict, "the code {} was used a moment ago", text);
      {
        WB_ASSIGN(Statement account, database_.prepare(sql::account_redeemed));
        WB_TRY(account.bind("$cost", cost)
                   .bind("$liability", late ? std::int64_t{0} : code->liability)
                   .bind("$stock", std::int64_t{late})
                   .bind("$campaign_id", code->campaign_id)
                   .bind("$offer_id", code->offer_id)
                   .run());
      }
      code->state = CodeState::redeemed;
      code->order_id = order;
      code->cost = cost;
      code->redeemed_at = at;
      redeemed = std::move(*code);
      return {};
    }));
    return redeemed;
  }

  Result<std::optional<model::Code>> find(std::string_view code) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_code));
    select.bind("$code", code);
    return first_row<model::Code>(select, read_code);
  }

  Result<std::uint64_t> add_pool(std::string_view offer, std::span<const std::string> codes) override {
    std::uint64_t added = 0;
    WB_TRY(database_.transact([&]() -> Result<void> {
      WB_ASSIGN(Statement insert, database_.prepare(sql::add_to_pool));
      for (const std::string& code : codes) {
        WB_TRY(insert.bind("$code", code).bind("$offer_id", offer).run());
        added += static_cast<std::uint64_t>(database_.changed_rows());
      }
      return {};
    }));
    return added;
  }

  Result<std::uint64_t> expire(base::Instant now) override {
    std::uint64_t expired = 0;
    WB_TRY(database_.transact([&]() -> Result<void> {
      std::vector<model::Code> over;
      {
        WB_ASSIGN(Statement select, database_.prepare(sql::codes_past_end));
        select.bind("$now", base::millis(now));
        WB_ASSIGN(over, all_rows<model::Code>(select, read_code));
      }
      for (const model::Code& code : over) {
        WB_ASSIGN(Statement update, database_.prepare(sql::expire_code));
        WB_TRY(update.bind("$code", code.code).run());
        WB_TRY(book(sql::account_expired, code, code.liability));
        ++expired;
      }
      return {};
    }));
    return expired;
  }

 private:
  Result<std::optional<model::Code>> of_enrolment(std::int64_t enrolment, std::string_view offer) const {
    WB_ASSIGN(Statement select, database_.prepare(sql::find_code_of_enrolment));
    select.bind("$enrolment_id", enrolment).bind("$offer_id", offer);
    return first_row<model::Code>(select, read_code);
  }

  Result<bool> has_pool(std::string_view offer) const {
    WB_ASSIGN(Statement select, database_.prepare(sql::offer_has_pool));
    WB_TRY(select.bind("$offer_id", offer).step());
    return select.integer(0) > 0;
  }

  /// The campaign's money bounds all its offers together; stock bounds one.
  Result<bool> has_room(const model::Code& draft) {
    WB_ASSIGN(const auto all, accounts(draft.campaign_id));
    std::int64_t spent = 0;
    std::optional<std::int64_t> budget;
    for (const model::CodeAccount& account : all) {
      spent += account.redeemed + account.outstanding;
      if (account.budget) budget = account.budget;
      if (account.offer_id == draft.offer_id && account.stock && *account.stock <= 0) return false;
    }
    return !budget || spent + draft.liability <= *budget;
  }

  Result<void> book(const sql::Sql& statement, const model::Code& code, std::int64_t liability) const {
    WB_ASSIGN(Statement update, database_.prepare(statement));
    return update.bind("$liability", liability)
        .bind("$campaign_id", code.campaign_id)
        .bind("$offer_id", code.offer_id)
        .run();
  }

  const Database& database_;
};

}  // namespace

std::unique_ptr<port::CodeStore> code_store(const Database& database) { return std::make_unique<SqliteCodes>(database); }

}  // namespace adapter::sqlite
