#pragma once

#include "port/clock.h"

namespace tests {

/// A clock that stands still until it is moved.
class FakeClock final : public port::Clock {
 public:
  explicit FakeClock(base::Instant at) : at_(at) {}
  base::Instant now() const override { return at_; }
  void set(base::Instant at) { at_ = at; }
  void advance(std::chrono::milliseconds by) { at_ += by; }

 private:
  base::Instant at_;
};

}  // namespace tests
