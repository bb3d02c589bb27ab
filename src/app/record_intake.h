#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "act/deliver/conductor.h"
#include "base/block.h"
#include "base/error.h"
#include "collect/rejects.h"
#include "port/act_store.h"

namespace app {

// Records of imported files into the Store; each call is one transaction (collect::RecordSink). Telling the same records
// again changes nothing.

/// Statements of customers. One that withdraws what a journey of theirs rests on ends that journey at once, as a click on
/// "unsubscribe" would; withdrawals of other channels are seen when their messages are about to go.
struct ConsentIntake {
  port::ActStore& store;
  act::deliver::Conductor& conductor;
  base::Instant now;

  std::uint64_t fresh = 0;    ///< statements not known before
  std::uint64_t ended = 0;    ///< journeys
  base::Result<void> take(std::uint32_t import_id, const base::Block& block, collect::Rejects& rejects);

 private:
  base::Result<std::vector<std::string>> customers_of(std::string_view id, std::string_view email);
  base::Result<void> end_journeys(const model::ConsentRecord& withdrawn);
};

/// Codes used in the shop, with their orders. Unknown codes, codes of other orders and codes that were over by then are
/// rejects.
struct RedemptionIntake {
  port::ActStore& store;
  act::deliver::Conductor& conductor;
  base::Instant now;

  base::Result<void> take(const base::Block& block, collect::Rejects& rejects);
};

/// A pool of codes for one offer. Codes that are another offer's are rejects.
struct PoolIntake {
  port::ActStore& store;
  std::string offer;

  std::uint64_t fresh = 0;
  base::Result<void> take(const base::Block& block, collect::Rejects& rejects);
};

}  // namespace app
