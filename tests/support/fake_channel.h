#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "port/channel.h"

namespace tests {

/// Chances of what may go wrong with one call; the rest is accepted and answered.
struct ProviderFaults {
  double refused = 0;         ///< certainly not taken
  double throttled = 0;       ///< 429
  double rejected = 0;        ///< for good
  double dead_address = 0;
  double accept_then_drop = 0;  ///< taken, the answer never comes
  double accept_then_500 = 0;   ///< taken, and answered as an error
  double dropped = 0;           ///< not taken, the answer never comes
};

/// A provider with a ledger of everything it took, and faults on demand. With `remembers` it deduplicates by send_key.
class FakeChannel final : public port::Channel {
 public:
  struct Call {
    model::Delivery delivery;
    bool taken = false;     ///< a customer got it by this call
    bool answered = true;   ///< clearly: taken or certainly not
    bool repeated = false;  ///< known by its key: nothing new happened
  };

  FakeChannel(std::string name, std::uint64_t seed) : name_(std::move(name)), rng_(seed) {}

  std::string_view name() const override { return name_; }
  std::vector<model::Outcome> send(std::span<const model::Delivery> deliveries) override;
  std::chrono::seconds replay_window() const override { return remembers; }
  model::Outcome look_up(const model::Delivery& delivery) override;

  ProviderFaults faults;
  std::chrono::seconds remembers{0};
  bool answers_look_ups = false;
  std::function<void(const Call&)> on_call;  ///< told at the moment of each call
  std::vector<Call> calls;
  std::map<std::string, int> taken;          ///< by send_key, how often a customer got it

 private:
  model::Outcome take(const model::Delivery& delivery);

  std::string name_;
  base::Rng rng_;
};

}  // namespace tests
