#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tests {

/// What one simulated campaign found wrong, and how much happened in it.
struct RunReport {
  std::vector<std::string> wrong;  ///< sentences; empty = every promise was kept
  std::uint64_t calls = 0, taken = 0, ghosts = 0, crashes = 0, unknown = 0, in_app = 0, finished = 0, replays = 0;
  std::uint64_t opt_outs = 0, jumps = 0, points = 0, pauses = 0;
};

struct RunOptions {
  std::uint64_t seed = 1;
  std::uint32_t customers = 24;
  std::int32_t days = 60;
  bool trace = false;  ///< prints every action: how a failing seed is read
};

/// A whole campaign of so many days against a provider with faults, with several workers, a seeded scheduler, crashes at
/// named points, clock jumps and customers who answer; then everything is settled and the promises are checked. The same
/// options give the same run.
RunReport run_campaign(const RunOptions& options);

}  // namespace tests
