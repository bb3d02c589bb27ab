#include "tests/support/fake_channel.h"

namespace tests {

using model::Outcome;
using model::OutcomeKind;

std::vector<Outcome> FakeChannel::send(std::span<const model::Delivery> deliveries) {
  std::vector<Outcome> outcomes;
  for (const model::Delivery& delivery : deliveries) outcomes.push_back(take(delivery));
  return outcomes;
}

Outcome FakeChannel::take(const model::Delivery& delivery) {
  Call call{.delivery = delivery};
  Outcome outcome;
  double left = rng_.uniform();
  const auto happens = [&left](double chance) { return (left -= chance) < 0; };
  const bool known = remembers.count() > 0 && taken.contains(delivery.send_key);
  const auto accept = [&] {
    call.repeated = known;
    call.taken = !known;
    if (!known) ++taken[delivery.send_key];
  };
  if (happens(faults.refused)) {
    outcome = {.kind = OutcomeKind::retryable, .detail = "connection refused"};
  } else if (happens(faults.throttled)) {
    outcome = {.kind = OutcomeKind::retryable, .detail = "429", .throttled = true, .retry_after = std::chrono::minutes{2}};
  } else if (happens(faults.rejected)) {
    outcome = {.kind = OutcomeKind::rejected, .detail = "550 policy"};
  } else if (happens(faults.dead_address)) {
    outcome = {.kind = OutcomeKind::rejected, .detail = "550 5.1.1 no such user", .address_dead = true};
  } else if (happens(faults.accept_then_drop)) {
    accept();
    outcome = {.kind = OutcomeKind::unknown, .detail = "connection lost"};
  } else if (happens(faults.accept_then_500)) {
    accept();
    outcome = {.kind = OutcomeKind::unknown, .detail = "500"};
  } else if (happens(faults.dropped)) {
    outcome = {.kind = OutcomeKind::unknown, .detail = "connection lost"};
  } else {
    accept();
    outcome = {.kind = OutcomeKind::accepted, .provider_id = "p-" + delivery.send_key};
  }
  call.answered = outcome.kind != OutcomeKind::unknown;
  if (on_call) on_call(call);
  calls.push_back(std::move(call));
  return outcome;
}

Outcome FakeChannel::look_up(const model::Delivery& delivery) {
  if (answers_look_ups && taken.contains(delivery.send_key))
    return {.kind = OutcomeKind::accepted, .provider_id = "p-" + delivery.send_key};
  return {};
}

}  // namespace tests
