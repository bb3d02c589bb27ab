#pragma once

#include "base/error.h"
#include "port/warehouse.h"

namespace understand::business {

/// Runs a query that gives rows ordered by customer_id, with facts of ids that are one person under that person's id. Facts of everyone else are
/// streamed as they lie; those of the joined, few, are read first and put in where they belong. Where nobody is joined it costs
/// a look. The query names its tables as `FROM order_lines FINAL`, `FROM events FINAL` or `FROM customers FINAL`.
base::Result<void> select_by_person(const port::Statement& statement, port::Warehouse& warehouse, const base::BlockSink& sink);

}  // namespace understand::business
