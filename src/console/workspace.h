#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "access/caller.h"
#include "app/context.h"
#include "app/event_intake.h"
#include "app/public_pages.h"
#include "port/act_store.h"
#include "port/clock.h"
#include "port/warehouse.h"

namespace console {

class Jobs;

/// What the console works on. Everything named here may be used from several threads and outlives the routes.
struct Workspace {
  app::CommonOptions common;   ///< for long work, which opens a context of its own
  std::filesystem::path data;
  port::ActStore& store;       ///< for looking, and for what stands alone
  port::ActStore& acting;      ///< the one `conduct` works on; for use within it
  port::Warehouse& warehouse;
  const port::Clock& clock;
  Jobs& jobs;
  app::EventIntake& events;
  /// Work that touches journeys and letters, one at a time (app::PublicActions::conduct).
  std::function<base::Result<void>(const app::PublicActions::Work& work)> conduct;
  /// Notes who did what; where it cannot be noted the action is not done.
  std::function<base::Result<void>(const entry::Caller& caller, std::string_view action, std::string_view object, std::string_view detail)> audit;
};

}  // namespace console
