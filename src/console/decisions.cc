#include "console/decisions.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/time.h"
#include "report/explain.h"

namespace console {

using nlohmann::ordered_json;

namespace {

template <class Enum>
Enum named(std::string_view name, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (model::name_of(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  return Enum{};
}

std::uint8_t offer_index(const std::vector<model::Offer>& offers, std::string_view id) {
  for (std::size_t i = 0; i < offers.size() && i < model::kNoOffer; ++i) {
    if (offers[i].id == id) return static_cast<std::uint8_t>(i);
  }
  return model::kNoOffer;
}

}  // namespace

void DecisionRows::take(const Row& row) {
  customer_.push_back(row.text("customer_id"));
  plan_.push_back(row.text("plan_id"));
  const auto day = [&](std::string_view column) { return static_cast<std::int32_t>(base::day_number(base::parse_day(row.day(column)).value_or(base::Day{}))); };
  const std::int32_t as_of = day("as_of"), wait = day("wait_until");
  // What was known when it was decided goes before what is known now; plans of earlier versions did not keep it.
  const double purchases = row.number("decided_purchases"), silent = row.number("decided_silent");
  rows_.push_back({.verdict = row.text("verdict"),
                   .kind = row.text("class"),
                   .filter = row.text("filter"),
                   .offer = row.text("offer"),
                   .best_offer = row.text("best_offer"),
                   .as_of = row.day("as_of"),
                   .wait_until = wait > 0 ? row.day("wait_until") : "",
                   .item = row.text("favourite_item"),
                   .worth = row.number("worth"),
                   .worth_low = row.number("worth_low"),
                   .worth_high = row.number("worth_high"),
                   .chance_positive = row.number("chance_positive"),
                   .chance_if_works = row.number("chance_if_works"),
                   .return_chance = row.number("return_chance"),
                   .return_chance_with = row.number("return_chance_with"),
                   .cost = row.number("cost"),
                   .attention = row.number("attention"),
                   .year = purchases > 0 ? row.number("decided_year") : row.number("expected_year"),
                   .silent = purchases > 0 ? silent : as_of - day("last_day"),
                   .purchases = purchases > 0 ? purchases : row.number("purchase_days"),
                   .spend = row.number("spend"),
                   .returned = row.number("returned_share"),
                   .first_day = day("first_day"),
                   .last_day = purchases > 0 ? as_of - static_cast<std::int32_t>(silent) : day("last_day"),
                   .wait_day = wait,
                   .as_of_day = as_of,
                   .wave = row.whole("wave")});
}

std::string DecisionRows::sentence_json(std::size_t i, const app::SavedPlan* plan, text::Language language) const {
  const Told& t = rows_[i];
  report::Grounds grounds;
  std::string offer_name;
  const std::string& shown = t.offer.empty() ? t.best_offer : t.offer;
  if (plan != nullptr) {
    model::Profiles p;
    p.as_of = base::day_from_number(t.as_of_day);
    p.customer_id.push_back(customer_[i]);
    p.first_day = {t.first_day};
    p.last_day = {t.last_day};
    p.purchase_days = {static_cast<std::uint32_t>(std::max(1.0, t.purchases))};
    p.spend = {t.spend};
    p.returned_share = {t.returned};
    p.items = {"", t.item};
    p.favourite_item = {t.item.empty() ? 0U : 1U};
    p.flags = {t.filter == "quality_leaver" ? std::uint8_t{model::flag_quality_leaver} : std::uint8_t{0}};
    model::Decisions d;
    d.resize(1);
    d.verdict[0] = named<model::Verdict>(t.verdict, model::kVerdicts);
    d.kind[0] = named<model::Class>(t.kind, model::kClasses);
    d.filter[0] = named<model::Filter>(t.filter, model::kFilters);
    d.offer[0] = offer_index(plan->offers, t.offer);
    d.best_offer[0] = offer_index(plan->offers, t.best_offer);
    const auto f = [](double value) { return static_cast<float>(value); };
    d.worth[0] = f(t.worth), d.worth_low[0] = f(t.worth_low), d.worth_high[0] = f(t.worth_high);
    d.chance_positive[0] = f(t.chance_positive), d.chance_if_works[0] = f(t.chance_if_works);
    d.return_chance[0] = f(t.return_chance), d.return_chance_with[0] = f(t.return_chance_with);
    d.cost[0] = f(t.cost), d.attention[0] = f(t.attention);
    d.wait_until[0] = t.wait_day;
    grounds = report::explain({p, d, plan->offers, plan->plan.currency, static_cast<std::int32_t>(plan->plan.horizon_days)}, 0, language);
    if (const std::uint8_t index = offer_index(plan->offers, shown); index != model::kNoOffer) offer_name = plan->offers[index].name[static_cast<std::size_t>(language)];
  }
  const ordered_json json{{"plan", plan_[i]},
                          {"as_of", t.as_of},
                          {"customer_id", customer_[i]},
                          {"verdict", t.verdict},
                          {"class", t.kind},
                          {"filter", t.filter},
                          {"offer", shown},
                          {"offer_name", offer_name},
                          {"worth", t.worth},
                          {"worth_low", t.worth_low},
                          {"worth_high", t.worth_high},
                          {"chance_positive", t.chance_positive},
                          {"return_chance", t.return_chance},
                          {"return_chance_with", t.return_chance_with},
                          {"cost", t.cost},
                          {"expected_year", t.year},
                          {"silent_days", t.silent},
                          {"wait_until", t.wait_until.empty() ? ordered_json(nullptr) : ordered_json(t.wait_until)},
                          {"wave", t.wave},
                          {"sentence", grounds.sentence},
                          {"grounds", plan == nullptr ? ordered_json::array()
                                                      : ordered_json{{{"ground", "value"}, {"text", grounds.value}},
                                                                     {{"ground", "loyalty"}, {"text", grounds.loyalty}},
                                                                     {{"ground", "satisfaction"}, {"text", grounds.satisfaction}},
                                                                     {{"ground", "cost"}, {"text", grounds.cost}}}}};
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::vector<std::string> DecisionRows::to_json(const std::vector<app::SavedPlan>& plans, text::Language language) const {
  std::vector<std::string> told;
  for (std::size_t i = 0; i < size(); ++i) {
    const auto plan = std::ranges::find_if(plans, [&](const app::SavedPlan& one) { return one.plan.id == plan_[i]; });
    told.push_back(sentence_json(i, plan == plans.end() ? nullptr : &*plan, language));
  }
  return told;
}

}  // namespace console
