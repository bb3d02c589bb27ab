#include "app/event_dispatcher.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "act/deliver/situation.h"
#include "app/channels_sms.h"
#include "app/event_identity.h"
#include "app/redeem.h"
#include "collect/stream/rows.h"

namespace app {
namespace {

using base::Code;
using base::Instant;
using base::Result;
using collect::stream::Event;
using collect::stream::Kind;

constexpr std::string_view kOffset = "events triggers";
constexpr std::chrono::days kTriggersKept{14};
constexpr std::chrono::days kNews{30};  ///< older events set nothing off

std::string timezone_of(const Event& event) {
  const auto json = nlohmann::json::parse(event.json, nullptr, false);
  if (!json.is_object()) return {};
  const auto text = [](const nlohmann::json& from, const char* key) {
    const auto found = from.find(key);
    return found != from.end() && found->is_string() ? found->get<std::string>() : std::string{};
  };
  std::string name = text(json, "timezone");
  if (name.empty() && json.contains("$event") && json["$event"].contains("context") && json["$event"]["context"].is_object()) {
    name = text(json["$event"]["context"], "timezone");
  }
  return !name.empty() && base::Zone::open(name) ? name : std::string{};
}

bool is_refusal(std::string_view type) {
  return type == "opt_out" || type == "unsubscribe" || type == "unsubscribed" || type == "spam_complaint";
}

}  // namespace

EventDispatcher::EventDispatcher(port::ActStore& store, port::Warehouse& warehouse, Desk& desk, base::Zone shop_zone, act::deliver::CrashPoint crash)
    : store_(store), warehouse_(warehouse), desk_(desk), conductor_(store, desk, std::move(crash)),
      entrance_(store, warehouse, conductor_, std::move(shop_zone)) {}

Result<std::int64_t> EventDispatcher::offset() const { return store_.campaigns().offset(kOffset); }

/// Campaigns change seldom: they are looked at again each half second.
Result<void> EventDispatcher::learn_journeys(Instant now) {
  if (now - learned_at_ < std::chrono::milliseconds{500} && now >= learned_at_) return {};
  WB_ASSIGN(campaigns_, store_.campaigns().list());
  entries_.clear();
  awaited_.clear();
  for (const model::Campaign& campaign : campaigns_) {
    for (std::uint32_t version = 1; version <= campaign.version; ++version) {
      const model::Journey* journey = desk_.journey(campaign.id, version);
      if (journey == nullptr) continue;
      awaited_.insert(journey->exits.begin(), journey->exits.end());
      for (const model::Step& step : journey->steps) {
        if (const auto* wait = std::get_if<model::WaitForStep>(&step.what)) awaited_.insert(wait->events.begin(), wait->events.end());
      }
      if (version == campaign.version && campaign.state == model::CampaignState::running && journey->entry.kind == model::Entry::Kind::event) {
        entries_[journey->entry.name].push_back({&campaign, journey});
      }
    }
  }
  WB_ASSIGN(const std::int64_t joins, store_.events().identity_changes());
  any_identity_ = joins > 0;
  learned_at_ = now;
  return {};
}

/// Before the transaction: nobody waits for the warehouse while it is open.
Result<void> EventDispatcher::gather_facts(const std::vector<Event>& events, Instant now) {
  facts_.clear();
  std::set<std::string> wanted;
  for (const Event& event : events) {
    if (event.occurred_at < now - kNews || event.customer_id.starts_with(collect::stream::kAnonymous)) continue;
    if (!entries_.contains(event.type)) continue;
    WB_ASSIGN(std::string person, store_.events().person_of(event.customer_id));
    wanted.insert(std::move(person));
  }
  if (wanted.empty()) return {};
  const auto known = each_customer({wanted.begin(), wanted.end()}, Products{}, warehouse_, [&](CustomerFacts&& facts) -> Result<void> {
    facts_.insert_or_assign(facts.customer_id, std::move(facts));
    return {};
  });
  if (!known && known.error().code == Code::internal) return known;  // a warehouse that is away, or has no profiles yet, keeps nobody out
  for (const std::string& id : wanted) facts_.try_emplace(id, stranger(id));
  return {};
}

Result<std::size_t> EventDispatcher::take(const std::vector<std::string>& records, std::int64_t end, Instant now) {
  WB_TRY(learn_journeys(now));
  std::vector<Event> events;
  std::size_t skipped = 0;
  for (const std::string& record : records) {
    const auto read = collect::stream::read_record(record, [&](const Event& event, Instant) -> Result<void> {
      events.push_back(event);
      return {};
    });
    skipped += read ? 0 : 1;
  }
  WB_TRY(gather_facts(events, now));
  const auto all = apply_all(events, end, now);
  if (all) return skipped;
  if (base::is_retryable(all.error().code) || all.error().code == Code::exhausted) return std::unexpected(all.error());
  // One of them cannot be taken: each by itself, and that one is passed over.
  for (const Event& event : events) {
    const auto one = store_.transact([&] { return apply(event, now); });
    if (!one && (base::is_retryable(one.error().code) || one.error().code == Code::exhausted)) return std::unexpected(one.error());
    skipped += one ? 0 : 1;
  }
  WB_TRY(store_.campaigns().set_offset(kOffset, end));
  return skipped;
}

Result<void> EventDispatcher::apply_all(const std::vector<Event>& events, std::int64_t end, Instant now) {
  return store_.transact([&]() -> Result<void> {
    for (const Event& event : events) WB_TRY(apply(event, now));
    return store_.campaigns().set_offset(kOffset, end);
  });
}

Result<void> EventDispatcher::apply(const Event& event, Instant now) {
  if (event.kind == Kind::identify || event.kind == Kind::alias) WB_TRY(know(event, now));
  const auto wanted = entries_.find(event.type);
  const bool order = event.type == "order_completed" && event.kind == Kind::track;
  const bool refusal = is_refusal(event.type);
  if (event.occurred_at < now - kNews && !refusal) return {};
  if (wanted == entries_.end() && !order && !refusal && !awaited_.contains(event.type)) return {};
  std::vector<std::string> ids{std::string{event.customer_id}};
  if (any_identity_) {
    WB_ASSIGN(ids, store_.events().ids_of(event.customer_id));
    WB_ASSIGN(const std::string person, store_.events().person_of(event.customer_id));
    // The person's own id first.
    std::erase(ids, person);
    ids.insert(ids.begin(), person);
  }
  if (refusal) {
    const auto kind = event.type == "spam_complaint" ? model::ResponseKind::complained : model::ResponseKind::opted_out;
    for (const std::string& id : ids) {
      if (id.starts_with(collect::stream::kAnonymous)) continue;
      WB_TRY(conductor_.take({.key = fmt::format("event {} {}", id, event.message_id), .kind = kind, .customer_id = id, .at = event.occurred_at}, now));
    }
    return {};
  }
  if (order) WB_TRY(this->order(event, ids, now));
  if (awaited_.contains(event.type)) {
    for (const std::string& id : ids) WB_TRY(conductor_.happened(id, event.type, now));
  }
  if (wanted == entries_.end() || ids.front().starts_with(collect::stream::kAnonymous)) return {};
  for (const Wanted& one : wanted->second) WB_TRY(enter(one, event, ids, now));
  return {};
}

/// Addresses, zone, and who is whom.
Result<void> EventDispatcher::know(const Event& event, Instant now) {
  const std::string_view id = event.customer_id;
  bool joined = false;
  if (event.kind == Kind::alias) {
    const std::string as_anonymous = std::string{collect::stream::kAnonymous} + std::string{event.other_id};
    WB_ASSIGN(const bool met, meet_anonymous(id, as_anonymous, store_, now));
    WB_ASSIGN(const bool same, join_people(id, event.other_id, "alias", store_, now));
    joined = met || same;
  } else if (!event.other_id.empty()) {
    WB_ASSIGN(joined, meet_anonymous(id, event.other_id, store_, now));
  }
  WB_ASSIGN(const auto said, store_.people().consents(id));
  if (std::ranges::any_of(said, [](const model::ConsentRecord& one) { return one.source == "erased"; })) return {};
  std::string texts;  // where text messages reach this customer
  if (!event.phone.empty()) {
    // Numbers without their country are of the shop's.
    auto number = phone_numbers().e164(event.phone, base::zone_country(desk_.config().settings.zone));
    if (number && phone_numbers().is_mobile(*number)) texts = std::move(*number);
    else ++no_texts_;
  }
  for (const auto& [channel, address] : {std::pair{std::string_view{"email"}, std::string_view{event.email}}, std::pair{std::string_view{"phone"}, std::string_view{event.phone}},
                                         std::pair{std::string_view{"sms"}, std::string_view{texts}}}) {
    if (address.empty()) continue;
    WB_ASSIGN(auto point, store_.people().contact(id, channel));
    model::ContactPoint fresh{.customer_id = std::string{id}, .channel = std::string{channel}, .address = std::string{address},
                              .name = std::string{event.name}, .language = std::string{event.language}};
    if (point) {
      if (fresh.name.empty()) fresh.name = point->name;
      if (fresh.language.empty()) fresh.language = point->language;
      fresh.opted_out = point->opted_out;
    }
    if (!point || point->address != fresh.address || point->name != fresh.name || point->language != fresh.language) {
      WB_TRY(store_.contacts().put({&fresh, 1}));
    }
    WB_ASSIGN(const bool shared, join_by_address(id, channel, address, store_, now));
    joined = joined || shared;
  }
  any_identity_ = any_identity_ || joined;
  if (event.kind != Kind::identify || id.starts_with(collect::stream::kAnonymous)) return {};
  if (std::string zone = timezone_of(event); !zone.empty()) {
    WB_ASSIGN(model::Person person, act::deliver::person_of(id, store_));
    if (person.zone != zone) {
      person.zone = std::move(zone);
      WB_TRY(store_.people().put({&person, 1}));
    }
  }
  return {};
}

/// An order ends journeys that wait for one, and uses the code written on it.
Result<void> EventDispatcher::order(const Event& event, const std::vector<std::string>& ids, Instant now) {
  if (campaigns_.empty()) return {};
  const auto words = collect::stream::order_words(event);
  const std::string key = "events/" + words.order_id;
  if (!words.coupon.empty()) {
    const auto used = redeem({.code = words.coupon, .order_id = key, .at = event.occurred_at}, store_, conductor_, now);
    // A code the shop took although it is nobody's, over or used stands in the order; that is the shop's to see to.
    if (!used && used.error().code != Code::not_found && used.error().code != Code::conflict) return std::unexpected(used.error());
  }
  for (const std::string& id : ids) {
    WB_ASSIGN(const auto open, store_.enrolments().open_of(id));
    const auto first = std::ranges::find_if(open, [&](const auto& e) { return e.entered_at <= event.occurred_at; });
    if (first == open.end()) continue;
    WB_TRY(conductor_.take({.key = fmt::format("order {} {}", key, id), .kind = model::ResponseKind::bought, .enrolment_id = first->id,
                            .campaign_id = first->campaign_id, .customer_id = id, .at = event.occurred_at}, now));
  }
  return {};
}

Result<void> EventDispatcher::enter(const Wanted& wanted, const Event& event, const std::vector<std::string>& ids, Instant now) {
  WB_ASSIGN(const bool fresh, store_.events().trigger(wanted.campaign->id, event.message_id, now));
  if (!fresh) return {};
  // Who was on this campaign under another id goes on under it: the first assignment holds.
  std::string_view who = ids.front();
  std::optional<Instant> earliest;
  for (const std::string& id : ids) {
    WB_ASSIGN(const auto last, store_.enrolments().last_entry(wanted.campaign->id, id));
    if (last && (!earliest || last->entered_at < *earliest)) {
      earliest = last->entered_at;
      who = id;
    }
  }
  const auto known = facts_.find(ids.front());
  CustomerFacts facts = known != facts_.end() ? known->second : stranger(who);
  facts.customer_id = who;
  facts.add_event(event.json);
  WB_ASSIGN(const Entered entered, entrance_.by_known(*wanted.campaign, *wanted.journey, facts, now));
  (void)entered;
  return {};
}

Result<void> EventDispatcher::bought(const std::vector<std::string>& buyers, Instant now) {
  WB_TRY(learn_journeys(now));
  const auto wanted = entries_.find("bought");
  if (wanted == entries_.end() || buyers.empty()) return {};
  std::vector<std::string> people;
  for (const std::string& buyer : buyers) {
    WB_ASSIGN(std::string person, store_.events().person_of(buyer));
    if (!person.starts_with(collect::stream::kAnonymous)) people.push_back(std::move(person));
  }
  std::set<std::string, std::less<>> known;
  const auto asked = each_customer(people, Products{}, warehouse_, [&](CustomerFacts&& facts) -> Result<void> {
    known.insert(std::move(facts.customer_id));
    return {};
  });
  if (!asked && asked.error().code != Code::not_found) return asked;  // before the first analysis there are no profiles
  for (const Wanted& one : wanted->second) {
    if (!known.empty()) WB_TRY(entrance_.by_event(*one.campaign, *one.journey, {known.begin(), known.end()}, now));
    for (const std::string& person : people) {
      if (!known.contains(person)) WB_TRY(entrance_.by_known(*one.campaign, *one.journey, stranger(person), now));
    }
  }
  return {};
}

Result<void> EventDispatcher::tidy(Instant now) { return store_.events().forget_triggers(now - kTriggersKept); }

}  // namespace app
