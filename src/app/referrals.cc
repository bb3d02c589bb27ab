#include "app/referrals.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <nlohmann/json.hpp>

#include "app/personal_code.h"
#include "gen/sql_warehouse.h"

namespace app {

using act::loyalty::Trait;
using base::Block;
using base::Code;
using base::ColumnKind;
using base::Day;
using base::fail;
using base::Instant;
using base::Result;
using model::Offer;
using model::Referral;
using model::ReferralState;
using nlohmann::ordered_json;
using text::say;
using text::Word;

namespace {

constexpr std::chrono::days kLookedBack{90};
constexpr std::chrono::days kToldWithin{60};
constexpr std::chrono::days kReviewTime{5};
constexpr const char* kCampaign = "referral";

struct Introduced {
  std::string newcomer, order_key, code;
  Day day;
};

Result<std::vector<Introduced>> introductions(port::Warehouse& warehouse, Day since) {
  std::vector<Introduced> found;
  const port::Statement statement{gen::warehouse::introductions.name, gen::warehouse::introductions.text, {{"since", base::to_string(since)}}};
  WB_TRY(warehouse.select(statement, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
    WB_ASSIGN(const auto* key, block.need("order_key", ColumnKind::text));
    WB_ASSIGN(const auto* day, block.need("day", ColumnKind::i32));
    WB_ASSIGN(const auto* code, block.need("code", ColumnKind::text));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      found.push_back({std::string{id->text()[i]}, std::string{key->text()[i]}, std::string{code->text()[i]}, base::day_from_number(day->as<std::int32_t>()[i])});
    }
    return {};
  }));
  return found;
}

Result<void> ask_a_person(const Referral& referral, const std::string& ground, port::ActStore& store, text::Language language, Instant now) {
  return store.inbox().add_task({.campaign_id = kCampaign, .customer_id = referral.newcomer_id, .step = "review", .occurrence = static_cast<std::uint32_t>(referral.id),
                                 .queue = "operations", .title = say(language, Word::referral_review, fmt::arg("id", referral.id)),
                                 .script = say(language, Word::referral_review_script, fmt::arg("id", referral.id), fmt::arg("referrer", referral.referrer_id),
                                               fmt::arg("newcomer", referral.newcomer_id), fmt::arg("ground", ground)),
                                 .created_at = now, .deadline = now + kReviewTime});
}

const Offer* offer_of(std::span<const Offer> offers, std::string_view id) {
  const auto found = std::ranges::find(offers, id, &Offer::id);
  return found == offers.end() ? nullptr : &*found;
}

/// The side's own code, until the end of its last day in the shop's zone.
Result<std::string> issue(const Offer& offer, std::string_view role, std::string_view customer, const Referral& referral, port::ActStore& store, const base::Zone& zone,
                          Day today, Instant now) {
  WB_ASSIGN(const auto account, store.codes().account(kCampaign, offer.id));
  if (!account) WB_TRY(store.codes().open_account({.campaign_id = kCampaign, .offer_id = offer.id}));
  model::Code draft{.code = code_from(store.sign("referral reward", fmt::format("{} {}", referral.id, role))), .offer_id = offer.id, .campaign_id = kCampaign,
                    .customer_id = std::string{customer}, .issued_at = now, .liability = std::llround(offer.redemption_cost * 100)};
  if (offer.expires_days > 0) {
    const Day last = today + std::chrono::days{offer.expires_days};
    draft.ends_at = zone.to_utc(std::chrono::local_days{last.time_since_epoch()} + std::chrono::minutes{23 * 60 + 59});
  }
  WB_ASSIGN(const auto code, store.codes().issue(draft));
  if (!code) return fail(Code::exhausted, "the budget or the codes of the offer {} are used up; recommendations wait until there are more", offer.id);
  return code->code;
}

}  // namespace

Result<std::vector<Trait>> account_traits(port::ActStore& store, port::Warehouse& warehouse) {
  std::vector<Trait> traits;
  WB_TRY(store.contacts().each([&](const model::ContactPoint& point) -> Result<void> {
    const bool mail = point.channel == "email", phone = point.channel == "phone" || point.channel == "sms";
    if ((mail || phone) && !point.address.empty()) traits.push_back({point.customer_id, mail ? "email" : "phone", point.address});
    return {};
  }));
  for (Trait& trait : traits) {  // addresses are compared by their HMAC, and no list of them is kept
    WB_ASSIGN(trait.value, store.contacts().pseudonym(trait.value));
  }
  WB_TRY(warehouse.select({gen::warehouse::account_traits.name, gen::warehouse::account_traits.text}, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
    WB_ASSIGN(const auto* kind, block.need("trait", ColumnKind::text));
    WB_ASSIGN(const auto* value, block.need("value", ColumnKind::text));
    for (std::size_t i = 0; i < block.rows(); ++i) traits.push_back({std::string{id->text()[i]}, std::string{kind->text()[i]}, std::string{value->text()[i]}});
    return {};
  }));
  for (Trait& trait : traits) {
    WB_ASSIGN(trait.customer_id, store.events().person_of(trait.customer_id));
  }
  return traits;
}

Result<std::size_t> take_introductions(const model::ReferralRules& rules, port::ActStore& store, port::Warehouse& warehouse, text::Language shop_language, Day today,
                                       Instant now) {
  WB_ASSIGN(const auto all, introductions(warehouse, today - kLookedBack));
  std::vector<std::pair<Introduced, std::string>> fresh;  // with the referrer
  for (const Introduced& one : all) {
    WB_ASSIGN(const auto referrer, store.referrals().referrer(one.code));
    if (!referrer) continue;
    WB_ASSIGN(const auto known, store.referrals().of_newcomer(one.newcomer));
    if (!known) fresh.emplace_back(one, *referrer);
  }
  if (fresh.empty()) return 0;
  WB_ASSIGN(const auto traits, account_traits(store, warehouse));
  const act::loyalty::Circles circles{traits};
  std::size_t added = 0;
  for (const auto& [one, named] : fresh) {
    WB_TRY(store.transact([&]() -> Result<void> {
      WB_ASSIGN(const std::string referrer, store.events().person_of(named));
      WB_ASSIGN(const auto brought, store.referrals().of_referrer(referrer));
      const auto recent = std::ranges::count_if(brought, [&](const Referral& r) { return r.day > one.day - std::chrono::days{rules.window_days} && r.day <= one.day; });
      const auto verdict = act::loyalty::judge({.referrer = referrer, .newcomer = one.newcomer, .day = one.day, .recent = static_cast<std::uint32_t>(recent)}, circles, rules);
      if (!verdict) return {};
      Referral referral{.referrer_id = referrer, .newcomer_id = one.newcomer, .order_key = one.order_key, .day = one.day, .state = verdict->state,
                        .due_on = one.day + std::chrono::days{rules.return_days}};
      WB_ASSIGN(const bool first, store.referrals().add(referral));
      if (!first) return {};
      ++added;
      WB_TRY(store.referrals().decide(referral, {.state = verdict->state, .ground = verdict->ground, .by = "program", .at = now}));
      return verdict->state == ReferralState::held ? ask_a_person(referral, verdict->ground, store, shop_language, now) : Result<void>{};
    }));
  }
  return added;
}

Result<std::size_t> conclude_referrals(const model::ReferralRules& rules, std::span<const Offer> offers, port::ActStore& store, port::Warehouse& warehouse,
                                       const base::Zone& shop_zone, Day today, Instant now) {
  WB_ASSIGN(auto due, store.referrals().due(today));
  if (due.empty()) return 0;
  const Offer* thanks = offer_of(offers, rules.referrer_offer);
  const Offer* welcome = offer_of(offers, rules.newcomer_offer);
  if (thanks == nullptr || welcome == nullptr) {
    return fail(Code::invalid_input, "referral.yaml names the offers {} and {}; both must stand in offers.yaml", rules.referrer_offer, rules.newcomer_offer);
  }
  std::string literal = "[";
  for (const Referral& one : due) {
    literal += literal.size() > 1 ? ",'" : "'";
    for (const char c : one.order_key) {
      if (c == '\'' || c == '\\') literal += '\\';
      literal += c;
    }
    literal += '\'';
  }
  std::map<std::string, double, std::less<>> left;
  WB_TRY(warehouse.select({gen::warehouse::left_of_orders.name, gen::warehouse::left_of_orders.text, {{"orders", literal + "]"}}}, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* key, block.need("order_key", ColumnKind::text));
    WB_ASSIGN(const auto* amount, block.need("amount", ColumnKind::f64));
    for (std::size_t i = 0; i < block.rows(); ++i) left[std::string{key->text()[i]}] = amount->as<double>()[i];
    return {};
  }));
  for (Referral& one : due) {
    const auto found = left.find(one.order_key);
    const auto verdict = act::loyalty::conclude(found == left.end() ? 0 : found->second, rules);
    one.state = verdict.state;
    WB_TRY(store.transact([&]() -> Result<void> {
      if (verdict.state == ReferralState::rewarded) {
        // Whoever was erased meanwhile has no name here any more, and gets nothing.
        if (!one.referrer_id.empty()) {
          WB_ASSIGN(one.referrer_code, issue(*thanks, "referrer", one.referrer_id, one, store, shop_zone, today, now));
        }
        if (!one.newcomer_id.empty()) {
          WB_ASSIGN(one.newcomer_code, issue(*welcome, "newcomer", one.newcomer_id, one, store, shop_zone, today, now));
        }
      }
      return store.referrals().decide(one, {.state = verdict.state, .ground = verdict.ground, .by = "program", .at = now});
    }));
  }
  return due.size();
}

Result<std::vector<OwnEvent>> rewards_to_tell(std::span<const Offer> offers, port::ActStore& store, Day today) {
  std::vector<OwnEvent> events;
  WB_ASSIGN(const auto all, store.referrals().list());
  for (const Referral& one : all) {
    if (one.state != ReferralState::rewarded || one.due_on < today - kToldWithin) continue;
    for (const auto& [role, customer, code] : {std::tuple{"referrer", &one.referrer_id, &one.referrer_code}, std::tuple{"newcomer", &one.newcomer_id, &one.newcomer_code}}) {
      if (customer->empty() || code->empty()) continue;
      const std::string notice = fmt::format("referral {} {}", one.id, role);
      WB_ASSIGN(const bool told, store.loyalty().noticed(*customer, notice));
      if (told) continue;
      WB_ASSIGN(const auto reward, store.codes().find(*code));
      if (!reward || reward->state != model::CodeState::issued) continue;
      const Offer* offer = offer_of(offers, reward->offer_id);
      ordered_json said = {{"role", role}, {"kind", role}, {"code", *code}};
      if (offer != nullptr) said.update({{"prize", offer->name[0]}, {"prize_zh_cn", offer->name[1]}, {"prize_zh_tw", offer->name[2]}});
      if (reward->ends_at) said["ends_on"] = base::to_string(std::chrono::floor<std::chrono::days>(*reward->ends_at));
      events.push_back({*customer, "referral_rewarded", fmt::format("{} {}", notice, *customer), said.dump(), notice});
    }
  }
  return events;
}

Result<Referral> decide_referral(std::int64_t id, bool pass, std::string_view ground, std::string_view by, port::ActStore& store, Instant now) {
  Referral decided;
  WB_TRY(store.transact([&]() -> Result<void> {
    WB_ASSIGN(const auto found, store.referrals().find(id));
    if (!found) return fail(Code::not_found, "there is no recommendation {}; `winback referrals` shows them", id);
    if (found->state != ReferralState::held) return fail(Code::conflict, "recommendation {} is {}, and only held ones are decided by hand", id, model::name_of(found->state));
    if (ground.empty()) return fail(Code::invalid_input, "say why; the ground is kept with the decision");
    decided = *found;
    decided.state = pass ? ReferralState::waiting : ReferralState::refused;
    return store.referrals().decide(decided, {.state = decided.state, .ground = std::string{ground}, .by = std::string{by}, .at = now});
  }));
  return decided;
}

}  // namespace app
