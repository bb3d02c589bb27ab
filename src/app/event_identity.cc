#include "app/event_identity.h"

#include <algorithm>
#include <map>

#include "collect/stream/event.h"

namespace app {
namespace {

using base::Instant;
using base::Result;
using model::ConsentRecord;
using model::ConsentState;

bool is_anonymous(std::string_view id) { return id.starts_with(collect::stream::kAnonymous); }

/// What the customer said last, by channel and topic.
Result<std::map<std::pair<std::string, std::string>, ConsentRecord>> in_force(std::string_view customer, port::ActStore& store) {
  std::map<std::pair<std::string, std::string>, ConsentRecord> last;
  WB_ASSIGN(const auto records, store.people().consents(customer));
  for (const ConsentRecord& record : records) {
    auto& kept = last[{record.channel, record.topic}];
    const auto when = [](const ConsentRecord& r) { return std::pair{r.valid_from, r.recorded_at}; };
    if (kept.customer_id.empty() || when(record) >= when(kept)) kept = record;
  }
  return last;
}

/// What one of them withdrew the other has withdrawn as well.
Result<void> share_refusals(std::string_view from, std::string_view to, port::ActStore& store, Instant now) {
  WB_ASSIGN(const auto said, in_force(from, store));
  std::vector<ConsentRecord> withdrawn;
  for (const auto& [what, record] : said) {
    if (record.state != ConsentState::withdrawn) continue;
    withdrawn.push_back({.customer_id = std::string{to},
                         .channel = record.channel,
                         .topic = record.topic,
                         .state = ConsentState::withdrawn,
                         .valid_from = now,
                         .recorded_at = now,
                         .source = "identity",
                         .proof = fmt::format("one person with {}", from)});
  }
  if (!withdrawn.empty()) WB_TRY(store.people().add_consents(withdrawn));
  for (const std::string_view channel : {"email", "phone", "sms"}) {
    WB_ASSIGN(const auto theirs, store.people().contact(from, channel));
    WB_ASSIGN(auto own, store.people().contact(to, channel));
    if (!theirs || !own || !theirs->opted_out || own->opted_out) continue;
    own->opted_out = true;
    WB_TRY(store.contacts().put({&*own, 1}));
  }
  return {};
}

/// Of what the two are on in one campaign the earlier stays.
Result<void> end_later_journeys(const std::vector<std::string>& ids, port::ActStore& store, Instant now) {
  std::map<std::string, std::vector<model::Enrolment>> open;
  for (const std::string& id : ids) {
    WB_ASSIGN(auto of_id, store.enrolments().open_of(id));
    for (model::Enrolment& enrolment : of_id) open[enrolment.campaign_id].push_back(std::move(enrolment));
  }
  for (auto& [campaign, enrolments] : open) {
    std::ranges::sort(enrolments, [](const auto& a, const auto& b) { return std::pair{a.entered_at, a.id} < std::pair{b.entered_at, b.id}; });
    for (std::size_t i = 1; i < enrolments.size(); ++i) {
      model::Enrolment& later = enrolments[i];
      if (later.customer_id == enrolments[0].customer_id) continue;
      later.state = model::EnrolmentState::finished;
      later.wake_at.reset();
      later.finished_at = now;
      later.exit_reason = "joined";
      WB_TRY(store.outbox().cancel(later.id, "joined", now));
      WB_TRY(store.enrolments().save(later));
    }
  }
  return {};
}

}  // namespace

Result<bool> meet_anonymous(std::string_view user, std::string_view anonymous, port::ActStore& store, Instant now) {
  WB_ASSIGN(const std::string known, store.events().person_of(anonymous));
  WB_ASSIGN(const std::string person, store.events().person_of(user));
  if (known == person) return false;
  if (known == anonymous) {
    WB_TRY(store.events().join(person, anonymous, "identify", now));
    return true;
  }
  WB_ASSIGN(const auto notes, store.events().notes_of(anonymous));
  const bool noted = std::ranges::any_of(notes, [&](const port::IdentityNote& note) { return note.person_id.empty() && note.customer_id == user; });
  if (!noted) WB_TRY(store.events().keep_apart(user, anonymous, "this browser belongs to somebody else already", now));
  return false;
}

Result<bool> join_people(std::string_view person, std::string_view other, std::string_view why, port::ActStore& store, Instant now) {
  bool joined = false;
  WB_TRY(store.transact([&]() -> Result<void> {
    WB_ASSIGN(const std::string into, store.events().person_of(person));
    WB_ASSIGN(const std::string was, store.events().person_of(other));
    if (into == was) return {};
    if (is_anonymous(into) && !is_anonymous(was)) {  // who has a name keeps it
      WB_TRY(store.events().join(was, into, why, now));
    } else {
      WB_TRY(store.events().join(into, was, why, now));
    }
    joined = true;
    WB_ASSIGN(const auto ids, store.events().ids_of(into));
    for (const std::string& a : ids) {
      for (const std::string& b : ids) {
        if (a != b && !is_anonymous(a) && !is_anonymous(b)) WB_TRY(share_refusals(a, b, store, now));
      }
    }
    return end_later_journeys(ids, store, now);
  }));
  return joined;
}

Result<bool> join_by_address(std::string_view customer, std::string_view channel, std::string_view address, port::ActStore& store, Instant now) {
  WB_ASSIGN(const auto sharing, store.people().customers_of(channel, address));
  if (sharing.size() > kMostIdsOfAnAddress) return false;
  bool joined = false;
  for (const std::string& other : sharing) {
    if (other == customer) continue;
    WB_ASSIGN(const bool fresh, join_people(other, customer, fmt::format("the same {}", channel), store, now));
    joined = joined || fresh;
  }
  return joined;
}

}  // namespace app
