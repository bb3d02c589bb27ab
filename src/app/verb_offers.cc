#include <array>
#include <cstdio>
#include <map>
#include <numeric>

#include <nlohmann/json.hpp>

#include "app/learned.h"
#include "app/manners_yaml.h"
#include "app/presets.h"
#include "app/saved_plan.h"
#include "app/steps.h"
#include "app/terminal.h"
#include "app/verbs.h"
#include "decide/ledger.h"
#include "decide/offer_calculator.h"
#include "decide/options.h"
#include "gen/sql_warehouse.h"
#include "measure/fairness.h"

namespace app {

using base::Block;
using base::Code;
using base::ColumnKind;
using base::fail;
using base::Result;
using text::say;
using text::Word;

namespace {

using nlohmann::ordered_json;

/// Fills margin and stock from the product list, where it knows the customer's favourite.
Result<void> look_at_product(port::Warehouse& warehouse, const std::string& item, base::Day as_of, decide::OfferCase& c) {
  if (item.empty()) return {};
  return warehouse.select({gen::warehouse::product_pace.name, gen::warehouse::product_pace.text, {{"item", item}, {"as_of", base::to_string(as_of)}}},
                          [&](Block&& block) -> Result<void> {
                            if (block.rows() == 0) return {};
                            WB_ASSIGN(const auto* stock, block.need("stock", ColumnKind::f64));
                            WB_ASSIGN(const auto* cost, block.need("cost", ColumnKind::f64));
                            WB_ASSIGN(const auto* price, block.need("price", ColumnKind::f64));
                            WB_ASSIGN(const auto* sold, block.need("sold", ColumnKind::f64));
                            const double in_stock = stock->as<double>()[0], paid = cost->as<double>()[0], asked = price->as<double>()[0],
                                         pace = sold->as<double>()[0];
                            if (paid >= 0 && asked > 0 && paid < asked) c.margin = 1 - paid / asked;
                            if (in_stock >= 0 && pace > 0) c.stock_days = in_stock / pace;
                            return {};
                          });
}

Result<void> advise(Context& context, const OffersOptions& options) {
  PlanOptions planning;
  planning.business = options.business;
  planning.as_of = options.as_of;
  WB_ASSIGN(const PlanStep step, plan_step(context, planning));
  const model::Profiles& p = step.analyzed.analysis.profiles;
  std::size_t row = p.size();
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p.customer_id[i] == options.customer) row = i;
  }
  if (row == p.size()) return fail(Code::not_found, "no order names a customer '{}'; ids are written as they were imported", options.customer);
  decide::OfferCase c;
  c.prospect = decide::prospect_of(p, row);
  c.lapsed_heavily = p.stage[row] == model::Stage::lapsed_heavy || p.stage[row] == model::Stage::lost;
  if (!p.price_sensitivity.empty()) {
    c.price_sensitivity = static_cast<double>(p.price_sensitivity[row]);
    c.shop_price_sensitivity =
        std::accumulate(p.price_sensitivity.begin(), p.price_sensitivity.end(), 0.0) / static_cast<double>(p.price_sensitivity.size());
  }
  c.margin = step.analyzed.business.margin;
  c.discount_ceiling = step.analyzed.business.discount_ceiling;
  c.waits_for_discounts = (p.flags[row] & model::flag_waits_for_discounts) != 0;
  c.recent_money_offer = (p.flags[row] & model::flag_recent_money_offer) != 0;
  WB_ASSIGN(const auto manners, load_manners(context.settings(), context.settings_file()));
  c.depth_may_be_personal = manners.depth_may_be_personal;
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_TRY(look_at_product(*warehouse, p.items[p.favourite_item[row]], p.as_of, c));
  const decide::OfferAdvice advice = decide::advise_offer(c, step.request.offers, step.request.assumptions, step.learned.response);

  const text::Language l = context.language();
  constexpr std::array kReasonWords = {Word::offer_best_worth,       Word::offer_nothing_pays,     Word::offer_waits, Word::offer_recent,
                                       Word::offer_price_insensitive, Word::offer_price_sensitive, Word::offer_published, Word::offer_overstock};
  constexpr std::array<const char*, 8> kReasonNames = {"best_worth",        "nothing_pays",    "waits_for_discounts", "recent_money_offer",
                                                       "price_insensitive", "price_sensitive", "published_depth",     "overstock"};
  if (context.json()) {
    const auto choices = [&](const std::vector<decide::OfferChoice>& from) {
      ordered_json all = ordered_json::array();
      for (const auto& choice : from) {
        all.push_back({{"offer", choice.offer.id},
                       {"kind", model::name_of(choice.offer.kind)},
                       {"depth", choice.depth},
                       {"return_chance", choice.worth.return_chance},
                       {"cost", choice.worth.cost},
                       {"worth", {{"mean", choice.worth.mean}, {"low", choice.worth.low}, {"high", choice.worth.high}}},
                       {"chance_positive", choice.worth.chance_positive}});
      }
      return all;
    };
    ordered_json reasons = ordered_json::array();
    for (const auto reason : advice.reasons) reasons.push_back(kReasonNames[static_cast<std::size_t>(reason)]);
    const ordered_json json = {{"customer_id", options.customer},
                               {"return_chance", c.prospect.return_chance},
                               {"basket", c.prospect.basket},
                               {"margin", c.margin},
                               {"price_sensitivity", c.price_sensitivity ? ordered_json(*c.price_sensitivity) : ordered_json(nullptr)},
                               {"shop_price_sensitivity", c.shop_price_sensitivity},
                               {"stock_days", c.stock_days ? ordered_json(*c.stock_days) : ordered_json(nullptr)},
                               {"best", advice.best ? ordered_json(advice.forms[*advice.best].offer.id) : ordered_json(nullptr)},
                               {"reasons", reasons},
                               {"forms", choices(advice.forms)},
                               {"depths", choices(advice.curve)}};
    std::fputs((json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n").c_str(), stdout);
    return {};
  }
  const std::string currency = context.settings().currency;
  const auto money = [&](double value) { return text::money(l, currency, value, 2); };
  std::string out = say(l, Word::offer_case, fmt::arg("customer", options.customer), fmt::arg("chance", text::percent(l, c.prospect.return_chance)),
                        fmt::arg("basket", money(c.prospect.basket)), fmt::arg("margin", text::percent(l, c.margin))) + "\n";
  if (c.price_sensitivity) {
    out += say(l, Word::offer_sensitivity, fmt::arg("own", text::percent(l, *c.price_sensitivity)),
               fmt::arg("shop", text::percent(l, c.shop_price_sensitivity))) + "\n";
  }
  TextTable table{{{std::string{say(l, Word::report_head_offer)}}, {std::string{say(l, Word::offer_depth)}, true}, {std::string{say(l, Word::offer_with)}, true},
                   {std::string{say(l, Word::offer_costs)}, true}, {std::string{say(l, Word::offer_brings)}, true}}};
  const auto add = [&](const decide::OfferChoice& choice) {
    table.add({choice.offer.name[static_cast<std::size_t>(l)], choice.depth > 0 ? text::percent(l, choice.depth) : "", text::percent(l, choice.worth.return_chance),
               money(choice.worth.cost), fmt::format("{} ({} – {})", money(choice.worth.mean), money(choice.worth.low), money(choice.worth.high))});
  };
  for (const auto& form : advice.forms) add(form);
  out += "\n" + table.str() + "\n";
  for (const auto reason : advice.reasons) out += std::string{say(l, kReasonWords[static_cast<std::size_t>(reason)])} + "\n";
  std::fputs(out.c_str(), stdout);
  return {};
}

std::string age_band(std::int32_t age) {
  if (age < 0) return {};
  return age < 18 ? "<18" : age < 30 ? "18–29" : age < 45 ? "30–44" : age < 60 ? "45–59" : "60+";
}

Result<void> report_fairness(Context& context, const std::string& plan) {
  WB_ASSIGN(port::Store* const store, context.store());
  WB_ASSIGN(const SavedPlan saved, load_plan(*store, plan));
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_TRY(decide::ensure_tables(*warehouse));
  std::vector<double> depth;
  std::vector<measure::Division> divisions = {{"country", {}}, {"city", {}}, {"language", {}}, {"age", {}}, {"value", {}}};
  WB_TRY(warehouse->select({gen::warehouse::plan_depths.name, gen::warehouse::plan_depths.text, {{"plan", saved.plan.id}}}, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* offer_id, block.need("offer", ColumnKind::text));
    WB_ASSIGN(const auto* basket, block.need("basket", ColumnKind::f64));
    WB_ASSIGN(const auto* country, block.need("country", ColumnKind::text));
    WB_ASSIGN(const auto* city, block.need("city", ColumnKind::text));
    WB_ASSIGN(const auto* language, block.need("language", ColumnKind::text));
    WB_ASSIGN(const auto* age, block.need("age", ColumnKind::i32));
    WB_ASSIGN(const auto* value, block.need("value_percentile", ColumnKind::f64));
    for (std::size_t row = 0; row < block.rows(); ++row) {
      double share = 0;
      for (const model::Offer& offer : saved.offers) {
        if (offer.id != offer_id->text()[row]) continue;
        share = offer.basket_share + (basket->as<double>()[row] > 0 ? offer.redemption_cost / basket->as<double>()[row] : 0);
      }
      depth.push_back(share);
      divisions[0].group.emplace_back(country->text()[row]);
      divisions[1].group.emplace_back(city->text()[row]);
      divisions[2].group.emplace_back(language->text()[row]);
      divisions[3].group.push_back(age_band(age->as<std::int32_t>()[row]));
      const double percentile = value->as<double>()[row];
      divisions[4].group.emplace_back(percentile >= 0.8 ? "80–100" : percentile >= 0.5 ? "50–80" : "0–50");
    }
    return {};
  }));
  if (depth.empty()) return fail(Code::not_found, "plan {} considered nobody", saved.plan.id);
  const auto found = measure::compare_depths(depth, divisions);
  const text::Language l = context.language();
  if (context.json()) {
    ordered_json groups = ordered_json::array();
    for (const auto& d : found) {
      groups.push_back({{"division", d.division}, {"group", d.group}, {"customers", d.customers}, {"depth", d.depth}, {"others", d.others},
                        {"difference", {{"value", d.difference.difference}, {"low", d.difference.interval.low}, {"high", d.difference.interval.high}}},
                        {"p_value", d.difference.p_value}, {"flagged", d.flagged}});
    }
    std::fputs((ordered_json{{"plan", saved.plan.id}, {"customers", depth.size()}, {"groups", groups}}.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n").c_str(), stdout);
    return {};
  }
  std::string out = say(l, Word::fair_headline, fmt::arg("plan", saved.plan.id), fmt::arg("customers", text::whole(l, static_cast<double>(depth.size())))) + "\n\n";
  TextTable table{{{std::string{say(l, Word::fair_by)}}, {std::string{say(l, Word::fair_group)}, false, 18}, {std::string{say(l, Word::head_customers)}, true},
                   {std::string{say(l, Word::offer_depth)}, true}, {std::string{say(l, Word::fair_difference)}, true}, {""}}};
  constexpr std::array<std::pair<const char*, Word>, 5> kNames = {{{"country", Word::fair_country}, {"city", Word::fair_city}, {"language", Word::fair_language},
                                                                  {"age", Word::fair_age}, {"value", Word::fair_value}}};
  std::size_t flagged = 0;
  std::map<std::string, int> shown;
  for (const auto& d : found) {
    flagged += d.flagged ? 1 : 0;
    if (!d.flagged && ++shown[d.division] > 6) continue;  // the largest differences of each division; flagged ones always
    std::string name;
    for (const auto& [key, word] : kNames) {
      if (d.division == key) name = std::string{say(l, word)};
    }
    table.add({name, d.group, text::whole(l, d.customers), text::percent(l, d.depth),
               fmt::format("{:+.1f} ({:+.1f} – {:+.1f})", 100 * d.difference.difference, 100 * d.difference.interval.low, 100 * d.difference.interval.high),
               d.flagged ? std::string{say(l, Word::fair_look)} : ""});
  }
  out += table.str() + "\n" + std::string{say(l, flagged == 0 ? Word::fair_none : Word::fair_some)} + "\n";
  std::fputs(out.c_str(), stdout);
  return {};
}

}  // namespace

Result<void> run_offers(const CommonOptions& common, const OffersOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  if (options.customer.empty()) return report_fairness(*context, options.plan);
  return advise(*context, options);
}

}  // namespace app
