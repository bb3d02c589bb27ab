#include "understand/business/by_person.h"

#include <string>
#include <vector>

#include "base/interleave.h"
#include "gen/sql_warehouse.h"

namespace understand::business {
namespace {

using base::Block;
using base::ColumnKind;
using base::Result;

std::string replaced(std::string_view sql, bool joined) {
  std::string text{sql};
  for (const std::string_view table : {"order_lines", "events", "customers"}) {
    const std::string from = fmt::format("FROM {} FINAL", table);
    const std::string to =
        joined ? fmt::format("FROM (SELECT * EXCEPT (customer_id, joined_id, joined_as), joined_as AS customer_id "
                             "FROM (SELECT * FROM {} FINAL WHERE customer_id IN (SELECT customer_id FROM identities)) AS facts "
                             "INNER JOIN (SELECT customer_id AS joined_id, person_id AS joined_as FROM identities FINAL) AS people "
                             "ON people.joined_id = facts.customer_id)",
                             table)
               : fmt::format("FROM (SELECT * FROM {} FINAL WHERE customer_id NOT IN (SELECT customer_id FROM identities))", table);
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace

Result<void> select_by_person(const port::Statement& statement, port::Warehouse& warehouse, const base::BlockSink& sink) {
  std::uint64_t joined = 0;
  WB_TRY(warehouse.select({gen::warehouse::count_identities.name, gen::warehouse::count_identities.text}, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* ids, block.need("ids", ColumnKind::u64));
    for (const std::uint64_t one : ids->as<std::uint64_t>()) joined += one;
    return {};
  }));
  if (joined == 0) return warehouse.select(statement, sink);
  std::vector<Block> others;
  const std::string of_joined = replaced(statement.sql, true), of_others = replaced(statement.sql, false);
  WB_TRY(warehouse.select({statement.name, of_joined, statement.parameters}, [&](Block&& block) -> Result<void> {
    others.push_back(std::move(block));
    return {};
  }));
  base::Interleave interleave{"customer_id", std::move(others), sink};
  WB_TRY(warehouse.select({statement.name, of_others, statement.parameters}, [&](Block&& block) { return interleave.add(std::move(block)); }));
  return interleave.finish();
}

}  // namespace understand::business
