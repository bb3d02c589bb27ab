#include "app/provider_event.h"

#include <array>

namespace app {

using base::Result;
using model::MessageState;
using model::ResponseKind;

namespace {

constexpr std::array kTaken = {ResponseKind::delivered,    ResponseKind::opened,     ResponseKind::clicked,   ResponseKind::bounced_hard,
                               ResponseKind::bounced_soft, ResponseKind::complained, ResponseKind::opted_out, ResponseKind::answered};

std::optional<ResponseKind> kind_named(std::string_view name) {
  for (const ResponseKind kind : kTaken) {
    if (model::name_of(kind) == name) return kind;
  }
  return std::nullopt;
}

/// It was taken after all: nothing may send it again, and the journey goes on.
Result<bool> believe_accepted(const model::Message& message, port::ActStore& store, base::Instant now) {
  const bool retrying = message.state == MessageState::ready && message.attempt > 0;
  const bool open = message.state == MessageState::attempting || message.state == MessageState::unknown ||
                    message.state == MessageState::unconfirmed || retrying;
  if (!open) return false;
  WB_TRY(store.outbox().settle(message, MessageState::accepted, message.provider_id, "told by the provider", now, message.due_at));
  if (message.enrolment_id != 0 && message.channel != "webhook") WB_TRY(store.enrolments().wake(message.enrolment_id, now));
  return true;
}

}  // namespace

Result<std::optional<model::Message>> message_of(const ProviderEvent& event, port::ActStore& store, const act::respond::Sign& sign) {
  if (!event.send_key.empty()) return store.outbox().find_key(event.send_key);
  if (const auto token = act::respond::read_token(sign, act::respond::Use::verp, event.reference)) return store.outbox().find(token->message_id);
  return store.outbox().find_provider(event.channel, event.provider_id);
}

bool is_provider_event(std::string_view kind) { return kind == "accepted" || kind_named(kind).has_value(); }

std::string provider_events() {
  std::string names = "accepted";
  for (const ResponseKind kind : kTaken) names += ", " + std::string{model::name_of(kind)};
  return names;
}

Result<EventFate> take_event(const ProviderEvent& event, port::ActStore& store, const act::respond::Sign& sign,
                             act::deliver::Conductor& conductor, base::Instant now) {
  WB_ASSIGN(const auto message, message_of(event, store, sign));
  if (!message) return EventFate::unknown_message;
  const auto kind = kind_named(event.kind);
  bool moved = false;
  if (!kind || *kind == ResponseKind::delivered) {
    WB_ASSIGN(moved, believe_accepted(*message, store, now));
  }
  if (!kind) return moved ? EventFate::taken : EventFate::known;
  WB_ASSIGN(const bool fresh, conductor.take({.key = "provider/" + event.key,
                                              .kind = *kind,
                                              .message_id = message->id,
                                              .enrolment_id = message->enrolment_id,
                                              .campaign_id = message->campaign_id,
                                              .customer_id = message->customer_id,
                                              .step = message->step,
                                              .at = event.at,
                                              .detail = *kind == ResponseKind::opted_out ? std::string{} : event.detail},
                                             now));
  return fresh ? EventFate::taken : EventFate::known;
}

}  // namespace app
