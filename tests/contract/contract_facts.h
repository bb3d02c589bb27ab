#pragma once

#include <string_view>

#include "base/block.h"
#include "tests/support/fake_warehouse.h"

namespace tests {

/// The contract's table: one column of every kind, some that may be missing.
extern const std::string_view kCreateFacts;
extern const std::string_view kSelectFacts;

/// Rows at the edges of every kind.
base::Block facts_of_every_kind();

/// Teaches the fake the statements of the contract.
void answer_contract(FakeWarehouse& fake);

}  // namespace tests
