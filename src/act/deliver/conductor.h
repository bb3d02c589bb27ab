#pragma once

#include <cstddef>
#include <string_view>

#include "act/deliver/score.h"
#include "act/journey/machine.h"
#include "port/act_store.h"

namespace act::deliver {

/// Walks customers through their journeys: every step, with the message it puts into the outbox and the place it takes
/// under the caps, is one transaction. Used by one thread at a time; several may run on one Store.
class Conductor {
 public:
  /// All outlive this object.
  Conductor(port::ActStore& store, Score& score, CrashPoint crash = {});

  /// Lets the customer in and takes the first steps. False when this entry exists already. A control walks the same way.
  base::Result<bool> enrol(model::Enrolment draft, std::string_view facts_json, base::Instant now);

  /// Goes on with waiting enrolments of running campaigns whose time has come, at most `limit` of each campaign in one
  /// transaction each. Gives how many moved.
  base::Result<std::size_t> wake(base::Instant now, std::size_t limit);

  /// Takes in something that came back or happened, once for its key: keeps it, acts on consent and suppression, notes
  /// the sign of life, and tells the journeys concerned. Clicks and opens that are more likely a machine's are only kept.
  /// False when it was known.
  base::Result<bool> take(const model::Response& response, base::Instant now);

  /// Tells the customer's journeys of an event by its own name.
  base::Result<void> happened(std::string_view customer, std::string_view event, base::Instant now);

  /// A message that is not of a journey: a test or a seed's copy.
  base::Result<bool> post(model::Message message, base::Instant now);

 private:
  base::Result<void> advance(const model::Enrolment& enrolment, const journey::Input& input, base::Instant now);
  base::Result<void> apply(const journey::Transition& transition, base::Instant now);
  base::Result<void> send(const model::Enrolment& enrolment, const journey::Send& send, base::Instant now);
  base::Result<std::vector<std::string>> channels_for(const model::Message& message, const model::MessageStep& step,
                                                      const model::Person& person, base::Instant now);
  base::Result<void> call(const model::Enrolment& enrolment, const journey::CallWebhook& call, base::Instant now);
  base::Result<void> let_go(const model::Enrolment& enrolment, base::Instant now);
  base::Result<std::optional<journey::World::Issued>> issue(const std::string& offer, const model::Enrolment& enrolment,
                                                            base::Instant now);
  base::Result<void> note(const model::Response& response, base::Instant now);
  base::Result<std::optional<model::ContactPoint>> point_reached(const model::Response& response,
                                                                 const std::optional<model::Message>& message);
  base::Result<bool> keeps_bouncing(const model::Response& response, std::string_view channel);
  base::Result<void> pause_on_complaints(std::string_view campaign, base::Instant now);
  void at(std::string_view point) const {
    if (crash_) crash_(point);
  }

  port::ActStore& store_;
  Score& score_;
  CrashPoint crash_;
};

}  // namespace act::deliver
