#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "act/deliver/conductor.h"
#include "base/error.h"
#include "port/act_store.h"

namespace app {

/// One code used with one order.
struct Redemption {
  std::string code;                    ///< as the customer wrote it; capitals do not matter where codes are in capitals
  std::string order_id;
  std::optional<std::int64_t> amount;  ///< what it cost, in hundredths; none: what it was expected to cost
  base::Instant at;
};

/// The code as it is stored, or nothing: as written, else in capitals.
base::Result<std::optional<model::Code>> find_code(std::string_view written, port::CodeStore& codes);

/// Marks the code redeemed and tells the customer's journey, both or neither. The same order again changes nothing.
/// `not_found` when no such code was given out, `conflict` when another order used it or it was over at that moment,
/// `unavailable` when the Store is busy. Call it within a transaction.
base::Result<model::Code> redeem(const Redemption& redemption, port::ActStore& store, act::deliver::Conductor& conductor, base::Instant now);

}  // namespace app
