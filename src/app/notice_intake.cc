#include "app/notice_intake.h"

#include "app/provider_event.h"

namespace app {

using base::Instant;
using base::Result;
using model::ConsentState;
using model::Notice;
using model::NoticeKind;

namespace {

constexpr std::chrono::minutes kEarlyKept{10};
constexpr std::size_t kEarlyAtOnce = 1000;

/// Keys are the provider's own; two providers may use the same.
std::string key_of(std::string_view provider, const Notice& notice) { return fmt::format("{}/{}", provider, notice.key); }

ProviderEvent event_of(const Notice& notice, std::string_view provider, std::string_view channel) {
  return {.key = key_of(provider, notice),
          .kind = notice.event,
          .send_key = notice.send_key,
          .reference = notice.reference,
          .channel = std::string{channel},
          .provider_id = notice.provider_id,
          .at = notice.at,
          .detail = notice.detail};
}

Result<NoticeFate> take_statement(const Notice& notice, std::string_view provider, std::string_view channel, const ReplyTools& tools, Instant now) {
  WB_ASSIGN(const auto customers, customers_at(channel, notice.from, tools.store));
  if (customers.empty()) {
    // Nobody we know: the "no" is remembered for the day the address is somebody's.
    if (notice.kind == NoticeKind::withdrew && !notice.from.empty()) WB_TRY(tools.store.people().suppress(channel, notice.from, "opted_out", now));
    return NoticeFate::stranger;
  }
  bool fresh = false;
  for (const std::string& customer : customers) {
    const bool agreed = notice.kind == NoticeKind::agreed;
    const model::ConsentRecord record{customer, std::string{channel}, notice.subject.empty() ? "*" : notice.subject,
                                      agreed ? ConsentState::granted : ConsentState::withdrawn, notice.at, now, "provider", key_of(provider, notice)};
    WB_ASSIGN(const bool added, note_consent(record, tools, now));
    fresh = fresh || added;
  }
  return fresh ? NoticeFate::taken : NoticeFate::known;
}

}  // namespace

std::string_view name_of(NoticeFate fate) {
  constexpr std::string_view kNames[] = {"taken", "known", "early", "stranger"};
  return kNames[static_cast<std::size_t>(fate)];
}

Result<NoticeFate> take_notice(const Notice& notice, std::string_view provider, std::string_view channel, const ReplyTools& tools,
                               const act::respond::Sign& sign, Instant now) {
  switch (notice.kind) {
    case NoticeKind::agreed:
    case NoticeKind::withdrew: return take_statement(notice, provider, channel, tools, now);
    case NoticeKind::inbound: {
      IncomingReply reply{.key = key_of(provider, notice), .channel = std::string{channel}, .from = notice.from, .at = notice.at};
      reply.text = {.channel = reply.channel, .subject = notice.subject, .text = notice.text};
      WB_ASSIGN(reply.message, message_of(event_of(notice, provider, channel), tools.store, sign));
      WB_ASSIGN(const TakenReply taken, take_reply(reply, tools, now));
      if (taken.fate == TakenReply::Fate::stranger) return NoticeFate::stranger;
      return taken.fate == TakenReply::Fate::known ? NoticeFate::known : NoticeFate::taken;
    }
    case NoticeKind::event: break;
  }
  if (!is_provider_event(notice.event)) return base::fail(base::Code::internal, "the adapter of {} told of '{}', which is no event", provider, notice.event);
  WB_ASSIGN(const EventFate fate, take_event(event_of(notice, provider, channel), tools.store, sign, tools.conductor, now));
  if (fate == EventFate::taken) return NoticeFate::taken;
  if (fate == EventFate::known) return NoticeFate::known;
  WB_ASSIGN(const bool kept, tools.store.back().keep_early({std::string{provider}, std::string{channel}, notice, now}));
  return kept ? NoticeFate::early : NoticeFate::known;
}

Result<std::size_t> take_early(port::ActStore& store, act::deliver::Conductor& conductor, const act::respond::Sign& sign, Instant now) {
  WB_ASSIGN(const auto waiting, store.back().early(kEarlyAtOnce));
  std::size_t taken = 0;
  for (const model::EarlyNotice& early : waiting) {
    WB_TRY(store.transact([&]() -> Result<void> {
      WB_ASSIGN(const EventFate fate, take_event(event_of(early.notice, early.provider, early.channel), store, sign, conductor, now));
      const bool over = now - early.came_at >= kEarlyKept;
      if (fate == EventFate::unknown_message && !over) return {};
      taken += fate == EventFate::taken ? 1 : 0;
      return store.back().drop_early(early.provider, early.notice.key);
    }));
  }
  return taken;
}

}  // namespace app
