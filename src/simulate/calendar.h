#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "simulate/world.h"

namespace simulate {

/// Writes moments as clocks in one zone show them.
class Calendar {
 public:
  Calendar(const World& world, const base::Zone& zone);

  /// Appends 2025-03-04T18:22:10+01:00; t in days since the world's start, its fraction of a day turned into the hours
  /// people are awake. t may lie up to kBeyond past the end.
  void stamp(std::string& out, double t) const;

 private:
  std::vector<std::string> dates_;    ///< "2025-03-04T"
  std::vector<std::string> offsets_;  ///< "+01:00"
};

}  // namespace simulate
