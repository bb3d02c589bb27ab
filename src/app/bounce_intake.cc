#include "app/bounce_intake.h"

#include "act/respond/bounce.h"

namespace app {

using act::respond::Decision;
using act::respond::Report;
using base::Result;
using model::ResponseKind;

namespace {

/// A letter has one recipient. Where an alias on the other side made several of it, the letter counts as dead only if it
/// is dead for all of them.
Decision decision_of(const Report& report) {
  std::size_t hard = 0, soft = 0;
  for (const act::respond::Reported& one : report.recipients) {
    switch (one.decision) {
      case Decision::complaint:
      case Decision::unsubscribe: return one.decision;
      case Decision::hard: ++hard; break;
      case Decision::soft:
      case Decision::other: ++soft; break;
      case Decision::none: break;
    }
  }
  if (soft > 0) return Decision::soft;
  return hard > 0 ? Decision::hard : Decision::none;
}

bool is_send_key(std::string_view text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<std::optional<model::Message>> letter_of(const Report& report, port::ActStore& store, const act::respond::Sign& sign) {
  if (const auto token = act::respond::read_token(sign, act::respond::Use::verp, report.reference)) return store.outbox().find(token->message_id);
  const std::string_view key = std::string_view{report.message_id}.substr(0, report.message_id.find('@'));
  if (is_send_key(key)) return store.outbox().find_key(key);
  return std::optional<model::Message>{};
}

}  // namespace

Result<void> take_bounce(std::string_view raw, port::ActStore& store, const act::respond::Sign& sign, act::deliver::Conductor& conductor,
                         base::Instant now, BounceCounts& counts) {
  ++counts.messages;
  const Report report = act::respond::read_report(raw);
  const Decision decision = decision_of(report);
  if (decision == Decision::none) {
    ++counts.no_report;
    return {};
  }
  WB_ASSIGN(const auto message, letter_of(report, store, sign));
  if (!message) {
    ++counts.unknown;
    return {};
  }
  ResponseKind kind = ResponseKind::bounced_soft;
  std::uint64_t* count = &counts.soft;
  if (decision == Decision::hard) {
    kind = ResponseKind::bounced_hard;
    count = &counts.hard;
  } else if (decision == Decision::complaint) {
    kind = ResponseKind::complained;
    count = &counts.complained;
  } else if (decision == Decision::unsubscribe) {
    kind = ResponseKind::opted_out;
    count = &counts.opted_out;
  }
  WB_ASSIGN(const bool fresh, conductor.take({.key = fmt::format("{}/{}", model::name_of(kind), message->id),
                                              .kind = kind,
                                              .message_id = message->id,
                                              .enrolment_id = message->enrolment_id,
                                              .campaign_id = message->campaign_id,
                                              .customer_id = message->customer_id,
                                              .step = message->step,
                                              .at = now},
                                             now));
  ++(fresh ? *count : counts.known);
  return {};
}

}  // namespace app
