#include "app/ticket_intake.h"

#include <algorithm>
#include <array>

#include "app/reply_intake.h"
#include "base/words.h"

namespace app {

using base::Block;
using base::Code;
using base::ColumnKind;
using base::fail;
using base::Instant;
using base::Result;
using model::TicketChange;
using text::Word;

namespace {

constexpr std::chrono::days kNews{7};          ///< older than this is history: journeys are not told, calls call nobody
constexpr std::chrono::hours kClocksDiffer{24};
constexpr std::size_t kMostWords = 8000;

// In the form of base::plain_text: small letters, simplified characters.
constexpr std::array<std::string_view, 34> kOpen = {
    "open",   "opened",  "new",    "pending", "hold",   "on hold", "on-hold", "on_hold", "waiting", "in progress", "in_progress", "in-progress",
    "active", "reopened", "unresolved", "todo", "未关闭", "打开",   "开启",    "新建",    "待处理",  "处理中",      "进行中",      "受理中",
    "未解决", "待回复",  "待回覆", "挂起",   "待跟进",  "重新打开", "已受理", "跟进中", "等待中", "未处理"};
constexpr std::array<std::string_view, 27> kClosed = {
    "closed", "solved", "resolved", "done", "completed", "complete", "cancelled", "canceled", "archived", "spam", "deleted", "finished", "fixed", "已关闭",
    "关闭",   "已解决", "解决",     "已完成", "完成",    "已处理",   "完结",      "已完结",   "已结束",   "结束", "已取消", "已归档", "办结"};
constexpr std::array<std::string_view, 19> kUrgent = {"urgent", "critical", "blocker", "highest", "emergency", "immediate", "p0",   "p1",   "sev0", "sev1",
                                                      "s1",     "紧急",     "特急",    "加急",    "非常紧急",  "十分紧急",  "严重", "致命", "最高"};

std::string trimmed_word(std::string_view text) {
  std::string word = base::plain_text(text);
  while (!word.empty() && word.back() == ' ') word.pop_back();
  word.erase(0, std::min(word.find_first_not_of(' '), word.size()));
  return word;
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) { return std::ranges::find(words, word) != words.end(); }

/// At most so many bytes, whole characters.
std::string cut(std::string text) {
  std::size_t size = std::min(text.size(), kMostWords);
  while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  text.resize(size);
  return text;
}

std::string words_of(const IncomingTicket& ticket) {
  if (ticket.subject.empty() || ticket.text.starts_with(ticket.subject)) return cut(ticket.text);
  return cut(ticket.text.empty() ? ticket.subject : ticket.subject + "\n" + ticket.text);
}

/// Those it concerns, in a stable order.
Result<std::vector<std::string>> customers_of(const IncomingTicket& ticket, port::ActStore& store) {
  if (!ticket.customer_id.empty() && ticket.email.empty() && ticket.phone.empty()) return std::vector{ticket.customer_id};
  std::vector<std::string> found;
  if (!ticket.email.empty()) {
    WB_ASSIGN(found, customers_at("email", ticket.email, store));
  }
  if (found.empty() && !ticket.phone.empty()) {
    WB_ASSIGN(found, customers_at("sms", ticket.phone, store));
  }
  if (found.empty() && !ticket.customer_id.empty()) found.push_back(ticket.customer_id);
  std::ranges::sort(found);
  return found;
}

/// What a state of a ticket says to the warehouse and to journeys. A ticket first met closed was open once: what is counted is
/// how many more were opened than closed.
Result<void> tell_state(const IncomingTicket& ticket, const std::string& customer, const std::string& key, TicketChange change, bool open,
                        const TicketTools& tools, Instant now) {
  const auto event = [&](std::string_view which, std::string_view name, bool news) -> Result<void> {
    WB_TRY(tools.store.back().say({.customer_id = customer,
                                   .feedback_id = fmt::format("{}/{}", key, which),
                                   .said_at = ticket.at,
                                   .kind = fmt::format("{}{}", model::kEventSaid, name)}));
    if (!news || now - ticket.at > kNews) return {};
    return tools.conductor.happened(customer, name, now);
  };
  if (change == TicketChange::fresh) WB_TRY(event("opened", "ticket_opened", open));
  if ((change == TicketChange::fresh || change == TicketChange::closed) && !open) return event("closed", "ticket_closed", change == TicketChange::closed);
  // Under the same id: the closing is taken back.
  if (change == TicketChange::opened) return event("closed", "ticket_reopened", true);
  return {};
}

}  // namespace

std::optional<bool> says_open(std::string_view state) {
  const std::string word = trimmed_word(state);
  if (word.empty() || is_one_of(word, kClosed)) return false;
  if (is_one_of(word, kOpen)) return true;
  return std::nullopt;
}

bool says_urgent(std::string_view severity) { return is_one_of(trimmed_word(severity), kUrgent); }

Result<TakenTicket> take_ticket(const IncomingTicket& ticket, const TicketTools& tools, Instant now) {
  const std::optional<bool> open = says_open(ticket.state);
  if (!open) return fail(Code::invalid_input, "state says neither open nor closed");
  if (ticket.at > now + kClocksDiffer) return fail(Code::invalid_input, "at lies in the future");
  const std::string kind = ticket.call ? "call" : "ticket";
  const std::string words = words_of(ticket);
  const bool urgent = says_urgent(ticket.severity) || act::respond::read_reply({.channel = kind, .text = words}, tools.rules).urgent;
  TakenTicket taken{.open = *open};
  WB_ASSIGN(const auto customers, customers_of(ticket, tools.store));
  if (customers.empty()) taken.fate = TakenTicket::Fate::stranger;
  for (const std::string& customer : customers) {
    const bool first = customer == customers.front();
    const std::string key = fmt::format("{}/{}/{}", kind, ticket.source, ticket.id);
    const model::Ticket state{.source = ticket.call ? "call/" + ticket.source : ticket.source,
                              .id = first ? ticket.id : fmt::format("{}/{}", ticket.id, customer),
                              .customer_id = customer,
                              .open = *open,
                              .urgent = urgent,
                              .at = ticket.at};
    WB_ASSIGN(const TicketChange change, tools.store.back().put_ticket(state));
    if (change == TicketChange::none) continue;
    taken.fate = TakenTicket::Fate::taken;
    // A call is over when it is noted, unless the desk says that somebody waits.
    if (!ticket.call || *open || change == TicketChange::closed) WB_TRY(tell_state(ticket, customer, key, change, *open, tools, now));
    if (!words.empty()) {
      WB_TRY(tools.store.back().say({.customer_id = customer,
                                     .feedback_id = key,
                                     .said_at = ticket.at,
                                     .kind = kind,
                                     .language = ticket.language,
                                     .order_id = ticket.order_id,
                                     .text = words}));
    }
    if (urgent && first && (*open || (ticket.call && now - ticket.at <= kNews))) {
      taken.urgent = true;
      WB_TRY(ask_people({.key = key,
                         .queue = "urgent",
                         .customer_id = customer,
                         .campaign_id = {},
                         .title = std::string{text::say(tools.language, ticket.call ? Word::back_task_call : Word::back_task_ticket)},
                         .script = ticket.agent.empty() ? words : fmt::format("{}\n({})", words, ticket.agent)},
                        tools.store, now));
    }
  }
  return taken;
}

Result<void> TicketIntake::take(const Block& block, collect::Rejects& rejects) {
  static constexpr std::array<std::string_view, 12> kTexts = {"customer_id", "email", "phone", "id", "subject", "text", "agent", "source", "language", "order_id", "state", "severity"};
  std::array<const base::Column*, kTexts.size()> texts{};
  for (std::size_t i = 0; i < kTexts.size(); ++i) {
    WB_ASSIGN(texts[i], block.need(kTexts[i], ColumnKind::text));
  }
  WB_ASSIGN(const auto* at, block.need("at", ColumnKind::instant));
  WB_ASSIGN(const auto* line, block.need("line", ColumnKind::u64));
  return tools.store.transact([&]() -> Result<void> {
    for (std::size_t i = 0; i < block.rows(); ++i) {
      const auto cell = [&](std::size_t column) { return std::string{texts[column]->text()[i]}; };
      const IncomingTicket one{.call = calls,
                               .source = cell(7),
                               .id = cell(3),
                               .customer_id = cell(0),
                               .email = cell(1),
                               .phone = cell(2),
                               .at = base::instant_from_millis(at->as<std::int64_t>()[i]),
                               .subject = cell(4),
                               .text = cell(5),
                               .agent = cell(6),
                               .language = cell(8),
                               .order_id = cell(9),
                               .state = cell(10),
                               .severity = cell(11)};
      const std::uint64_t row = line->as<std::uint64_t>()[i];
      if (!says_open(one.state)) {
        WB_TRY(rejects.add({row, "state", one.state.substr(0, 100), "says neither open nor closed"}));
        continue;
      }
      if (one.at > now + kClocksDiffer) {
        WB_TRY(rejects.add({row, "at", base::to_string(one.at), "lies in the future"}));
        continue;
      }
      WB_ASSIGN(const TakenTicket taken, take_ticket(one, tools, now));
      fresh += taken.fate == TakenTicket::Fate::taken ? 1 : 0;
      open += taken.open ? 1 : 0;
      urgent += taken.urgent ? 1 : 0;
    }
    return {};
  });
}

}  // namespace app
