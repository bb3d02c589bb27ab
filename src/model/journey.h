#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/condition.h"
#include "base/time.h"
#include "model/message.h"

namespace model {

/// A text in en, zh-CN and zh-TW.
using Texts = std::array<std::string, 3>;

/// A place among the steps; kEnd = the journey is over.
using StepIndex = std::uint32_t;
inline constexpr StepIndex kEnd = 0xFFFFFFFF;

/// Every channel a message can go by.
inline constexpr std::array<std::string_view, 8> kChannels = {"email", "in_app", "sms", "push", "wechat", "wechat_mini", "wechat_reply", "wecom"};

/// In a message step's channels: whichever worked for this customer.
inline constexpr std::string_view kBestChannel = "best";

/// Hands a message to the outbox and waits until its fate is known.
struct MessageStep {
  std::string letter;             ///< "five-letters/memory"
  std::vector<std::string> channels = {"email"};  ///< the first that reaches the customer; "best": by what worked for them
  Purpose purpose = Purpose::marketing;
  std::chrono::seconds valid_for{std::chrono::days{7}};  ///< later than this it is dropped, not sent
  bool says_last = false;  ///< it calls the offer the last one: no better one for 60 days
};

struct WaitStep {
  std::chrono::seconds duration{0};
};

/// Until the wall clock of the customer shows this time on one of these weekdays.
struct WaitUntilStep {
  std::int32_t minute_of_day = 0;
  std::uint8_t weekdays = 0x7F;  ///< bit 0 = Monday
};

/// Until one of these events, at most so long.
struct WaitForStep {
  std::vector<std::string> events;
  std::chrono::seconds at_most{0};
  StepIndex otherwise = kEnd;  ///< when the time is over; `Step::next` when the event came
};

struct BranchStep {
  struct Case {
    std::string text;  ///< as written
    base::Condition when;
    StepIndex to = kEnd;
  };
  std::vector<Case> cases;  ///< the first that holds; else `Step::next`
};

/// A random split by a salted hash of the customer; its propensity is kept.
struct SplitStep {
  struct Arm {
    std::string name;
    double share = 0;  ///< of 1; all sum to 1
    StepIndex to = kEnd;
  };
  std::vector<Arm> arms;
};

/// Gives the customer an offer: issues a code of their own, within the offer's budget. Nothing happens to controls.
struct OfferStep {
  std::string offer;                ///< an offer's id; "plan" = what the plan chose for this customer
  StepIndex if_none = kEnd;         ///< where it goes when the budget is used up, or the plan chose no money
};

/// Asks a person to do something.
struct TaskStep {
  std::string queue;
  Texts title;
  Texts script;
  std::chrono::seconds deadline{std::chrono::hours{48}};
};

struct WebhookStep {
  std::string url;
};

struct TagStep {
  std::vector<std::string> add;
  std::vector<std::string> remove;
};

struct ExitStep {
  std::string reason;
};

struct Step {
  std::string id;  ///< unique within the journey
  std::int32_t line = 0;
  std::variant<MessageStep, WaitStep, WaitUntilStep, WaitForStep, BranchStep, SplitStep, OfferStep, TaskStep, WebhookStep,
               TagStep, ExitStep>
      what;
  StepIndex next = kEnd;
  std::uint32_t at_most = 0;   ///< begun at most so often for one customer (what a loop needs); 0 = no bound
  StepIndex instead = kEnd;    ///< where it goes when it would be begun once more
};

/// Who enters, and whether again.
struct Entry {
  enum class Kind : std::uint8_t {
    plan,     ///< those a plan approaches; those it held out walk as controls
    segment,  ///< everyone for whom `condition` becomes true
    event,    ///< at an event of this name
    date,     ///< birthday, purchase_anniversary or subscription_end
  };
  Kind kind = Kind::plan;
  std::string name;                     ///< plan id or "latest"; event name; date name
  std::string condition;                ///< segment, or a further condition on any entry; the language of `plan --where`
  std::int32_t days_before = 0;         ///< of a date entry
  std::optional<std::chrono::days> again_after;  ///< re-entry allowed so long after the last entry; none = never again
  std::optional<double> holdout;        ///< share of controls of entries other than a plan's; none = by size (design §3)
  std::int32_t line = 0;
};

/// A journey as written in one YAML file.
struct Journey {
  std::string id;
  Texts title;
  Texts about;              ///< the situation it answers, for those who choose a journey; may be empty
  std::string topic;        ///< what the customer agrees or objects to: "win_back", "tips", …
  Entry entry;
  std::vector<Step> steps;  ///< the first is where it begins
  std::vector<std::string> exits;  ///< events that end it at any time: bought, opted_out, complained, answered, or a name
  bool safe_for_running = false;   ///< customers on the way may be moved to this version
  bool last_offer = false;  ///< one of its messages says an offer is the last
  std::vector<std::pair<std::string, std::string>> sample;  ///< properties of an invented entering event, for previews and rehearsals
};

enum class EnrolmentState : std::uint8_t { waiting, sending, finished };
std::string_view name_of(EnrolmentState state);

/// One customer on one journey. All state a journey has; it changes only through act::journey::advance.
struct Enrolment {
  std::int64_t id = 0;
  std::string campaign_id;
  std::uint32_t version = 1;
  std::string customer_id;
  std::uint32_t entry_number = 1;  ///< of this customer into this campaign
  bool control = false;
  double propensity = 1;           ///< of the arm it is in
  base::Instant entered_at;
  std::string step;                ///< id of the step it stands at
  EnrolmentState state = EnrolmentState::waiting;
  std::optional<base::Instant> wake_at;       ///< waiting: when it goes on by itself
  std::vector<std::pair<std::string, std::uint32_t>> visits;  ///< how often each step was begun
  std::string offer_id;            ///< of the plan, or given by an offer step
  std::string code;
  std::optional<base::Instant> code_ends;
  std::string exit_reason;
  std::optional<base::Instant> finished_at;
};

}  // namespace model
