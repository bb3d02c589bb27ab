#pragma once

#include <cstdint>

#include "console/workspace.h"

namespace console {

/// Keeps the analysis fresh by itself: when facts came in since the last one and it is an hour old, a new one is asked for,
/// as long work beside the sending. Nothing happens before the first analysis somebody asked for. For one thread.
class Refresh {
 public:
  explicit Refresh(Workspace& at) : at_(at) {}

  /// To be called now and then; looks at most once a minute.
  base::Result<void> look();

 private:
  base::Result<bool> is_stale(base::Instant now);

  Workspace& at_;
  base::Instant next_{};
  std::uint64_t events_seen_ = 0;
};

/// Begins an analysis; `conflict` while one waits or runs.
base::Result<std::string> begin_analysis(Workspace& at, std::string_view by);

}  // namespace console
