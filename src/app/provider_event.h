#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "act/deliver/conductor.h"
#include "act/respond/token.h"
#include "base/error.h"
#include "port/act_store.h"

namespace app {

/// What a provider says of one message. It names the message by the send_key it was given, by the signed reference, or by the
/// id it gave the message itself.
struct ProviderEvent {
  std::string key;   ///< the provider's own id of the event
  std::string kind;  ///< accepted, or one of model::ResponseKind but bought and redeemed
  std::string send_key;
  std::string reference;
  std::string channel;      ///< with provider_id
  std::string provider_id;
  base::Instant at;
  std::string detail;
};

/// Whether the kind is one that is taken, and which they are.
bool is_provider_event(std::string_view kind);
std::string provider_events();

/// The message an event names; none when there is none of ours.
base::Result<std::optional<model::Message>> message_of(const ProviderEvent& event, port::ActStore& store,
                                                       const act::respond::Sign& sign);

enum class EventFate { taken, known, unknown_message };

/// Takes it in, once for its key. An event may come before our own commit of the answer: accepted and delivered settle a
/// message that is on its way, in doubt or about to be tried again as accepted, so that it is not sent twice. Call it
/// within a transaction.
base::Result<EventFate> take_event(const ProviderEvent& event, port::ActStore& store, const act::respond::Sign& sign,
                                   act::deliver::Conductor& conductor, base::Instant now);

}  // namespace app
