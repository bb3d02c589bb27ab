#include <cstdio>

#include "app/describe_reasons.h"
#include "app/steps.h"
#include "app/verbs.h"
#include "gen/sql_warehouse.h"

namespace app {

using base::Code;
using base::ColumnKind;
using base::fail;
using base::Result;

namespace {

/// What the customer wrote, newest first.
Result<std::vector<Quote>> quotes_of(const std::string& customer, base::Day as_of, port::Warehouse& warehouse) {
  std::vector<Quote> quotes;
  const auto& sql = gen::warehouse::customer_feedback;
  WB_TRY(warehouse.select({sql.name, sql.text, {{"customer", customer}, {"as_of", base::to_string(as_of)}}}, [&](base::Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* kind, block.need("kind", ColumnKind::text));
    WB_ASSIGN(const auto* day, block.need("day", ColumnKind::i32));
    WB_ASSIGN(const auto* words, block.need("text", ColumnKind::text));
    for (std::size_t row = 0; row < block.rows(); ++row) {
      quotes.push_back({std::string{kind->text()[row]}, base::day_from_number(day->as<std::int32_t>()[row]), std::string{words->text()[row]}});
    }
    return {};
  }));
  return quotes;
}

}  // namespace

Result<void> run_reasons(const CommonOptions& common, const ReasonsOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(const AnalyzeStep step, analyze_step(*context, options.as_of, options.business));
  std::string text;
  if (options.customer.empty()) {
    text = context->json() ? reasons_json(step) : describe_reasons(step, context->language());
  } else {
    const model::Profiles& profiles = step.analysis.profiles;
    std::size_t row = 0;
    while (row < profiles.size() && profiles.customer_id[row] != options.customer) ++row;
    if (row == profiles.size()) return fail(Code::not_found, "no customer '{}' has bought anything; ids are written as they were imported", options.customer);
    WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
    WB_ASSIGN(const std::vector<Quote> quotes, quotes_of(options.customer, profiles.as_of, *warehouse));
    text = context->json() ? reasons_json_of(step, row, quotes) : describe_reasons_of(step, row, quotes, context->language());
  }
  std::fputs(text.c_str(), stdout);
  return {};
}

}  // namespace app
