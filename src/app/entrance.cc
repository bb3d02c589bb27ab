#include "app/entrance.h"

#include <unordered_map>

#include <nlohmann/json.hpp>

#include "act/deliver/situation.h"
#include "decide/holdout.h"
#include "decide/ledger.h"

namespace app {

using base::Block;
using base::ColumnKind;
using base::Instant;
using base::Result;

Entrance::Entrance(port::ActStore& store, port::Warehouse& warehouse, act::deliver::Conductor& conductor, base::Zone workspace_zone)
    : store_(store), warehouse_(warehouse), conductor_(conductor), zone_(std::move(workspace_zone)) {}

namespace {

/// A plan goes out by waves, so that a mistake is seen while it is small: each wave enters so many days after the first.
constexpr std::chrono::days kWaveAfter[] = {std::chrono::days{0}, std::chrono::days{0}, std::chrono::days{1}, std::chrono::days{3}};

std::int64_t waves_due(const model::Campaign& campaign, Instant now) {
  std::int64_t due = 0;
  for (std::size_t wave = 1; wave < std::size(kWaveAfter); ++wave) due += now >= campaign.launched_at + kWaveAfter[wave] ? 1 : 0;
  return due;
}

}  // namespace

/// Looking at everyone is not cheap: a plan is looked at once for each wave, segments and dates once a day.
Result<Entered> Entrance::by_entry(const model::Campaign& campaign, const model::Journey& journey, Instant now) {
  const bool planned = journey.entry.kind == model::Entry::Kind::plan;
  const std::string looked = planned ? fmt::format("entered {} {} {}", campaign.id, campaign.plan_id, base::millis(campaign.launched_at))
                                     : fmt::format("entered {} {}", campaign.id, campaign.version);
  const std::int64_t due = planned ? waves_due(campaign, now) : base::day_number(zone_.local_day(now));
  WB_ASSIGN(const std::int64_t done, store_.campaigns().offset(looked));
  Entered entered;
  if (done >= due || journey.entry.kind == model::Entry::Kind::event) return entered;
  switch (journey.entry.kind) {
    case model::Entry::Kind::plan: { WB_ASSIGN(entered, by_plan(campaign, journey, now)); break; }
    case model::Entry::Kind::segment: { WB_ASSIGN(entered, by_segment(campaign, journey, now)); break; }
    case model::Entry::Kind::date: { WB_ASSIGN(entered, by_date(campaign, journey, now)); break; }
    case model::Entry::Kind::event: break;
  }
  WB_TRY(store_.campaigns().set_offset(looked, due));
  return entered;
}

Result<Entered> Entrance::by_plan(const model::Campaign& campaign, const model::Journey& journey, Instant now) {
  WB_ASSIGN(const auto plan, store_.plans().find(campaign.plan_id));
  if (!plan) return base::fail(base::Code::not_found, "plan {} of campaign {} is gone", campaign.plan_id, campaign.id);
  std::unordered_map<std::string, Arm> arms;
  std::vector<std::string> ids;
  WB_TRY(decide::load_decisions(campaign.plan_id, warehouse_, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
    WB_ASSIGN(const auto* verdict, block.need("verdict", ColumnKind::text));
    WB_ASSIGN(const auto* kind, block.need("class", ColumnKind::text));
    WB_ASSIGN(const auto* offer, block.need("offer", ColumnKind::text));
    WB_ASSIGN(const auto* propensity, block.need("propensity", ColumnKind::f64));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      const std::string_view what = verdict->text()[i];
      const bool held_out = what == "hold_out";
      if ((what != "approach" && what != "explore" && !held_out) || offer->text()[i].empty()) continue;
      // Controls enter in waves of their own by the same lot, so that both arms live through the same days.
      if (now < campaign.launched_at + kWaveAfter[decide::wave_of(plan->salt, id->text()[i])]) continue;
      arms[std::string{id->text()[i]}] = {.control = held_out,
                                          .propensity = propensity->as<double>()[i],
                                          .offer_id = std::string{offer->text()[i]},
                                          .do_not_disturb = kind->text()[i] == "do_not_disturb"};
    }
    return {};
  }));
  Entered entered;
  if (arms.empty()) return entered;
  for (const auto& [id, arm] : arms) ids.push_back(id);
  WB_ASSIGN(const Products products, stocked(now));
  WB_TRY(each_customer(ids, products, warehouse_, [&](CustomerFacts&& facts) {
    return let_in(campaign, journey, facts, arms[facts.customer_id], now, entered);
  }));
  return entered;
}

Result<Entered> Entrance::by_segment(const model::Campaign& campaign, const model::Journey& journey, Instant now) {
  WB_ASSIGN(const base::Condition condition, parse_customer_condition(journey.entry.condition));
  WB_ASSIGN(const Products products, stocked(now));
  Entered entered;
  WB_TRY(each_customer({}, products, warehouse_, [&](CustomerFacts&& facts) -> Result<void> {
    if (!condition.holds(known_of(facts))) return {};
    return let_in(campaign, journey, facts, draw(campaign, facts.customer_id), now, entered);
  }));
  return entered;
}

Result<Entered> Entrance::by_date(const model::Campaign& campaign, const model::Journey& journey, Instant now) {
  base::Condition condition;
  if (!journey.entry.condition.empty()) {
    WB_ASSIGN(condition, parse_customer_condition(journey.entry.condition));
  }
  WB_ASSIGN(const Products products, stocked(now));
  Entered entered;
  WB_TRY(each_customer({}, products, warehouse_, [&](CustomerFacts&& facts) -> Result<void> {
    if (!is_due(journey.entry, facts, now)) return {};
    if (!condition.holds(known_of(facts))) return {};
    return let_in(campaign, journey, facts, draw(campaign, facts.customer_id), now, entered);
  }));
  return entered;
}

Result<Entered> Entrance::by_event(const model::Campaign& campaign, const model::Journey& journey,
                                   const std::vector<std::string>& customers, Instant now) {
  Entered entered;
  if (customers.empty()) return entered;
  base::Condition condition;
  if (!journey.entry.condition.empty()) {
    WB_ASSIGN(condition, parse_customer_condition(journey.entry.condition));
  }
  WB_ASSIGN(const Products products, stocked(now));
  WB_TRY(each_customer(customers, products, warehouse_, [&](CustomerFacts&& facts) -> Result<void> {
    const auto fact = [&](std::string_view name) -> base::Fact {
      // The order that let them in ended a silence longer than twice their usual gap.
      if (name == "came_back") {
        const base::Fact gap = facts.fact("gap");
        return facts.purchases > 1 && std::holds_alternative<double>(gap) && facts.silence_ended > 2 * std::get<double>(gap) ? 1.0 : 0.0;
      }
      return known_of(facts)(name);
    };
    if (!condition.holds(fact)) return {};
    return let_in(campaign, journey, facts, draw(campaign, facts.customer_id), now, entered);
  }));
  return entered;
}

Result<Entered> Entrance::by_known(const model::Campaign& campaign, const model::Journey& journey, const CustomerFacts& facts,
                                   Instant now) {
  Entered entered;
  if (!journey.entry.condition.empty()) {
    WB_ASSIGN(const base::Condition condition, parse_customer_condition(journey.entry.condition));
    if (!condition.holds(known_of(facts))) return entered;
  }
  WB_TRY(let_in(campaign, journey, facts, draw(campaign, facts.customer_id), now, entered));
  return entered;
}

Result<std::uint64_t> Entrance::count(const model::Journey& journey, const std::string& plan_id, Instant now) {
  std::uint64_t found = 0;
  if (journey.entry.kind == model::Entry::Kind::plan) {
    WB_TRY(decide::load_decisions(plan_id, warehouse_, [&](Block&& block) -> Result<void> {
      WB_ASSIGN(const auto* verdict, block.need("verdict", ColumnKind::text));
      for (std::size_t i = 0; i < block.rows(); ++i) found += verdict->text()[i] == "approach" || verdict->text()[i] == "explore";
      return {};
    }));
    return found;
  }
  if (journey.entry.kind == model::Entry::Kind::event) return found;
  base::Condition condition;
  if (!journey.entry.condition.empty()) {
    WB_ASSIGN(condition, parse_customer_condition(journey.entry.condition));
  }
  WB_TRY(each_customer({}, Products{}, warehouse_, [&](CustomerFacts&& facts) -> Result<void> {
    if (journey.entry.kind == model::Entry::Kind::date && !is_due(journey.entry, facts, now)) return {};
    found += condition.holds(known_of(facts));
    return {};
  }));
  return found;
}

/// The profile first, then what the Store knows.
base::FactLookup Entrance::known_of(const CustomerFacts& facts) {
  return [this, &facts, text = std::make_shared<std::string>()](std::string_view name) -> base::Fact {
    base::Fact fact = facts.fact(name);
    if (!std::holds_alternative<std::monostate>(fact)) return fact;
    const auto person = act::deliver::person_of(facts.customer_id, store_);
    if (!person) return {};
    return act::deliver::fact_of(name, *person, store_, *text).value_or(base::Fact{});
  };
}

Result<Products> Entrance::stocked(Instant now) {
  WB_ASSIGN(Products products, Products::load(warehouse_));
  if (!learned_at_ || now - *learned_at_ >= std::chrono::days{1} || now < *learned_at_) {
    lists_ = learn_lists(warehouse_);
    learned_at_ = now;
  }
  products.advise(lists_);
  return products;
}

bool Entrance::is_due(const model::Entry& entry, const CustomerFacts& facts, Instant now) const {
  const base::Day day = zone_.local_day(now) + std::chrono::days{entry.days_before};
  const std::chrono::year_month_day date{day};
  const auto month_day = static_cast<std::int32_t>(static_cast<unsigned>(date.month()) * 100 + static_cast<unsigned>(date.day()));
  if (entry.name == "birthday") {
    // Those born on 29 February are remembered on the 28th where there is no 29th.
    const bool short_year = !date.year().is_leap() && month_day == 228 && facts.birthday == 229;
    return facts.birthday == month_day || short_year;
  }
  if (entry.name == "purchase_anniversary") {
    const std::chrono::year_month_day first{facts.first_day};
    return first.month() == date.month() && first.day() == date.day() && first.year() < date.year();
  }
  if (entry.name == "subscription_end") {
    const auto json = nlohmann::json::parse(facts.attributes, nullptr, false);
    if (!json.is_object() || !json.contains("subscription_end") || !json["subscription_end"].is_string()) return false;
    const auto end = base::parse_day(json["subscription_end"].get<std::string>().substr(0, 10));
    return end && *end == day;
  }
  return false;
}

Entrance::Arm Entrance::draw(const model::Campaign& campaign, std::string_view customer) const {
  const bool control = decide::is_held_out(customer, campaign.salt, campaign.holdout_share);
  return {.control = control, .propensity = control ? campaign.holdout_share : 1 - campaign.holdout_share};
}

Result<bool> Entrance::may_enter(const model::Campaign& campaign, const model::Journey& journey, std::string_view customer,
                                 Instant now, std::uint32_t& entry_number) {
  WB_ASSIGN(const auto last, store_.enrolments().last_entry(campaign.id, customer));
  if (!last) return true;
  const model::Entry& entry = journey.entry;
  if (!entry.again_after || last->state != model::EnrolmentState::finished) return false;
  if (now - last->entered_at < *entry.again_after) return false;
  // One plan lets everyone in once; again is for the next plan.
  if (entry.kind == model::Entry::Kind::plan && last->entered_at >= campaign.launched_at) return false;
  entry_number = last->entry_number + 1;
  return true;
}

Result<void> Entrance::let_in(const model::Campaign& campaign, const model::Journey& journey, const CustomerFacts& facts,
                              const Arm& arm, Instant now, Entered& entered) {
  if (room_ == 0) return {};
  model::Enrolment draft;
  WB_ASSIGN(const bool may, may_enter(campaign, journey, facts.customer_id, now, draft.entry_number));
  if (!may) return {};
  WB_TRY(keep_person(facts, arm.do_not_disturb));
  draft.campaign_id = campaign.id;
  draft.version = campaign.version;
  draft.customer_id = facts.customer_id;
  draft.control = arm.control;
  draft.propensity = arm.propensity;
  draft.offer_id = arm.offer_id;
  draft.entered_at = now;
  WB_ASSIGN(const bool fresh, conductor_.enrol(std::move(draft), facts.json, now));
  if (fresh) --room_;
  if (fresh) ++(arm.control ? entered.controls : entered.treated);
  return {};
}

Result<void> Entrance::keep_person(const CustomerFacts& facts, bool do_not_disturb) {
  WB_ASSIGN(model::Person person, act::deliver::person_of(facts.customer_id, store_));
  if (!facts.country.empty()) person.country = facts.country;
  if (person.zone.empty()) person.zone = base::usual_zone(facts.country, zone_.name());
  if (facts.birth_year != 0) person.birth_year = facts.birth_year;
  person.do_not_disturb = do_not_disturb;
  if (facts.last_day > base::Day{}) {  // who has bought nothing we know of has no last order
    const Instant last_order{facts.last_day};
    person.last_order = std::max(person.last_order.value_or(last_order), last_order);
  }
  return store_.people().put({&person, 1});
}

}  // namespace app
