#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/condition.h"
#include "base/time.h"
#include "model/journey.h"

namespace act::journey {

/// What happened to an enrolment.
struct Entered {};
struct Woken {};             ///< its time has come, or its message is settled
struct Happened {            ///< an event of its customer
  std::string name;          ///< bought, clicked, opened, opted_out, complained, answered, or an event's own name
};
using Input = std::variant<Entered, Woken, Happened>;

/// What the caller must do in the same transaction that stores the next state.
struct Send {
  const model::MessageStep* message;
  std::string step;
  std::uint32_t occurrence;  ///< which visit of the step, from 1
};
struct CallWebhook {
  std::string url;
  std::string step;
  std::uint32_t occurrence;
};
struct AskPerson {
  const model::TaskStep* task;
  std::string step;
  std::uint32_t occurrence;
};
struct ChangeTags {
  const model::TagStep* tags;
};
struct Chose {  ///< a random split was drawn
  std::string step;
  std::string arm;
  double propensity;
};
struct Finish {
  std::string reason;
};
using Effect = std::variant<Send, CallWebhook, AskPerson, ChangeTags, Chose, Finish>;

struct Transition {
  model::Enrolment next;
  std::vector<Effect> effects;  ///< in order; pointers live as long as the journey
};

/// What the machine may know and ask while it goes on.
struct World {
  base::FactLookup facts;           ///< for branches; those of facts.h the machine does not know by itself
  const base::Zone* zone = nullptr; ///< of the customer
  std::uint64_t salt = 0;           ///< of the campaign, for splits
  /// Issues a code of the offer for this enrolment, or says that none is to be had. Called at most once for a visit of an
  /// offer step, never for controls. In the caller's transaction.
  struct Issued {
    std::string offer_id;
    std::string code;
    std::optional<base::Instant> ends;
  };
  std::function<base::Result<std::optional<Issued>>(const std::string& offer)> issue;
  /// The code a control would be given now, so that controls walk the same steps for as long as the treated.
  /// Nothing where there would be no code: controls then go the same way as the treated. Empty: codes without an end.
  std::function<std::optional<Issued>(const std::string& offer)> would_issue;
};

/// The whole behaviour of a journey: from one state and one input to the next state and its effects. Pure but for
/// `issue`; the same arguments give the same transition.
///  - A message leaves the enrolment `sending`; Woken then means that it is settled, whatever became of it, and goes on.
///    Settle before handing in what the message brought (a click).
///  - opted_out, complained and erased end any journey, and so do the events in `exits`, in every state.
///  - A control walks every step: Send and Chose are emitted for it too (a ghost is recorded), tasks, webhooks and tags
///    are not, and no code is issued.
///  - An input that does not concern the state (a timer before its time, an event nobody waits for, anything after the
///    end) changes nothing. A Woken at a step this version does not have finishes with "step_gone".
///  - At most 100 steps are passed at once; a journey that needs more finishes with "endless". At most one Send.
/// Fails only when `issue` does.
base::Result<Transition> advance(const model::Journey& journey, const model::Enrolment& enrolment, const Input& input,
                                 const World& world, base::Instant now);

/// Events that end every journey, listed in its exits or not.
bool always_ends(std::string_view event);

/// The index of the step with this id, or kEnd.
model::StepIndex find_step(const model::Journey& journey, std::string_view id);

/// The earliest moment at or after `now` at which the clock of the zone shows this time on one of the step's weekdays.
base::Instant next_time(const model::WaitUntilStep& step, const base::Zone& zone, base::Instant now);

}  // namespace act::journey
