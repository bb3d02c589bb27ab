#include "app/saved_plan.h"

#include <nlohmann/json.hpp>

#include "app/facts_json.h"
#include "decide/ledger.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;

namespace {

/// What `results` and `export` need of a plan later: its facts and the offers as they were.
std::string remembered(const PlanStep& step) {
  nlohmann::ordered_json offers = nlohmann::ordered_json::array();
  for (const model::Offer& offer : step.request.offers) {
    offers.push_back({{"id", offer.id},
                      {"kind", model::name_of(offer.kind)},
                      {"name", {offer.name[0], offer.name[1], offer.name[2]}},
                      {"channel", offer.channel},
                      {"contact_cost", offer.contact_cost},
                      {"redemption_cost", offer.redemption_cost},
                      {"basket_share", offer.basket_share},
                      {"redeem", offer.redeem},
                      {"expires_days", offer.expires_days}});
  }
  nlohmann::ordered_json whole = nlohmann::ordered_json::parse(to_json(step.plan.summary));
  whole["offers_as_planned"] = offers;
  return whole.dump();
}

}  // namespace

Result<void> keep_plan(Context& context, const PlanStep& step, base::Instant now) {
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_ASSIGN(port::Store* const store, context.store());
  WB_TRY(decide::store_decisions(step.plan, step.request, step.analyzed.analysis.profiles, *warehouse));
  model::Plan plan;
  plan.id = step.plan.summary.id;
  plan.made_at = now;
  plan.as_of = step.plan.summary.as_of;
  plan.currency = step.plan.summary.currency;
  plan.preset = step.plan.summary.preset;
  plan.salt = step.plan.salt;
  plan.holdout_share = step.plan.summary.holdout_share;
  plan.horizon_days = static_cast<std::uint32_t>(step.plan.summary.horizon_days);
  plan.summary_json = remembered(step);
  return store->plans().save(plan);
}

Result<SavedPlan> load_plan(port::Store& store, const std::string& id) {
  WB_ASSIGN(const std::vector<model::Plan> plans, store.plans().list());
  if (plans.empty()) return fail(Code::not_found, "no plan was made yet; make one with `winback plan`");
  SavedPlan saved;
  bool found = id.empty();
  if (found) saved.plan = plans.front();
  std::string names;
  for (const model::Plan& plan : plans) {
    names += (names.empty() ? "" : ", ") + plan.id;
    if (plan.id != id) continue;
    saved.plan = plan;
    found = true;
  }
  if (!found) return fail(Code::not_found, "there is no plan '{}'; there are {}", id, names);
  const auto json = nlohmann::json::parse(saved.plan.summary_json, nullptr, false);
  if (json.is_discarded() || !json.contains("offers_as_planned")) {
    return fail(Code::corrupt, "plan {} cannot be read back from the store", saved.plan.id);
  }
  saved.margin = json.value("margin", 0.0);
  if (const auto day = base::parse_day(json.value("carried_out", "")); day) saved.carried_out = *day;
  // What the approached were expected to bring: exploration is counted apart.
  for (const auto& offer : json["offers"]) {
    saved.expected_profit += offer.value("worth", 0.0);
    if (offer.value("customers", 0) > 0) saved.chosen.push_back(offer.value("id", ""));
  }
  for (const auto& entry : json["offers_as_planned"]) {
    model::Offer offer;
    offer.id = entry.value("id", "");
    offer.kind = model::parse_offer_kind(entry.value("kind", "")).value_or(model::OfferKind::reminder);
    for (std::size_t l = 0; l < 3; ++l) offer.name[l] = entry["name"][l].get<std::string>();
    offer.channel = entry.value("channel", "email");
    offer.contact_cost = entry.value("contact_cost", 0.0);
    offer.redemption_cost = entry.value("redemption_cost", 0.0);
    offer.basket_share = entry.value("basket_share", 0.0);
    offer.redeem = entry.value("redeem", 1.0);
    offer.expires_days = entry.value("expires_days", 0);
    saved.offers.push_back(std::move(offer));
  }
  return saved;
}

Result<void> mark_carried_out(port::Store& store, const std::string& id, base::Day today) {
  WB_ASSIGN(SavedPlan saved, load_plan(store, id));
  if (saved.carried_out) return {};
  const bool of_now = today <= saved.plan.as_of + std::chrono::days{static_cast<int>(saved.plan.horizon_days)};
  auto json = nlohmann::ordered_json::parse(saved.plan.summary_json);
  json["carried_out"] = base::to_string(of_now ? std::max(today, saved.plan.as_of) : saved.plan.as_of);
  saved.plan.summary_json = json.dump();
  return store.plans().save(saved.plan);
}

Result<void> mark_not_carried_out(port::Store& store, const std::string& id) {
  WB_ASSIGN(SavedPlan saved, load_plan(store, id));
  if (!saved.carried_out) return fail(Code::not_found, "plan {} was neither exported nor launched", saved.plan.id);
  auto json = nlohmann::ordered_json::parse(saved.plan.summary_json);
  json.erase("carried_out");
  saved.plan.summary_json = json.dump();
  return store.plans().save(saved.plan);
}

}  // namespace app
