#pragma once

#include <string>
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
  base::FactLookup facts;           ///< for branches
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
};

/// The whole behaviour of a journey: from one state and one input to the next state and its effects. Pure but for
/// `issue`. An input that does not concern the state (a late timer, an event nobody waits for, anything after the end)
/// changes nothing. Goes through at most 100 steps at once; a journey that needs more finishes with "endless".
base::Result<Transition> advance(const model::Journey& journey, const model::Enrolment& enrolment, const Input& input,
                                 const World& world, base::Instant now);

}  // namespace act::journey
