#pragma once

#include "base/time.h"

namespace port {

/// Where time comes from. Nothing else in the program asks the machine for the time of day.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual base::Instant now() const = 0;
};

}  // namespace port
