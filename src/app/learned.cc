#include "app/learned.h"

#include "app/saved_plan.h"
#include "decide/ledger.h"
#include "measure/experience.h"

namespace app {

using base::Result;

Result<Learned> learn(Context& context, const model::Assumptions& assumptions) {
  Learned learned;
  WB_ASSIGN(port::Store* const store, context.store());
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_TRY(decide::ensure_tables(*warehouse));
  WB_ASSIGN(const std::vector<model::Plan> plans, store->plans().list());
  for (const model::Plan& plan : plans) {
    const auto saved = load_plan(*store, plan.id);
    if (!saved || !saved->carried_out) continue;
    WB_ASSIGN(const bool over, measure::add_plan_experience(saved->plan, saved->offers, saved->margin, *saved->carried_out, *warehouse,
                                                            learned.experience));
    (over ? learned.from : learned.waiting).push_back(plan.id);
  }
  WB_ASSIGN(learned.response, decide::Response::learn(assumptions, learned.experience));
  return learned;
}

}  // namespace app
