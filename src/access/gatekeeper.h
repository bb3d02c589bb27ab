#pragma once

#include <functional>
#include <set>
#include <string>

#include "access/audit.h"
#include "access/gate.h"
#include "access/sessions.h"
#include "gen/routes.h"
#include "http/rate_limiter.h"
#include "port/act_store.h"
#include "port/clock.h"

namespace entry {

/// Whether a request that changes something comes from our own page as far as the browser says: Sec-Fetch-Site and Origin,
/// where they are sent, name this site, and a body is of no kind that a form of another site could send.
bool is_from_our_page(const http::Request& request);

/// The verdict of api/openapi.yaml on a route; null when it has none.
const gen::Route* verdict_on(std::string_view method, std::string_view pattern);

/// The gate of the running program: sessions for people, keys for programs. Thread-safe.
class Gatekeeper final : public Gate {
 public:
  /// All of them outlive this object.
  Gatekeeper(port::ActStore& store, const port::Clock& clock, Sessions& sessions, Audit& audit)
      : store_(store), clock_(clock), sessions_(sessions), audit_(audit) {}

  void guard(http::Router& router, std::string_view method, std::string_view pattern, Guarded handler) override;

  /// Aborts when a route of the router has no verdict, or one that names roles or a scope without this gate before it: it
  /// is a mistake of ours. To be called when every route is there.
  void check(const http::Router& router) const;

 private:
  http::Response pass(const gen::Route& route, const http::Request& request, const Guarded& handler);
  http::Response pass_key(const gen::Route& route, std::string_view presented, const http::Request& request, const Guarded& handler);
  http::Response pass_person(const gen::Route& route, const http::Request& request, const Guarded& handler);
  http::Response stranger(const http::Request& request);

  port::ActStore& store_;
  const port::Clock& clock_;
  Sessions& sessions_;
  Audit& audit_;
  std::set<std::string> guarded_;           // "GET /api/inbox"
  http::RateLimiter by_key_{100, 500};
  http::RateLimiter by_person_{50, 300};
  http::RateLimiter by_stranger_{0.5, 20};  // requests with keys and sessions that are none
};

}  // namespace entry
