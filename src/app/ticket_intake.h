#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "act/deliver/conductor.h"
#include "act/respond/reply.h"
#include "base/block.h"
#include "base/error.h"
#include "collect/rejects.h"
#include "model/import.h"
#include "port/act_store.h"
#include "text/language.h"

namespace app {

/// A ticket or the note of a call, as a help desk or a file tells it.
struct IncomingTicket {
  bool call = false;
  std::string source;       ///< whose ids these are; empty = the shop's only desk
  std::string id;
  std::string customer_id;  ///< may be empty where an address is there
  std::string email, phone;
  base::Instant at;         ///< when it was made or last changed
  std::string subject, text, agent, language, order_id;
  std::string state;        ///< as the desk says it: "open", "solved", "处理中"; empty = closed
  std::string severity;     ///< as the desk says it
};

/// What tickets are taken in with. All outlive a call.
struct TicketTools {
  port::ActStore& store;
  act::deliver::Conductor& conductor;
  const act::respond::ReplyRules& rules;         ///< for words that cannot wait
  text::Language language = text::Language::en;  ///< of tasks: the shop's
};

/// What became of a ticket.
struct TakenTicket {
  enum class Fate { taken, known, stranger } fate = Fate::known;
  bool open = false;
  bool urgent = false;  ///< people were asked to look at it at once
};

/// Whether a word of a desk means that somebody waits still; nothing when it says neither.
std::optional<bool> says_open(std::string_view state);

/// Whether a word of a desk means that it cannot wait. "High" can.
bool says_urgent(std::string_view severity);

/// Takes it in; the same again changes nothing. Words become feedback (kind `ticket` or `call`), the state events
/// `ticket_opened` and `ticket_closed`, which the customer's journeys are told of when they are news (seven days); what is urgent
/// and open, or a call of these days, becomes a task in the queue `urgent`. An address of several customers concerns all of them.
/// `invalid_input` for a state that says neither open nor closed. Call it within a transaction.
base::Result<TakenTicket> take_ticket(const IncomingTicket& ticket, const TicketTools& tools, base::Instant now);

/// Tickets of an imported file; each call is one transaction (collect::RecordSink). A customer nobody knows keeps the pseudonym
/// the file's reader made of the address.
struct TicketIntake {
  TicketTools tools;
  bool calls = false;
  base::Instant now;

  std::uint64_t fresh = 0;   ///< said something new
  std::uint64_t open = 0;
  std::uint64_t urgent = 0;  ///< went to people
  base::Result<void> take(const base::Block& block, collect::Rejects& rejects);
};

}  // namespace app
