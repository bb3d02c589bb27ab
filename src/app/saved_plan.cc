#include "app/saved_plan.h"

#include <nlohmann/json.hpp>

namespace app {

using base::Code;
using base::fail;
using base::Result;

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
