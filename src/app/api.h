#pragma once

#include <functional>
#include <string>

#include "access/gate.h"
#include "act/respond/token.h"
#include "app/public_pages.h"
#include "http/router.h"
#include "port/act_store.h"
#include "port/clock.h"

namespace app {

/// The program's interface for other programs, under /api; described in docs/api.md. Every route wants a key
/// (`Authorization: Bearer wb_…`) with its scope; the gate sees to that.
/// Bodies and answers are JSON; errors are {"error": {"code", "message"}}. Thread-safe.
///   GET  /api/inbox?customer_id=…       in-app messages, newest first
///   POST /api/inbox/:id/read, /click    {customer_id}
///   GET  /api/codes/:code               what a code is worth now
///   POST /api/codes/:code/redeem        {order_id, amount?}: once for each order, and by one order only
///   POST /api/responses                 {key, kind, send_key | reference, at?}: a provider's event
///   POST /api/bounces                   one raw message from a bounce or complaint address
class Api {
 public:
  /// Store and clock outlive this object; of the actions it uses `conduct`.
  Api(port::ActStore& store, const port::Clock& clock, PublicActions actions, act::respond::Sign sign);

  /// Adds the routes behind the gate. This object outlives the router.
  void mount(http::Router& router, entry::Gate& gate);

 private:
  using Method = http::Response (Api::*)(const http::Request&);
  http::Response inbox(const http::Request& request);
  http::Response inbox_read(const http::Request& request);
  http::Response inbox_click(const http::Request& request);
  http::Response inbox_answer(const http::Request& request, model::ResponseKind kind);
  http::Response code(const http::Request& request);
  http::Response redeem_code(const http::Request& request);
  http::Response response(const http::Request& request);
  http::Response bounce(const http::Request& request);

  port::ActStore& store_;
  const port::Clock& clock_;
  PublicActions actions_;
  act::respond::Sign sign_;
};

}  // namespace app
