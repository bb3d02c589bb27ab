#include "act/journey/machine.h"

#include <algorithm>
#include <array>

#include "base/random.h"

namespace act::journey {
namespace {

using base::Instant;
using base::Result;
using model::Enrolment;
using model::EnrolmentState;
using model::Journey;
using model::kEnd;
using model::Step;
using model::StepIndex;

constexpr int kMostAtOnce = 100;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

/// One call of advance.
class Walk {
 public:
  Walk(const Journey& journey, const Enrolment& enrolment, const World& world, Instant now)
      : journey_(journey), world_(world), now_(now), out_{enrolment, {}} {}

  Result<Transition> take(const Input& input) {
    if (state().state == EnrolmentState::finished) return std::move(out_);
    if (const auto* event = std::get_if<Happened>(&input)) {
      if (always_ends(event->name) || std::ranges::find(journey_.exits, event->name) != journey_.exits.end()) {
        finish(event->name);
        return std::move(out_);
      }
    }
    if (std::holds_alternative<Entered>(input)) {
      if (!state().step.empty()) return std::move(out_);
      WB_TRY(go(journey_.steps.empty() ? kEnd : 0));
      return std::move(out_);
    }
    if (state().step.empty()) return std::move(out_);
    const StepIndex index = find_step(journey_, state().step);
    if (index == kEnd) {
      if (std::holds_alternative<Woken>(input)) finish("step_gone");
      return std::move(out_);
    }
    if (const std::optional<StepIndex> target = after(journey_.steps[index], input); target) WB_TRY(go(*target));
    return std::move(out_);
  }

 private:
  Enrolment& state() { return out_.next; }

  /// Where a standing enrolment goes at the input; nothing when the input does not concern it.
  std::optional<StepIndex> after(const Step& step, const Input& input) {
    const auto* wait_for = std::get_if<model::WaitForStep>(&step.what);
    if (const auto* event = std::get_if<Happened>(&input)) {
      const bool awaited = state().state == EnrolmentState::waiting && wait_for != nullptr &&
                           std::ranges::find(wait_for->events, event->name) != wait_for->events.end();
      if (!awaited) return std::nullopt;
      came_ = event->name;
      return step.next;
    }
    if (state().state == EnrolmentState::sending) return step.next;
    if (!state().wake_at || *state().wake_at > now_) return std::nullopt;
    return wait_for != nullptr ? wait_for->otherwise : step.next;
  }

  void finish(std::string reason) {
    state().state = EnrolmentState::finished;
    state().wake_at.reset();
    state().finished_at = now_;
    state().exit_reason = reason;
    out_.effects.push_back(Finish{std::move(reason)});
  }

  void wait_until(Instant at) {
    state().state = EnrolmentState::waiting;
    state().wake_at = at;
  }

  std::uint32_t& visits(const std::string& id) {
    for (auto& [step, count] : state().visits) {
      if (step == id) return count;
    }
    return state().visits.emplace_back(id, 0).second;
  }

  /// Begins steps from this one on until one makes the enrolment stand still.
  Result<void> go(StepIndex index) {
    for (int passed = 0;; ++passed) {
      if (index >= journey_.steps.size()) {
        finish("completed");
        return {};
      }
      if (passed == kMostAtOnce) {
        finish("endless");
        return {};
      }
      const Step& step = journey_.steps[index];
      std::uint32_t& visit = visits(step.id);
      if (step.at_most > 0 && visit >= step.at_most) {
        index = step.instead;
        continue;
      }
      ++visit;
      state().step = step.id;
      state().state = EnrolmentState::waiting;
      state().wake_at.reset();
      WB_ASSIGN(const std::optional<StepIndex> target, begin(step, visit));
      if (!target) return {};
      index = *target;
    }
  }

  /// Where the step leads at once; nothing when the enrolment stands still there.
  Result<std::optional<StepIndex>> begin(const Step& step, std::uint32_t visit) {
    using Target = Result<std::optional<StepIndex>>;
    const bool treated = !state().control;
    return std::visit(
        Overloaded{
            [&](const model::MessageStep& message) -> Target {
              state().state = EnrolmentState::sending;
              out_.effects.push_back(Send{&message, step.id, visit});
              return std::nullopt;
            },
            [&](const model::WaitStep& wait) -> Target {
              wait_until(now_ + wait.duration);
              return std::nullopt;
            },
            [&](const model::WaitUntilStep& wait) -> Target {
              wait_until(next_time(wait, world_.zone == nullptr ? base::Zone::utc() : *world_.zone, now_));
              return std::nullopt;
            },
            [&](const model::WaitForStep& wait) -> Target {
              wait_until(now_ + wait.at_most);
              return std::nullopt;
            },
            [&](const model::BranchStep& branch) -> Target {
              const base::FactLookup facts = [this](std::string_view name) { return fact(name); };
              for (const auto& one : branch.cases) {
                if (one.when.holds(facts)) return one.to;
              }
              return step.next;
            },
            [&](const model::SplitStep& split) -> Target { return draw(split, step); },
            [&](const model::OfferStep& offer) -> Target { return give(offer, step); },
            [&](const model::TaskStep& task) -> Target {
              if (treated) out_.effects.push_back(AskPerson{&task, step.id, visit});
              return step.next;
            },
            [&](const model::WebhookStep& webhook) -> Target {
              if (treated) out_.effects.push_back(CallWebhook{webhook.url, step.id, visit});
              return step.next;
            },
            [&](const model::TagStep& tags) -> Target {
              if (treated) out_.effects.push_back(ChangeTags{&tags});
              return step.next;
            },
            [&](const model::ExitStep& exit) -> Target {
              finish(exit.reason);
              return std::nullopt;
            },
        },
        step.what);
  }

  /// The same customer draws the same arm each time; steps draw independently.
  StepIndex draw(const model::SplitStep& split, const Step& step) {
    const std::uint64_t bits = base::stable_hash(state().customer_id, base::stable_hash(step.id, world_.salt));
    double left = static_cast<double>(bits >> 11) * 0x1.0p-53;
    const auto* chosen = split.arms.empty() ? nullptr : &split.arms.back();
    for (const auto& arm : split.arms) {
      if (left < arm.share) {
        chosen = &arm;
        break;
      }
      left -= arm.share;
    }
    if (chosen == nullptr) return step.next;
    out_.effects.push_back(Chose{step.id, chosen->name, chosen->share});
    return chosen->to;
  }

  Result<std::optional<StepIndex>> give(const model::OfferStep& offer, const Step& step) {
    const std::string wanted = offer.offer == "plan" ? state().offer_id : offer.offer;
    if (wanted.empty()) return offer.if_none;
    if (state().control) {
      const std::optional<World::Issued> likewise =
          world_.would_issue ? world_.would_issue(wanted) : World::Issued{wanted, {}, std::nullopt};
      if (!likewise) return offer.if_none;
      state().offer_id = wanted;
      state().code_ends = likewise->ends;
      return step.next;
    }
    if (!world_.issue) return offer.if_none;
    WB_ASSIGN(std::optional<World::Issued> issued, world_.issue(wanted));
    if (!issued) return offer.if_none;
    state().offer_id = std::move(issued->offer_id);
    state().code = std::move(issued->code);
    state().code_ends = issued->ends;
    return step.next;
  }

  /// What a branch asks: of the enrolment as it is by now, then of the caller.
  base::Fact fact(std::string_view name) {
    using DayCount = std::chrono::duration<double, std::chrono::days::period>;
    const auto flag = [](bool value) { return base::Fact{value ? 1.0 : 0.0}; };
    const std::optional<Instant>& ends = state().code_ends;
    const bool holds_code = !state().code.empty() || (state().control && ends.has_value());
    if (name == "has_code") return flag(holds_code);
    if (name == "code_lives") return flag(holds_code && (!ends || *ends > now_));
    if (name == "code_days") return holds_code && ends ? base::Fact{DayCount{*ends - now_}.count()} : base::Fact{};
    if (name == "days_in") return DayCount{now_ - state().entered_at}.count();
    if (name == "came") return std::string_view{came_};
    if (name == "has_offer") return flag(!state().offer_id.empty());
    return world_.facts ? world_.facts(name) : base::Fact{};
  }

  std::string came_;  ///< the event that just ended a wait
  const Journey& journey_;
  const World& world_;
  Instant now_;
  Transition out_;
};

}  // namespace

Result<Transition> advance(const Journey& journey, const Enrolment& enrolment, const Input& input, const World& world,
                           Instant now) {
  return Walk{journey, enrolment, world, now}.take(input);
}

bool always_ends(std::string_view event) {
  constexpr std::array<std::string_view, 3> kEvents = {"opted_out", "complained", "erased"};
  return std::ranges::find(kEvents, event) != kEvents.end();
}

StepIndex find_step(const Journey& journey, std::string_view id) {
  const auto found = std::ranges::find(journey.steps, id, &Step::id);
  return found == journey.steps.end() ? kEnd : static_cast<StepIndex>(found - journey.steps.begin());
}

Instant next_time(const model::WaitUntilStep& step, const base::Zone& zone, Instant now) {
  const std::uint8_t weekdays = (step.weekdays & 0x7F) == 0 ? std::uint8_t{0x7F} : step.weekdays;
  const base::Day today = zone.local_day(now);
  for (base::Day day = today;; day += std::chrono::days{1}) {
    const unsigned monday_first = std::chrono::weekday{day}.iso_encoding() - 1;
    if ((weekdays >> monday_first & 1) == 0) continue;
    const std::chrono::local_time<std::chrono::milliseconds> wall{day.time_since_epoch() +
                                                                  std::chrono::minutes{step.minute_of_day}};
    if (const Instant at = zone.to_utc(wall); at >= now) return at;
  }
}

}  // namespace act::journey
