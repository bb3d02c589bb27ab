#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/event_intake.h"
#include "http/rate_limiter.h"
#include "http/router.h"
#include "port/act_store.h"
#include "port/clock.h"

namespace app {

/// POST /v1/{identify,track,page,screen,group,alias,batch}, as Segment's HTTP API answers them; described in docs/events.md.
/// The key comes as the user of Basic, as Bearer or as "writeKey" in the body. Thread-safe.
class EventRoutes {
 public:
  /// All outlive this object. Browsers may send from pages of these origins.
  EventRoutes(EventIntake& intake, port::ActStore& store, const port::Clock& clock, std::vector<std::string> origins);

  /// Adds the routes. This object outlives the router.
  void mount(http::Router& router);

  /// The answer to a browser that asks whether it may send; nothing for any other request.
  std::optional<http::Response> preflight(const http::Request& request) const;

  /// Whether the key a request shows is a living one.
  base::Result<bool> knows(const http::Request& request);

  /// Lets a page of the shop's read the answer.
  void allow_origin(const http::Request& request, http::Response& response) const;

 private:
  http::Response take(const http::Request& request, std::optional<collect::stream::Kind> kind);
  http::Response answer(const http::Request& request, std::optional<collect::stream::Kind> kind);
  base::Result<bool> is_key(std::string_view presented);

  EventIntake& intake_;
  port::ActStore& store_;
  const port::Clock& clock_;
  const std::vector<std::string> origins_;
  http::RateLimiter by_stranger_{0.5, 20};  // requests with keys that are none
  std::mutex mutex_;
  std::vector<std::string> digests_;        // of living keys; protected by mutex_
  base::Instant looked_at_{};               // protected by mutex_
};

}  // namespace app
