#include "app/record_intake.h"

#include "act/deliver/consent.h"
#include "app/redeem.h"

namespace app {

using base::Block;
using base::Code;
using base::ColumnKind;
using base::Instant;
using base::Result;
using collect::Rejects;
using model::ConsentRecord;
using model::ConsentState;

namespace {

constexpr std::chrono::hours kClocksDiffer{24};  // zones and clocks of other systems

Result<void> reject(Rejects& rejects, std::uint64_t line, std::string column, std::string_view value, std::string reason) {
  return rejects.add({line, std::move(column), std::string{value.substr(0, 300)}, std::move(reason)});
}

/// Where no channel is named a statement concerns letters as well.
std::string_view letters(std::string_view channel) { return channel == "*" ? std::string_view{"email"} : channel; }

bool says_already(std::span<const ConsentRecord> known, const ConsentRecord& record) {
  return std::ranges::any_of(known, [&](const ConsentRecord& one) {
    return one.channel == record.channel && one.topic == record.topic && one.state == record.state && one.valid_from == record.valid_from;
  });
}

}  // namespace

/// An address alone may belong to customers with ids of their own.
Result<std::vector<std::string>> ConsentIntake::customers_of(std::string_view id, std::string_view email) {
  if (!email.empty()) {
    WB_ASSIGN(auto found, store.people().customers_of("email", email));
    if (!found.empty()) return found;
  }
  return std::vector{std::string{id}};
}

Result<void> ConsentIntake::end_journeys(const ConsentRecord& withdrawn) {
  if (letters(withdrawn.channel) != "email" || withdrawn.valid_from > now) return {};
  WB_ASSIGN(const auto before, store.enrolments().open_of(withdrawn.customer_id));
  if (before.empty()) return {};
  WB_ASSIGN(const auto statements, store.people().consents(withdrawn.customer_id));
  bool concerns = false;
  for (const model::Enrolment& enrolment : before) {
    WB_ASSIGN(const auto campaign, store.campaigns().find(enrolment.campaign_id));
    if (!campaign) continue;
    const std::string& topic = campaign->topic;
    const bool same = withdrawn.topic == "*" || withdrawn.topic == topic;
    concerns = concerns || (same && act::deliver::in_force(statements, "email", topic, now, now) == ConsentState::withdrawn);
  }
  if (!concerns) return {};
  WB_TRY(conductor.take({.key = fmt::format("consent/{}/{}/{}/{}", withdrawn.customer_id, withdrawn.channel, withdrawn.topic,
                                            base::millis(withdrawn.valid_from)),
                         .kind = model::ResponseKind::opted_out,
                         .customer_id = withdrawn.customer_id,
                         .at = withdrawn.valid_from,
                         .detail = withdrawn.topic == "*" ? std::string{} : withdrawn.topic},
                        now));
  WB_ASSIGN(const auto after, store.enrolments().open_of(withdrawn.customer_id));
  ended += before.size() - after.size();
  return {};
}

Result<void> ConsentIntake::take(std::uint32_t import_id, const Block& block, Rejects& rejects) {
  WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
  WB_ASSIGN(const auto* email, block.need("email", ColumnKind::text));
  WB_ASSIGN(const auto* channel, block.need("channel", ColumnKind::text));
  WB_ASSIGN(const auto* topic, block.need("topic", ColumnKind::text));
  WB_ASSIGN(const auto* state, block.need("state", ColumnKind::u8));
  WB_ASSIGN(const auto* from, block.need("valid_from", ColumnKind::instant));
  WB_ASSIGN(const auto* source, block.need("source", ColumnKind::text));
  WB_ASSIGN(const auto* proof, block.need("proof", ColumnKind::text));
  WB_ASSIGN(const auto* line, block.need("line", ColumnKind::u64));
  return store.transact([&]() -> Result<void> {
    std::vector<ConsentRecord> withdrawn;
    for (std::size_t i = 0; i < block.rows(); ++i) {
      ConsentRecord record{.channel = std::string{channel->text()[i]},
                           .topic = std::string{topic->text()[i]},
                           .state = static_cast<ConsentState>(state->as<std::uint8_t>()[i]),
                           .valid_from = from->is_null(i) ? now : base::instant_from_millis(from->as<std::int64_t>()[i]),
                           .recorded_at = now,
                           .source = std::string{source->text()[i]},
                           .proof = std::string{proof->text()[i]}};
      if (record.valid_from > now + kClocksDiffer) {
        WB_TRY(reject(rejects, line->as<std::uint64_t>()[i], "valid_from", base::to_string(record.valid_from), "lies in the future"));
        continue;
      }
      const bool named = !record.source.empty();
      if (!named) record.source = fmt::format("import {}", import_id);
      WB_ASSIGN(const auto customers, customers_of(id->text()[i], email->text()[i]));
      for (const std::string& customer : customers) {
        record.customer_id = customer;
        if (!named) {
          // The default source differs from import to import, what was said does not.
          WB_ASSIGN(const auto known, store.people().consents(customer));
          if (says_already(known, record)) continue;
        }
        WB_ASSIGN(const std::uint64_t added, store.people().add_consents({&record, 1}));
        fresh += added;
        if (record.state == ConsentState::withdrawn) withdrawn.push_back(record);
      }
    }
    // After all rows: one of them may take a withdrawal back.
    for (const ConsentRecord& record : withdrawn) WB_TRY(end_journeys(record));
    return {};
  });
}

Result<void> RedemptionIntake::take(const Block& block, Rejects& rejects) {
  WB_ASSIGN(const auto* code, block.need("code", ColumnKind::text));
  WB_ASSIGN(const auto* order, block.need("order_id", ColumnKind::text));
  WB_ASSIGN(const auto* amount, block.need("amount", ColumnKind::amount));
  WB_ASSIGN(const auto* at, block.need("at", ColumnKind::instant));
  WB_ASSIGN(const auto* line, block.need("line", ColumnKind::u64));
  return store.transact([&]() -> Result<void> {
    for (std::size_t i = 0; i < block.rows(); ++i) {
      Redemption one{std::string{code->text()[i]}, std::string{order->text()[i]}, std::nullopt,
                     at->is_null(i) ? now : base::instant_from_millis(at->as<std::int64_t>()[i])};
      if (!amount->is_null(i)) one.amount = (amount->as<std::int64_t>()[i] + 5'000) / 10'000;
      const std::uint64_t row = line->as<std::uint64_t>()[i];
      if (one.at > now + kClocksDiffer) {
        WB_TRY(reject(rejects, row, "at", base::to_string(one.at), "lies in the future"));
        continue;
      }
      const auto done = redeem(one, store, conductor, now);
      if (done) continue;
      if (done.error().code == Code::not_found) {
        WB_TRY(reject(rejects, row, "code", one.code, "was never given out"));
      } else if (done.error().code == Code::conflict) {
        WB_ASSIGN(const auto known, find_code(one.code, store.codes()));
        const bool used = known && known->state == model::CodeState::redeemed;
        WB_TRY(reject(rejects, row, "code", one.code, used ? "was used with another order" : "was over by then"));
      } else {
        return std::unexpected(done.error());
      }
    }
    return {};
  });
}

Result<void> PoolIntake::take(const Block& block, Rejects& rejects) {
  WB_ASSIGN(const auto* code, block.need("code", ColumnKind::text));
  WB_ASSIGN(const auto* line, block.need("line", ColumnKind::u64));
  return store.transact([&]() -> Result<void> {
    std::vector<std::string> codes;
    for (std::size_t i = 0; i < block.rows(); ++i) {
      std::string text{code->text()[i]};
      WB_ASSIGN(const auto known, store.codes().find(text));
      if (known && known->offer_id != offer) {
        WB_TRY(reject(rejects, line->as<std::uint64_t>()[i], "code", text, "is a code of another offer"));
        continue;
      }
      codes.push_back(std::move(text));
    }
    WB_ASSIGN(const std::uint64_t added, store.codes().add_pool(offer, codes));
    fresh += added;
    return {};
  });
}

}  // namespace app
