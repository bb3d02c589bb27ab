#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "act/deliver/conductor.h"
#include "app/desk.h"
#include "app/entrance.h"
#include "base/error.h"
#include "port/act_store.h"
#include "port/warehouse.h"

namespace app {

/// Something the program itself found out about a customer, for journeys: points that end, a tier that was reached.
struct OwnEvent {
  std::string customer_id;
  std::string name;
  std::string id;          ///< the same id enters a campaign once
  std::string properties;  ///< JSON object
  std::string notice;      ///< remembered under this name once it was told; empty: not
};

/// Tells journeys, as an event that was sent in would: ends and moves those that wait for it, and lets in. All parts outlive it; one thread.
class OwnEvents {
 public:
  OwnEvents(port::ActStore& store, port::Warehouse& warehouse, Desk& desk, act::deliver::Conductor& conductor, Entrance& entrance)
      : store_(store), warehouse_(warehouse), desk_(desk), conductor_(conductor), entrance_(entrance) {}

  /// Whether a running campaign is entered by it.
  base::Result<bool> awaited(std::string_view name);
  base::Result<void> tell(const std::vector<OwnEvent>& events, base::Instant now);

 private:
  port::ActStore& store_;
  port::Warehouse& warehouse_;
  Desk& desk_;
  act::deliver::Conductor& conductor_;
  Entrance& entrance_;
};

}  // namespace app
