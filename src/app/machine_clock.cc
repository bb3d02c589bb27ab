#include "app/machine_clock.h"

namespace app {
namespace {

class MachineClock : public port::Clock {
 public:
  base::Instant now() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace

const port::Clock& machine_clock() {
  static const MachineClock clock;
  return clock;
}

}  // namespace app
