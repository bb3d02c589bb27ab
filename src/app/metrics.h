#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "app/event_health.h"
#include "http/message.h"
#include "http/router.h"

namespace app {

/// Requests by route and status, with how long they took: counters and one histogram a route. Thread-safe.
class RequestCounts {
 public:
  /// Upper bounds in seconds; the last bucket has none.
  static constexpr std::array<double, 11> kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};

  /// `pattern` is the route's ("/p/:token"), never the path: paths hold signed links.
  void add(std::string_view method, std::string_view pattern, int status, std::chrono::duration<double> took);

  /// In Prometheus' text format.
  void write(std::string& to) const;

 private:
  struct Route {
    std::map<int, std::uint64_t> statuses;
    std::array<std::uint64_t, kBounds.size() + 1> buckets{};
    double seconds = 0;
    std::uint64_t requests = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Route> routes_;  // by method and pattern; protected by mutex_
};

/// The pattern of the route that answers a request; "other" when none does.
std::string_view pattern_of(const http::Router& router, const http::Request& request);

/// What a monitor asks beside requests.
struct Figures {
  EventHealth events;
  std::map<std::string, std::uint64_t> messages;   ///< of running and past campaigns, by state
  std::uint64_t campaigns_running = 0;
  std::uint64_t jobs_running = 0, jobs_waiting = 0;
  bool warehouse_up = false;
  bool ready = false;
  std::uint64_t resident_bytes = 0;
  double started_at = 0;  ///< seconds since the epoch
};

/// All of it in Prometheus' text format (version 0.0.4).
std::string metrics_text(const RequestCounts& requests, const Figures& figures);

/// Resident memory of this process; 0 where the system does not tell.
std::uint64_t resident_bytes();

}  // namespace app
