#include "app/feedback_loader.h"

namespace app {

using base::Column;
using base::ColumnKind;
using base::Result;

namespace {

constexpr std::size_t kAtOnce = 5000;

}  // namespace

Result<std::size_t> load_feedback(port::ActStore& store, port::Warehouse& warehouse, const base::Zone& zone) {
  WB_ASSIGN(const auto said, store.back().unsaid(kAtOnce));
  if (said.empty()) return 0;
  Column customer{"customer_id", ColumnKind::text}, id{"feedback_id", ColumnKind::text}, at{"said_at", ColumnKind::instant}, day{"local_day", ColumnKind::day},
      kind{"kind", ColumnKind::text}, score{"score", ColumnKind::f64}, language{"language", ColumnKind::text}, order{"order_id", ColumnKind::text},
      reason{"reason", ColumnKind::text}, text{"text", ColumnKind::text}, version{"version", ColumnKind::u64};
  for (const model::Feedback& one : said) {
    customer.text().push_back(one.customer_id);
    id.text().push_back(one.feedback_id);
    at.as<std::int64_t>().push_back(base::millis(one.said_at));
    day.as<std::int32_t>().push_back(base::day_number(zone.local_day(one.said_at)));
    kind.text().push_back(one.kind);
    score.as<double>().push_back(one.score.value_or(0));
    score.nulls.push_back(one.score ? 0 : 1);
    language.text().push_back(one.language);
    order.text().push_back(one.order_id);
    reason.text().push_back(one.reason);
    text.text().push_back(one.text);
    version.as<std::uint64_t>().push_back(static_cast<std::uint64_t>(one.id));
  }
  base::Block block;
  for (Column* column : {&customer, &id, &at, &day, &kind, &score, &language, &order, &reason, &text, &version}) block.columns.push_back(std::move(*column));
  WB_TRY(warehouse.insert("feedback", fmt::format("feedback:{}:{}-{}", store.workspace_id(), said.front().id, said.back().id), block));
  WB_TRY(store.back().said(said.back().id));
  return said.size();
}

}  // namespace app
