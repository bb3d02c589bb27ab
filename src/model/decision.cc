#include "model/decision.h"

namespace model {

std::string_view name_of(Verdict verdict) {
  constexpr std::array<std::string_view, kVerdicts> names = {"approach", "explore", "hold_out", "leave", "wait", "filtered"};
  return names[static_cast<std::size_t>(verdict)];
}

std::string_view name_of(Class kind) {
  constexpr std::array<std::string_view, kClasses> names = {"persuadable",    "sure_thing", "lost_cause",
                                                            "do_not_disturb", "unknown",    "none"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Filter filter) {
  constexpr std::array<std::string_view, kFilters> names = {
      "none",           "not_asked_for", "not_lapsed",  "outside_window", "not_top_spend", "quality_leaver",
      "natural_end",    "open_return",   "opted_out",   "unreachable",    "ended_36_months",
      "payment_failed", "paused",        "newcomer",    "out_of_season"};
  return names[static_cast<std::size_t>(filter)];
}

void Decisions::resize(std::size_t n) {
  verdict.assign(n, Verdict::filtered);
  kind.assign(n, Class::none);
  filter.assign(n, Filter::none);
  offer.assign(n, kNoOffer);
  best_offer.assign(n, kNoOffer);
  for (std::vector<float>* column : {&worth, &worth_low, &worth_high, &chance_positive, &chance_if_works, &return_chance,
                                     &return_chance_with, &cost, &attention}) {
    column->assign(n, 0.0F);
  }
  propensity.assign(n, 1.0F);
  wait_until.assign(n, 0);
}

}  // namespace model
