#include <cstdio>

#include <nlohmann/json.hpp>

#include "act/loyalty/points.h"
#include "app/loyalty_pass.h"
#include "app/loyalty_yaml.h"
#include "app/machine_clock.h"
#include "app/referrals.h"
#include "app/terminal.h"
#include "app/verbs.h"

namespace app {

using base::Code;
using base::Day;
using base::fail;
using base::Result;
using nlohmann::ordered_json;
using text::say;
using text::Word;

namespace {

void print_json(const ordered_json& json) { std::fputs((json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n").c_str(), stdout); }

ordered_json day_or_null(const std::optional<Day>& day) { return day ? ordered_json(base::to_string(*day)) : ordered_json(nullptr); }

struct Place {
  std::unique_ptr<Context> context;
  port::ActStore* store = nullptr;
  model::LoyaltyRules rules;
  Day today;
  base::Instant now;
};

Result<Place> open_place(const CommonOptions& common) {
  Place place;
  WB_ASSIGN(place.context, Context::open(common, false));
  WB_ASSIGN(place.store, place.context->store());
  WB_ASSIGN(place.rules, load_loyalty(place.context->data() / "loyalty.yaml"));
  WB_ASSIGN(const base::Zone zone, base::Zone::open(place.context->settings().zone));
  place.now = machine_clock().now();
  place.today = zone.local_day(place.now);
  return place;
}

Result<void> show(Place& place, const std::string& customer, bool as_json) {
  if (customer.empty()) return fail(Code::invalid_input, "say whose points: `winback points CUSTOMER`");
  WB_ASSIGN(const std::string person, place.store->events().person_of(customer));
  WB_ASSIGN(const auto entries, place.store->loyalty().entries(person));
  const auto account = act::loyalty::account_on(entries, place.today);
  WB_ASSIGN(const auto member, place.store->loyalty().membership(person));
  if (as_json) {
    ordered_json lots = ordered_json::array(), ledger = ordered_json::array();
    for (const auto& lot : account.lots) lots.push_back({{"points", lot.left}, {"expires_on", day_or_null(lot.expires_on)}});
    for (const model::PointsEntry& one : entries) {
      ledger.push_back({{"day", base::to_string(one.day)}, {"kind", model::name_of(one.kind)}, {"points", one.points}, {"order", one.order_key},
                        {"expires_on", day_or_null(one.expires_on)}, {"reason", one.reason}});
    }
    print_json({{"customer_id", person}, {"active", place.rules.active}, {"balance", account.balance}, {"owed", account.debt}, {"expired", account.expired},
                {"tier", member && !member->tier.empty() ? ordered_json(member->tier) : ordered_json(nullptr)},
                {"tier_since", member && !member->tier.empty() ? ordered_json(base::to_string(member->since)) : ordered_json(nullptr)}, {"lots", lots}, {"entries", ledger}});
    return {};
  }
  const text::Language l = place.context->language();
  const auto n = [l](std::int64_t count) { return text::whole(l, static_cast<double>(count)); };
  std::string out = say(l, Word::points_headline, fmt::arg("customer", person), fmt::arg("points", n(std::max<std::int64_t>(account.balance, 0)))) + "\n";
  if (account.debt > 0) out += say(l, Word::points_owed, fmt::arg("points", n(account.debt))) + "\n";
  const int rank = member ? act::loyalty::rank_of(member->tier, place.rules) : -1;
  if (rank >= 0) {
    out += say(l, Word::points_tier, fmt::arg("tier", place.rules.tiers[static_cast<std::size_t>(rank)].name[static_cast<std::size_t>(l)]),
               fmt::arg("since", text::date(l, member->since))) + "\n";
  }
  for (const auto& lot : account.lots) {
    if (lot.expires_on) out += say(l, Word::points_lot, fmt::arg("points", n(lot.left)), fmt::arg("day", text::date(l, *lot.expires_on))) + "\n";
  }
  if (!place.rules.active) out += std::string{say(l, Word::points_off)} + "\n";
  if (!entries.empty()) {
    constexpr std::array kWhat = {Word::points_earned, Word::points_taken_back, Word::points_burned, Word::points_adjusted};
    TextTable table{{{std::string{say(l, Word::points_head_day)}}, {std::string{say(l, Word::points_head_what)}}, {std::string{say(l, Word::points_head_points)}, true}, {"", false, 40}}};
    for (const model::PointsEntry& one : entries) {
      table.add({text::date(l, one.day), std::string{say(l, kWhat[static_cast<std::size_t>(one.kind)])}, fmt::format("{:+}", one.points), one.reason.empty() ? one.order_key : one.reason});
    }
    out += "\n" + table.str();
  }
  std::fputs(out.c_str(), stdout);
  return {};
}

}  // namespace

Result<void> run_points(const CommonOptions& common, const std::string& customer) {
  WB_ASSIGN(Place place, open_place(common));
  return show(place, customer, common.json);
}

Result<void> run_points_adjust(const CommonOptions& common, const PointsOptions& options) {
  WB_ASSIGN(Place place, open_place(common));
  if (!place.rules.active) return fail(Code::invalid_input, "points are not in use; write `active: true` into loyalty.yaml of the data folder");
  if (options.points == 0 || options.reason.empty()) return fail(Code::invalid_input, "say by how many points, such as +50 or -50, and --reason why");
  WB_TRY(place.store->transact([&]() -> Result<void> {
    WB_ASSIGN(const std::string person, place.store->events().person_of(options.customer));
    WB_ASSIGN(const auto before, place.store->loyalty().entries(person));
    model::PointsEntry entry{.customer_id = person, .kind = model::PointsKind::adjusted, .source = fmt::format("adjust {} {} {}", person, base::millis(place.now), before.size()),
                             .points = options.points, .day = place.today, .reason = options.reason, .booked_at = place.now};
    if (options.points > 0) entry.expires_on = act::loyalty::end_of(place.today, place.rules);
    WB_ASSIGN(const bool added, place.store->loyalty().add(entry));
    if (!added) return fail(Code::conflict, "another adjustment was made at this moment; run the command again");
    WB_ASSIGN(const std::int64_t balance, reckon_member(person, place.rules, *place.store, place.today));
    (void)balance;
    return {};
  }));
  return show(place, options.customer, common.json);
}

Result<void> run_points_burn(const CommonOptions& common, const PointsOptions& options) {
  WB_ASSIGN(Place place, open_place(common));
  if (!place.rules.active) return fail(Code::invalid_input, "points are not in use; write `active: true` into loyalty.yaml of the data folder");
  WB_ASSIGN(const std::int64_t left, burn_points({options.customer, options.id, options.points}, place.rules, *place.store, place.today, place.now));
  (void)left;
  return show(place, options.customer, common.json);
}

Result<void> run_referrals(const CommonOptions& common) {
  WB_ASSIGN(Place place, open_place(common));
  WB_ASSIGN(const auto all, place.store->referrals().list());
  const text::Language l = place.context->language();
  ordered_json list = ordered_json::array();
  const auto head = [&](Word word) { return std::string{say(l, word)}; };
  TextTable table{{{head(Word::head_id), true}, {head(Word::points_head_day)}, {head(Word::referrals_head_referrer), false, 20}, {head(Word::referrals_head_newcomer), false, 20},
                   {head(Word::referrals_head_state)}, {head(Word::referrals_head_ground), false, 60}}};
  for (const model::Referral& one : all) {
    WB_ASSIGN(const auto decisions, place.store->referrals().decisions(one.id));
    const std::string ground = decisions.empty() ? std::string{} : decisions.back().ground;
    table.add({std::to_string(one.id), text::date(l, one.day), one.referrer_id, one.newcomer_id, std::string{model::name_of(one.state)}, ground});
    ordered_json said = ordered_json::array();
    for (const auto& d : decisions) said.push_back({{"state", model::name_of(d.state)}, {"ground", d.ground}, {"by", d.by}, {"at", base::to_string(d.at)}});
    list.push_back({{"id", one.id}, {"referrer", one.referrer_id}, {"newcomer", one.newcomer_id}, {"order", one.order_key}, {"day", base::to_string(one.day)},
                    {"state", model::name_of(one.state)}, {"due_on", base::to_string(one.due_on)}, {"decisions", said}});
  }
  if (common.json) {
    print_json(list);
  } else {
    std::fputs(all.empty() ? (head(Word::referrals_none) + "\n").c_str() : table.str().c_str(), stdout);
  }
  return {};
}

Result<void> run_referrals_decide(const CommonOptions& common, const ReferralOptions& options) {
  WB_ASSIGN(Place place, open_place(common));
  if (options.pass == options.refuse) return fail(Code::invalid_input, "say --pass or --refuse");
  WB_ASSIGN(const auto decided, decide_referral(options.id, options.pass, options.ground, "command line", *place.store, place.now));
  if (common.json) {
    print_json({{"id", decided.id}, {"state", model::name_of(decided.state)}});
    return {};
  }
  std::fputs((say(place.context->language(), Word::referrals_decided, fmt::arg("id", decided.id), fmt::arg("state", model::name_of(decided.state))) + "\n").c_str(), stdout);
  return {};
}

}  // namespace app
