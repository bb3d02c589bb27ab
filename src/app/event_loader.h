#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "collect/spool/spool.h"
#include "port/act_store.h"
#include "port/warehouse.h"

namespace app {

/// Brings sealed segments of the spool into the warehouse, each under a token of its own: the same segment again adds nothing.
/// Used by one thread.
class EventLoader {
 public:
  /// Makes the tables it needs. All outlive this object.
  static base::Result<EventLoader> open(collect::spool::Spool& spool, port::Warehouse& warehouse, port::ActStore& store, base::Zone zone,
                                        std::string currency);

  /// What a segment brought.
  struct Loaded {
    std::size_t events = 0;
    std::size_t other_currency = 0;
    std::vector<std::string> buyers;  ///< whose orders came or went, each once
  };

  /// One segment, whole. On failure nothing is lost: the same call again goes on.
  base::Result<Loaded> load(const collect::spool::Spool::Sealed& segment);

 private:
  EventLoader(collect::spool::Spool& spool, port::Warehouse& warehouse, port::ActStore& store, base::Zone zone, std::string currency);
  base::Result<void> copy_identities();

  collect::spool::Spool& spool_;
  port::Warehouse& warehouse_;
  port::ActStore& store_;
  base::Zone zone_;
  std::string currency_;
  bool tables_ = false;
};

/// A ClickHouse literal of texts for an Array(String) parameter.
std::string text_array(const std::vector<std::string>& texts);

}  // namespace app
