#include "app/audience_sync.h"

#include <algorithm>

#include "act/deliver/consent.h"
#include "act/deliver/manners.h"
#include "adapter/audience/keys.h"

namespace app {

using act::deliver::Refusal;
using base::Instant;
using base::Result;
using port::AudienceKeys;
using Member = port::AudienceStore::Member;

namespace {

/// Noted before the provider was called: nobody knows yet whether they are in.
constexpr Instant kPending{};

/// The addresses of one customer that matter here.
struct Points {
  std::string customer_id;
  std::vector<std::string> emails, phones, pushes;
};

Result<std::vector<Points>> all_points(port::ActStore& store) {
  std::vector<Points> all;
  WB_TRY(store.contacts().each([&](const model::ContactPoint& point) -> Result<void> {
    if (all.empty() || all.back().customer_id != point.customer_id) all.push_back({.customer_id = point.customer_id});
    if (point.channel == "email") all.back().emails.push_back(point.address);
    if (point.channel == "phone" || point.channel == "sms") all.back().phones.push_back(point.address);
    if (point.channel == "push") all.back().pushes.push_back(point.address);
    return {};
  }));
  return all;
}

Result<bool> any_suppressed(std::string_view channel, const std::vector<std::string>& addresses, port::ActStore& store) {
  for (const std::string& address : addresses) {
    WB_ASSIGN(const auto why, store.people().suppressed(channel, address));
    if (why) return true;
  }
  return false;
}

AudienceKeys hashed_keys(const Points& points) {
  using namespace adapter::audience;
  AudienceKeys keys;
  for (const std::string& address : points.emails) {
    if (const auto normal = normal_email(address); normal && keys.email.empty()) keys.email = hashed(*normal);
  }
  for (const std::string& address : points.phones) {
    if (const auto normal = normal_phone(address); normal && keys.phone.empty()) keys.phone = hashed(*normal);
  }
  keys.id = hashed(points.customer_id);
  return keys;
}

class Chooser {
 public:
  Chooser(const AudienceRules& rules, port::ActStore& store, Instant now) : rules_(rules), store_(store), now_(now) {}

  Result<void> look_at(const Points& points, AudienceChoice& choice) {
    WB_ASSIGN(auto found, store_.people().find(points.customer_id));
    const model::Person person = found ? std::move(*found) : model::Person{.customer_id = points.customer_id};
    const base::Zone zone = person.zone.empty() ? *rules_.shop_zone : base::Zone::open(person.zone).value_or(*rules_.shop_zone);
    if (rules_.segment) {
      if (!rules_.segment(points.customer_id)) return {};
    } else {
      WB_ASSIGN(const bool beyond, beyond_reach(points, person, zone));
      if (!beyond) return {};
    }
    WB_ASSIGN(const std::string_view reason, reason_against(points, person, zone));
    if (!reason.empty()) {
      ++choice.left_out[std::string{reason}];
      return {};
    }
    const AudienceKeys keys = hashed_keys(points);
    if (keys.email.empty() && keys.phone.empty()) {
      ++choice.left_out["no_key"];
      return {};
    }
    choice.members.push_back({.customer_id = points.customer_id, .keys = text_of(keys)});
    return {};
  }

 private:
  Result<bool> beyond_reach(const Points& points, model::Person person, const base::Zone& zone) {
    person.do_not_disturb = false;  // asked for itself, as the reason it is
    const act::deliver::Question question{.channel = "email", .topic = rules_.name, .person = &person, .zone = &zone, .consent = model::ConsentState::granted};
    const Refusal refusal = act::deliver::judge(question, *rules_.manners, now_).refusal;
    if (refusal == Refusal::sunset || refusal == Refusal::ended) return true;
    return any_suppressed("push", points.pushes, store_);
  }

  Result<std::string_view> reason_against(const Points& points, const model::Person& person, const base::Zone& zone) {
    WB_ASSIGN(auto consents, store_.people().consents(points.customer_id));
    // Neither silence nor a yes to messages on every channel is consent to this; a no to every channel is a no to this too.
    std::erase_if(consents, [](const model::ConsentRecord& one) { return one.state == model::ConsentState::granted && one.channel != kAudienceChannel; });
    if (act::deliver::in_force(consents, kAudienceChannel, rules_.name, now_, now_) != model::ConsentState::granted) return "no_consent";
    if (rules_.held_out.contains(points.customer_id)) return "held_out";
    if (act::deliver::is_minor(person, zone, *rules_.manners, now_)) return "minor";
    if (person.do_not_disturb) return "do_not_disturb";
    if (person.not_personalised) return "not_personalised";
    for (const auto& [channel, addresses] : {std::pair{"email", &points.emails}, std::pair{"phone", &points.phones}, std::pair{"sms", &points.phones}}) {
      WB_ASSIGN(const bool suppressed, any_suppressed(channel, *addresses, store_));
      if (suppressed) return "suppressed";
    }
    return "";
  }

  const AudienceRules& rules_;
  port::ActStore& store_;
  const Instant now_;
};

/// Calls the provider in batches it takes; `done` notes each.
template <class Call, class Note>
Result<void> in_batches(const std::vector<Member>& members, std::size_t most, const Note& before, const Call& call, const Note& after) {
  for (std::size_t from = 0; from < members.size();) {
    const std::span batch = std::span{members}.subspan(from, std::min(most, members.size() - from));
    std::vector<AudienceKeys> keys;
    keys.reserve(batch.size());
    for (const Member& one : batch) keys.push_back(keys_of(one.keys));
    WB_TRY(before(batch));
    WB_TRY(call(keys));
    WB_TRY(after(batch));
    from += batch.size();
  }
  return {};
}

}  // namespace

std::string text_of(const AudienceKeys& keys) { return keys.email + "," + keys.phone + "," + keys.id; }

AudienceKeys keys_of(std::string_view text) {
  const std::size_t first = std::min(text.find(','), text.size()), second = std::min(text.find(',', first + 1), text.size());
  const auto part = [&](std::size_t from, std::size_t to) { return std::string{from < to ? text.substr(from, to - from) : std::string_view{}}; };
  return {part(0, first), part(first + 1, second), part(second + 1, text.size())};
}

Result<AudienceChoice> choose_audience(const AudienceRules& rules, port::ActStore& store, Instant now) {
  WB_ASSIGN(const auto all, all_points(store));
  AudienceChoice choice;
  Chooser chooser{rules, store, now};
  WB_TRY(store.look([&]() -> Result<void> {
    for (const Points& points : all) WB_TRY(chooser.look_at(points, choice));
    return {};
  }));
  std::ranges::sort(choice.members, {}, &Member::customer_id);
  return choice;
}

Result<AudienceSync> sync_audience(std::string_view name, const AudienceChoice& choice, port::Audience& provider, port::ActStore& store, Instant now, bool dry) {
  WB_ASSIGN(const auto there, store.audiences().members(name));
  std::map<std::string_view, const Member*> wanted, known;
  for (const Member& one : choice.members) wanted[one.customer_id] = &one;
  for (const Member& one : there) known[one.customer_id] = &one;
  AudienceSync sync;
  std::vector<Member> out, in;
  for (const Member& one : there) {
    const auto found = wanted.find(one.customer_id);
    if (found == wanted.end() || found->second->keys != one.keys) out.push_back(one);
  }
  for (const Member& one : choice.members) {
    const auto found = known.find(one.customer_id);
    if (found == known.end() || found->second->keys != one.keys || found->second->added_at == kPending) in.push_back(one);
    else ++sync.kept;
  }
  if (dry) {
    sync.removed = out.size();
    sync.added = in.size();
    return sync;
  }
  using Note = std::function<Result<void>(std::span<const Member>)>;
  const auto nothing = Note{[](auto) { return Result<void>{}; }};
  WB_TRY(in_batches(out, provider.most_rows(), nothing,
                    [&](const std::vector<AudienceKeys>& keys) -> Result<void> {
                      WB_ASSIGN(const auto taken, provider.remove(keys));
                      sync.invalid += taken.invalid;
                      return {};
                    },
                    Note{[&](std::span<const Member> batch) {
                      sync.removed += batch.size();
                      return store.audiences().removed(name, batch);
                    }}));
  const auto noted_at = [&](Instant at) {
    return [&, at](std::span<const Member> batch) {
      std::vector<Member> rows{batch.begin(), batch.end()};
      for (Member& one : rows) one.added_at = at;
      return store.audiences().added(name, rows);
    };
  };
  WB_TRY(in_batches(in, provider.most_rows(), Note{noted_at(kPending)},
                    [&](const std::vector<AudienceKeys>& keys) -> Result<void> {
                      WB_ASSIGN(const auto taken, provider.add(keys));
                      sync.invalid += taken.invalid;
                      return {};
                    },
                    Note{[&](std::span<const Member> batch) {
                      sync.added += batch.size();
                      return noted_at(now)(batch);
                    }}));
  return sync;
}

}  // namespace app
