#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "adapter/clickhouse/open_clickhouse.h"
#include "adapter/clickhouse/transport.h"

namespace adapter::clickhouse {

/// Calls to one warehouse, local or not. A local child that is not there is started, and the call repeated: reads and
/// definitions may run twice, inserts carry a token. A child killed a moment ago may still accept and then drop a few
/// connections while the system takes it apart, so there are some attempts, with a pause between.
class Session {
 public:
  static base::Result<std::unique_ptr<Session>> open(const Config& config);

  /// `make` gives the call anew for each attempt (an upload cannot be rewound).
  template <class Make>
  base::Result<Reply> start(const Make& make) {
    return repeated([&] { return transport_->start(make()); });
  }

  /// One attempt, for a body that exists once only.
  base::Result<Reply> start_once(const Call& call) { return transport_->start(call); }

  /// The same as `start`, and the whole answer; an answer broken off is repeated too.
  template <class Make>
  base::Result<std::string> finish(const Make& make) {
    return repeated([&] { return transport_->finish(make()); });
  }

  bool local() const { return !socket_.empty(); }
  const Config& config() const { return config_; }

 private:
  explicit Session(const Config& config) : config_(config) {}
  base::Result<void> ensure_child();

  template <class Attempt>
  auto repeated(const Attempt& attempt, std::size_t pause = 0) -> decltype(attempt()) {
    constexpr std::array pauses_ms = {0, 200, 1000};
    auto outcome = attempt();
    if (outcome || outcome.error().code != base::Code::unavailable || socket_.empty() || pause == pauses_ms.size()) return outcome;
    std::this_thread::sleep_for(std::chrono::milliseconds{pauses_ms[pause]});
    WB_TRY(ensure_child());
    return repeated(attempt, pause + 1);
  }

  Config config_;
  std::string socket_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace adapter::clickhouse
