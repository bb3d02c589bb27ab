#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "app/event_intake.h"
#include "app/metrics.h"
#include "port/act_store.h"
#include "port/clock.h"
#include "port/warehouse.h"

namespace app {

/// What monitors and load balancers ask: /readyz and /metrics. Thread-safe; what costs something is looked at anew after some seconds,
/// by one asker while the others get what was seen last.
class Operation {
 public:
  /// How many jobs run and wait.
  using JobCounts = std::function<std::pair<std::uint64_t, std::uint64_t>()>;

  /// Writes further figures in Prometheus' text format.
  using Writer = std::function<void(std::string& to)>;

  /// All outlive this object; the store is used by this object alone.
  Operation(port::ActStore& store, port::Warehouse& warehouse, const EventIntake& events, const port::Clock& clock, JobCounts jobs, Writer more = {});

  http::Response readyz();
  http::Response metrics();

  /// Whether /metrics is asked by a program of this machine, straight: no proxy stands between, and no browser was led here by
  /// another site's name.
  static bool is_local(const http::Request& request, bool behind_proxy);

  RequestCounts& requests() { return requests_; }

 private:
  struct Readiness {
    bool store = false, warehouse = false, spool = false;
    std::string store_says, warehouse_says, spool_says;
    bool ready() const { return store && spool; }
  };
  Readiness readiness();
  Readiness look();
  void count_messages();

  port::ActStore& store_;
  port::Warehouse& warehouse_;
  const EventIntake& events_;
  const port::Clock& clock_;
  const JobCounts jobs_;
  const Writer more_;
  const double started_at_;
  RequestCounts requests_;
  std::mutex looking_;                               // held by who looks; the members below are his
  std::mutex mutex_;
  Readiness last_;                                   // protected by mutex_
  std::chrono::steady_clock::time_point looked_{}, warehouse_asked_{}, counted_{};  // protected by looking_
  bool warehouse_up_ = false;                        // protected by looking_
  std::string warehouse_problem_;                    // protected by looking_
  std::map<std::string, std::uint64_t> messages_;    // protected by mutex_
  std::uint64_t running_ = 0;                        // protected by mutex_
};

}  // namespace app
