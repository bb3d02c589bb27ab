#pragma once

#include <string>
#include <vector>

#include "app/saved_plan.h"
#include "console/rows.h"
#include "text/language.h"

namespace console {

/// Decisions read row by row and told with the sentences of the report.
class DecisionRows {
 public:
  /// A row of `console_decisions` or `console_decisions_of`.
  void take(const Row& row);

  std::size_t size() const { return customer_.size(); }
  const std::string& plan_of(std::size_t i) const { return plan_[i]; }

  /// JSON objects of api/openapi.yaml (Decision), in the order they came. `plans` holds every plan among them that can
  /// still be read; rows of others keep their figures and have no sentence.
  std::vector<std::string> to_json(const std::vector<app::SavedPlan>& plans, text::Language language) const;

 private:
  struct Told {
    std::string verdict, kind, filter, offer, best_offer, as_of, wait_until, item;
    double worth, worth_low, worth_high, chance_positive, chance_if_works, return_chance, return_chance_with, cost, attention;
    double year, silent, purchases, spend, returned;
    std::int32_t first_day, last_day, wait_day, as_of_day;
    std::int64_t wave;
  };
  std::string sentence_json(std::size_t i, const app::SavedPlan* plan, text::Language language) const;

  std::vector<std::string> customer_, plan_;
  std::vector<Told> rows_;
};

}  // namespace console
