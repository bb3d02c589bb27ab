#pragma once

#include "app/doorway.h"
#include "app/event_routes.h"
#include "app/landing_pages.h"

namespace app {

/// What the shop's app asks: where a link leads. POST /v1/deferred with a write key and {"link": token of /l/:token} or, on the
/// app's first start, {"referrer": "wb_…"} as Android's install referrer hands it over. No fingerprints: an app that was not
/// told a token is told nothing. Thread-safe.
class AppRoutes {
 public:
  /// All outlive this object.
  AppRoutes(Doorway& door, LandingPages& landing, EventRoutes& keys) : door_(door), landing_(landing), keys_(keys) {}

  /// Adds the route. This object outlives the router.
  void mount(http::Router& router);

 private:
  http::Response deferred(const http::Request& request);

  Doorway& door_;
  LandingPages& landing_;
  EventRoutes& keys_;
  http::RateLimiter by_sender_{2, 60};
};

}  // namespace app
