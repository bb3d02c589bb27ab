#include "app/steps.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "adapter/xgboost/open_xgboost.h"
#include "app/describe_churn.h"
#include "app/describe_reasons.h"
#include "app/facts_json.h"
#include "app/machine_clock.h"
#include "app/presets.h"
#include "app/reasons_yaml.h"
#include "collect/import.h"
#include "app/saved_plan.h"
#include "decide/ledger.h"
#include "decide/policy_check.h"
#include "gen/sql_warehouse.h"
#include "understand/churn/forecast.h"
#include "understand/reasons/reasons.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;

namespace {

/// Who can be reached, in the order of the profiles; customers sharing an address form a household.
Result<decide::Contacts> contacts_of(Context& context, const model::Profiles& profiles) {
  decide::Contacts contacts;
  WB_ASSIGN(port::Store* const store, context.store());
  WB_ASSIGN(const std::uint64_t known, store->contacts().count());
  if (known == 0) return contacts;
  contacts.reachable.assign(profiles.size(), 0);
  contacts.opted_out.assign(profiles.size(), 0);
  contacts.household.resize(profiles.size());
  for (std::size_t i = 0; i < profiles.size(); ++i) contacts.household[i] = static_cast<std::uint32_t>(i);
  std::unordered_map<std::string, std::uint32_t> first_with;
  std::size_t i = 0;  // both are ordered by customer id
  WB_TRY(store->contacts().each([&](const model::ContactPoint& point) -> Result<void> {
    while (i < profiles.size() && profiles.customer_id[i] < point.customer_id) ++i;
    if (i == profiles.size() || profiles.customer_id[i] != point.customer_id) return {};
    if (point.opted_out) {
      contacts.opted_out[i] = 1;
    } else {
      contacts.reachable[i] = 1;
    }
    const auto [entry, fresh] = first_with.try_emplace(point.channel + ":" + point.address, contacts.household[i]);
    if (!fresh) contacts.household[i] = entry->second;
    return {};
  }));
  // An opt-out on one channel leaves the others; nobody is approached on none.
  for (std::size_t row = 0; row < profiles.size(); ++row) {
    if (contacts.reachable[row] != 0) contacts.opted_out[row] = 0;
  }
  return contacts;
}

constexpr int kBetweenMoneyOffers = 180;  // days; a better one sooner would teach people to wait for it

/// Flags everyone to whom a plan carried out in the last 180 days gave money off.
Result<void> flag_recent_money_offers(Context& context, model::Profiles& profiles) {
  WB_ASSIGN(port::Store* const store, context.store());
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_TRY(decide::ensure_tables(*warehouse));
  WB_ASSIGN(const auto plans, store->plans().list());
  for (const model::Plan& plan : plans) {
    const auto saved = load_plan(*store, plan.id);
    if (!saved || !saved->carried_out || *saved->carried_out > profiles.as_of ||
        (profiles.as_of - *saved->carried_out).count() > kBetweenMoneyOffers) {
      continue;
    }
    std::string money;
    for (const model::Offer& offer : saved->offers) {
      if (offer.gives_money()) money += (money.empty() ? "'" : ",'") + offer.id + "'";
    }
    std::size_t i = 0;  // both are ordered by customer id
    WB_TRY(warehouse->select({gen::warehouse::plan_money_offers.name, gen::warehouse::plan_money_offers.text,
                              {{"plan", plan.id}, {"offers", "[" + money + "]"}}},
                             [&](base::Block&& block) -> Result<void> {
                               WB_ASSIGN(const auto* id, block.need("customer_id", base::ColumnKind::text));
                               for (std::size_t row = 0; row < block.rows(); ++row) {
                                 while (i < profiles.size() && profiles.customer_id[i] < id->text()[row]) ++i;
                                 if (i < profiles.size() && profiles.customer_id[i] == id->text()[row]) {
                                   profiles.flags[i] |= model::flag_recent_money_offer;
                                 }
                               }
                               return {};
                             }));
  }
  return {};
}

/// Who waits for an answer of ours is not approached, also where the ticket is younger than the day the analysis stands at.
Result<void> flag_open_tickets(Context& context, model::Profiles& profiles) {
  WB_ASSIGN(port::ActStore* const store, context.store());
  WB_ASSIGN(const auto tickets, store->back().open_tickets());
  for (const model::Ticket& ticket : tickets) {
    WB_ASSIGN(const std::string person, store->events().person_of(ticket.customer_id));
    std::size_t low = 0, high = profiles.size();  // profiles are ordered by customer id
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (profiles.customer_id[middle] < person) low = middle + 1;
      else high = middle;
    }
    if (low < profiles.size() && profiles.customer_id[low] == person) profiles.flags[low] |= model::flag_open_return;
  }
  return {};
}

}  // namespace

Result<AnalyzeStep> analyze_step(Context& context, const std::string& as_of, const std::string& business,
                                 std::optional<double> margin) {
  AnalyzeStep step;
  understand::AnalyzeRequest request;
  if (!as_of.empty()) {
    WB_ASSIGN(request.as_of, base::parse_day(as_of));
  }
  step.business_given = !business.empty() || context.settings().business != "shop";
  step.margin_given = margin.has_value() || context.settings().margin.has_value();
  WB_ASSIGN(step.business, load_business(business.empty() ? context.settings().business : business, context.settings_file()));
  if (context.settings().margin) step.business.margin = *context.settings().margin;
  if (margin) step.business.margin = *margin;
  request.business = step.business;
  request.currency = context.settings().currency;
  WB_ASSIGN(step.reason_rules, load_reason_rules(context.data()));
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_ASSIGN(step.analysis, understand::analyze(request, *warehouse));
  WB_ASSIGN(step.findings, understand::reasons::find_reasons(step.reason_rules, step.business.name, step.analysis.profiles, *warehouse));
  WB_ASSIGN(port::ActStore* const store, context.store());
  const base::Instant now = machine_clock().now();
  WB_TRY(store->findings().save("analysis", {now, to_json(step.analysis.shop)}));
  WB_TRY(store->findings().save("snapshot", {now, step.analysis.profiles.snapshot_id}));
  WB_TRY(store->findings().save("reasons", {now, reasons_json(step)}));
  return step;
}

Result<PlanStep> plan_step(Context& context, const PlanOptions& options) {
  PlanStep step;
  if (options.margin && !(*options.margin > 0 && *options.margin <= 1)) {
    return fail(Code::invalid_input, "--margin must be a share between 0 and 1, such as 0.4");
  }
  decide::PlanRequest& request = step.request;
  // Everything the user may have got wrong is read before the long part begins.
  WB_ASSIGN(request.preset, load_plan_preset(options.preset));
  WB_ASSIGN(request.assumptions, load_assumptions(context.data() / "priors.yaml"));
  for (const std::string& text : options.capacity) {
    const std::size_t at = text.find('=');
    std::uint64_t most = 0;
    const char* const end = text.data() + text.size();
    if (at == std::string::npos || at == 0 || std::from_chars(text.data() + at + 1, end, most).ptr != end || at + 1 == text.size()) {
      return fail(Code::invalid_input, "--capacity takes CHANNEL=NUMBER, such as email=5000; '{}' is not that", text);
    }
    request.channel_capacity.emplace_back(text.substr(0, at), most);
  }
  if (!options.where.empty()) WB_TRY(decide::parse_where(options.where));
  if (!options.offers.empty()) {
    WB_ASSIGN(request.offers, load_offers(options.offers));
  }
  WB_ASSIGN(step.analyzed, analyze_step(context, options.as_of, options.business, options.margin));
  request.business = step.analyzed.business;
  if (options.offers.empty()) {
    WB_ASSIGN(request.offers, preset_offers(request.business.offers));
  }
  for (const auto& [channel, most] : request.channel_capacity) {
    const auto carries = [&](const model::Offer& offer) { return offer.channel == channel; };
    if (std::none_of(request.offers.begin(), request.offers.end(), carries)) {
      return fail(Code::invalid_input, "--capacity names the channel '{}', but no offer of this plan goes by it", channel);
    }
  }
  request.where = options.where;
  request.budget = options.budget;
  request.currency = context.settings().currency;
  request.season_known = step.analyzed.analysis.shop.season_known;
  WB_ASSIGN(port::Store* const store, context.store());
  request.workspace_id = store->workspace_id();
  WB_TRY(flag_recent_money_offers(context, step.analyzed.analysis.profiles));
  WB_TRY(flag_open_tickets(context, step.analyzed.analysis.profiles));
  const model::Profiles& profiles = step.analyzed.analysis.profiles;
  WB_ASSIGN(request.blackouts, load_calendar(profiles.as_of, context.settings().zone, request.currency));
  WB_ASSIGN(const decide::Contacts contacts, contacts_of(context, profiles));
  WB_ASSIGN(step.learned, learn(context, request.assumptions));
  request.response = step.learned.response;
  WB_ASSIGN(const auto judged, decide::judge_policies(request, step.learned.experience));
  step.learned.response.tell(request.assumptions);
  WB_ASSIGN(step.plan, decide::make_plan(request, profiles, contacts));
  step.plan.summary.judged = judged;
  return step;
}

Result<model::Churn> churn_step(Context& context, const std::string& as_of, const std::string& business) {
  understand::churn::ForecastRequest request;
  if (!as_of.empty()) {
    WB_ASSIGN(request.as_of, base::parse_day(as_of));
  }
  WB_ASSIGN(request.business, load_business(business.empty() ? context.settings().business : business, context.settings_file()));
  if (context.settings().margin) request.business.margin = *context.settings().margin;
  request.currency = context.settings().currency;
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  const auto learner = adapter::xgboost::open_xgboost();
  WB_ASSIGN(const model::Churn churn, understand::churn::forecast(request, *warehouse, *learner));
  WB_TRY(understand::churn::store_forecast(churn, *warehouse));
  WB_ASSIGN(port::ActStore* const store, context.store());
  WB_TRY(store->findings().save("churn", {machine_clock().now(), to_json(churn, 0, text::Language::en)}));
  return churn;
}

}  // namespace app
