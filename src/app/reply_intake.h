#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "act/deliver/conductor.h"
#include "act/respond/reply.h"
#include "base/error.h"
#include "model/campaign.h"
#include "port/act_store.h"
#include "text/language.h"

namespace app {

/// An answer of a customer to one of our messages, as it came in.
struct IncomingReply {
  std::string key;                        ///< the same reply reported twice is one
  std::string channel;                    ///< "sms", "email", "wechat"
  std::string from;                       ///< address on the channel; needed where `message` is none
  std::optional<model::Message> message;  ///< it answers, where that is known
  act::respond::ReplyText text;
  base::Instant at;
};

/// What replies are taken in with. All outlive a call.
struct ReplyTools {
  port::ActStore& store;
  act::deliver::Conductor& conductor;
  const act::respond::ReplyRules& rules;
  text::Language language = text::Language::en;  ///< of tasks: the shop's
};

/// What became of a reply.
struct TakenReply {
  enum class Fate { taken, known, stranger } fate = Fate::taken;
  act::respond::Reply read;
};

/// Takes it in, once for its key and customer: a stop is consent withdrawn for the channel at once (also where the address
/// is nobody's we know: it is suppressed), a start is consent granted; questions, complaints and what is unclear become a task
/// for people; everything but a stop or a machine's notice is a sign of life that the customer's journeys are told of; words are kept
/// for the reasons. Call it within a transaction.
base::Result<TakenReply> take_reply(const IncomingReply& reply, const ReplyTools& tools, base::Instant now);

/// A task of no journey for the people of a queue, once for its key.
struct CareTask {
  std::string key;
  std::string queue;       ///< "care", "support", "urgent"
  std::string customer_id;
  std::string campaign_id;
  std::string title;
  std::string script;      ///< holds the customer's words: erased with them
};
base::Result<void> ask_people(const CareTask& task, port::ActStore& store, base::Instant now);

/// The customers an address on a channel belongs to.
base::Result<std::vector<std::string>> customers_at(std::string_view channel, std::string_view address, port::ActStore& store);

/// A statement of consent for a channel by what somebody did there; the journeys of whoever withdrew it are told. False when it
/// was known.
base::Result<bool> note_consent(const model::ConsentRecord& record, const ReplyTools& tools, base::Instant now);

}  // namespace app
