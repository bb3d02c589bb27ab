#include "app/ticket_routes.h"

#include <nlohmann/json.hpp>

#include "access/answer.h"
#include "app/json_object.h"
#include "collect/contacts.h"

namespace app {

using base::Code;
using base::fail;
using base::Instant;
using base::Result;
using http::Request;
using http::Response;

namespace {

constexpr std::size_t kMostJson = 64 * 1024;
constexpr std::size_t kMostWords = 16 * 1024;

/// The ticket of a body; errors name the field and what may stand there, never what stood there.
Result<IncomingTicket> ticket_of(std::string_view text, Instant now) {
  if (text.size() > kMostJson) return fail(Code::invalid_input, "the body is larger than {} bytes", kMostJson);
  WB_ASSIGN(const JsonObject body, JsonObject::parse(text));
  IncomingTicket ticket;
  WB_ASSIGN(const auto written, body.text_if_there("kind"));
  const std::string kind = written.value_or("ticket");
  if (kind != "ticket" && kind != "call") return fail(Code::invalid_input, "kind must be ticket or call");
  ticket.call = kind == "call";
  WB_ASSIGN(ticket.id, body.text("id"));
  for (const auto& [name, field, most] : {std::tuple{"customer_id", &IncomingTicket::customer_id, 200}, {"source", &IncomingTicket::source, 60},
                                          {"agent", &IncomingTicket::agent, 200}, {"language", &IncomingTicket::language, 20},
                                          {"order_id", &IncomingTicket::order_id, 200}, {"state", &IncomingTicket::state, 60},
                                          {"severity", &IncomingTicket::severity, 60}}) {
    WB_ASSIGN(auto value, body.text_if_there(name, static_cast<std::size_t>(most)));
    ticket.*field = value.value_or("");
  }
  WB_ASSIGN(const auto email, body.text_if_there("email"));
  WB_ASSIGN(const auto phone, body.text_if_there("phone"));
  if (ticket.customer_id.empty()) {
    ticket.email = email ? collect::normal_email(*email) : std::string{};
    ticket.phone = phone ? collect::normal_phone(*phone) : std::string{};
    if (ticket.email.empty() && ticket.phone.empty()) return fail(Code::invalid_input, "customer_id, email or phone must say whose ticket it is");
  }
  if (!ticket.call && ticket.state.empty()) return fail(Code::invalid_input, "state must say whether the ticket is open or closed");
  WB_ASSIGN(auto subject, body.words_if_there("subject", 1000));
  WB_ASSIGN(auto words, body.words_if_there("text", kMostWords));
  ticket.subject = subject.value_or("");
  ticket.text = words.value_or("");
  WB_ASSIGN(const auto at, body.moment_if_there("at"));
  ticket.at = at.value_or(now);
  return ticket;
}

}  // namespace

TicketRoutes::TicketRoutes(port::ActStore& store, const port::Clock& clock, PublicActions actions, const act::respond::ReplyRules& rules, text::Language shop_language)
    : store_(store), clock_(clock), actions_(std::move(actions)), rules_(rules), language_(shop_language) {}

void TicketRoutes::mount(http::Router& router, entry::Gate& gate) {
  gate.guard(router, "POST", "/api/tickets", [this](const Request& request, const entry::Caller&) { return take(request); });
}

Response TicketRoutes::take(const Request& request) {
  const Instant now = clock_.now();
  const auto ticket = ticket_of(request.body, now);
  if (!ticket) return entry::failed(ticket.error());
  TakenTicket taken;
  const Result<void> done = actions_.conduct([&](act::deliver::Conductor& conductor) -> Result<void> {
    WB_ASSIGN(taken, take_ticket(*ticket, {store_, conductor, rules_, language_}, now));
    return {};
  });
  if (!done) return entry::failed(done.error());
  const std::string_view result = taken.fate == TakenTicket::Fate::taken ? "taken" : taken.fate == TakenTicket::Fate::known ? "known" : "stranger";
  return entry::json_answer(200, nlohmann::ordered_json{{"result", result}, {"open", taken.open}, {"urgent", taken.urgent}}.dump());
}

}  // namespace app
