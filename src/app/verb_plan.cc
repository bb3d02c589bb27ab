#include <cstdio>

#include <nlohmann/json.hpp>

#include "app/describe.h"
#include "app/facts_json.h"
#include "app/machine_clock.h"
#include "app/outputs.h"
#include "app/steps.h"
#include "app/verbs.h"
#include "decide/ledger.h"

namespace app {

using base::Result;
using text::say;
using text::Word;

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

Result<void> run_plan(const CommonOptions& common, const PlanOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(const PlanStep step, plan_step(*context, options));
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_ASSIGN(port::Parquet* const parquet, context->parquet());
  WB_ASSIGN(port::Store* const store, context->store());
  WB_TRY(decide::store_decisions(step.plan, step.request, step.analyzed.analysis.profiles, *warehouse));
  model::Plan plan;
  plan.id = step.plan.summary.id;
  plan.made_at = machine_clock().now();
  plan.as_of = step.plan.summary.as_of;
  plan.currency = step.plan.summary.currency;
  plan.preset = step.plan.summary.preset;
  plan.salt = step.plan.salt;
  plan.holdout_share = step.plan.summary.holdout_share;
  plan.horizon_days = static_cast<std::uint32_t>(step.plan.summary.horizon_days);
  plan.summary_json = remembered(step);
  WB_TRY(store->plans().save(plan));
  WB_TRY(write_plan_files(step, options.out, context->language(), *parquet));
  if (context->json()) {
    std::fputs((to_json(step.plan.summary) + "\n").c_str(), stdout);
    return {};
  }
  const text::Language l = context->language();
  std::fputs(describe(step, l).c_str(), stdout);
  std::fputs(("\n" + say(l, Word::plan_files, fmt::arg("folder", options.out)) + "\n" + std::string{say(l, Word::plan_next)} + "\n").c_str(), stdout);
  return {};
}

}  // namespace app
