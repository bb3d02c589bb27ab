#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "adapter/clickhouse/open_clickhouse.h"
#include "adapter/clickhouse/transport.h"

namespace adapter::clickhouse {

/// Calls to one warehouse, local or not. A local child that is not there is started, and the call repeated once: reads
/// and definitions may run twice, inserts carry a token.
class Session {
 public:
  static base::Result<std::unique_ptr<Session>> open(const Config& config);

  /// `make` gives the call anew for each attempt (an upload cannot be rewound).
  template <class Make>
  base::Result<Reply> start(const Make& make) {
    auto reply = transport_->start(make());
    if (reply || reply.error().code != base::Code::unavailable || socket_.empty()) return reply;
    WB_TRY(ensure_child());
    return transport_->start(make());
  }

  /// One attempt, for a body that exists once only.
  base::Result<Reply> start_once(const Call& call) { return transport_->start(call); }

  /// The same as `start`, and the whole answer; an answer broken off is repeated too.
  template <class Make>
  base::Result<std::string> finish(const Make& make) {
    auto text = transport_->finish(make());
    if (text || text.error().code != base::Code::unavailable || socket_.empty()) return text;
    WB_TRY(ensure_child());
    return transport_->finish(make());
  }

  bool local() const { return !socket_.empty(); }
  const Config& config() const { return config_; }

 private:
  explicit Session(const Config& config) : config_(config) {}
  base::Result<void> ensure_child();
  Config config_;
  std::string socket_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace adapter::clickhouse
