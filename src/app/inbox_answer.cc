#include "app/inbox_answer.h"

#include <algorithm>

namespace app {

using base::Code;
using base::fail;
using base::Instant;
using base::Result;

Result<void> note_inbox(std::int64_t id, std::string_view customer, model::ResponseKind kind, port::ActStore& store, act::deliver::Conductor& conductor, Instant now) {
  WB_ASSIGN(const auto messages, store.inbox().of_customer(customer, Instant{}));  // also those that have expired
  const auto found = std::ranges::find(messages, id, &model::InboxMessage::id);
  if (found == messages.end()) return fail(Code::not_found, "this customer has no message {}", id);
  WB_TRY(store.inbox().mark_read(id, customer, now));
  WB_ASSIGN(const auto message, store.outbox().find(found->message_id));
  if (!message) return {};
  const std::string which = kind == model::ResponseKind::opened ? "inbox" : fmt::format("inbox/{}", base::millis(now) / 1000);
  WB_TRY(conductor.take({.key = fmt::format("{}/{}/{}", model::name_of(kind), message->id, which),
                         .kind = kind,
                         .message_id = message->id,
                         .enrolment_id = message->enrolment_id,
                         .campaign_id = message->campaign_id,
                         .customer_id = message->customer_id,
                         .step = message->step,
                         .at = now},
                        now));
  return {};
}

}  // namespace app
