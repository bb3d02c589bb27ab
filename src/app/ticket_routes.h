#pragma once

#include "access/gate.h"
#include "app/doorway.h"
#include "app/ticket_intake.h"
#include "http/router.h"
#include "port/act_store.h"
#include "port/clock.h"

namespace app {

/// What a help desk tells, with a key of the scope `tickets`. Thread-safe.
///   POST /api/tickets   one ticket or call, as it stands now: {"result": "taken" | "known" | "stranger", "open", "urgent"}
class TicketRoutes {
 public:
  /// All outlive this object; of the actions it uses `conduct`.
  TicketRoutes(port::ActStore& store, const port::Clock& clock, PublicActions actions, const act::respond::ReplyRules& rules, text::Language shop_language);

  /// Adds the route behind the gate. This object outlives the router.
  void mount(http::Router& router, entry::Gate& gate);

 private:
  http::Response take(const http::Request& request);

  port::ActStore& store_;
  const port::Clock& clock_;
  const PublicActions actions_;
  const act::respond::ReplyRules& rules_;
  const text::Language language_;
};

}  // namespace app
