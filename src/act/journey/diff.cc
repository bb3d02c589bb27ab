#include "act/journey/diff.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "act/journey/machine.h"

namespace act::journey {
namespace {

using model::Journey;
using model::kEnd;
using model::Step;
using model::StepIndex;

/// What a step says, as pairs of a name and a text that can be compared and shown.
using Said = std::vector<std::pair<std::string, std::string>>;

std::string place(const Journey& journey, StepIndex index) {
  return index < journey.steps.size() ? journey.steps[index].id : "end";
}

std::string clock_text(const model::WaitUntilStep& wait) {
  constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  std::vector<std::string_view> days;
  for (std::size_t d = 0; d < 7; ++d) {
    if ((wait.weekdays >> d & 1) != 0) days.push_back(kDays[d]);
  }
  return fmt::format("{:02}:{:02} on {}", wait.minute_of_day / 60, wait.minute_of_day % 60, fmt::join(days, ", "));
}

struct Describe {
  const Journey& journey;
  const Step& step;

  Said operator()(const model::MessageStep& m) const {
    return {{"letter", m.letter},
            {"channel", fmt::format("{}", fmt::join(m.channels, ", "))},
            {"purpose", std::string{model::name_of(m.purpose)}},
            {"valid_for", duration_text(m.valid_for)},
            {"says_last", m.says_last ? "true" : "false"}};
  }
  Said operator()(const model::WaitStep& w) const { return {{"wait", duration_text(w.duration)}}; }
  Said operator()(const model::WaitUntilStep& w) const { return {{"wait_until", clock_text(w)}}; }
  Said operator()(const model::WaitForStep& w) const {
    return {{"wait_for", fmt::format("{}", fmt::join(w.events, ", "))},
            {"within", duration_text(w.at_most)},
            {"otherwise", place(journey, w.otherwise)}};
  }
  Said operator()(const model::BranchStep& b) const {
    std::vector<std::string> cases;
    for (const auto& one : b.cases) cases.push_back(fmt::format("{} → {}", one.text, place(journey, one.to)));
    return {{"cases", fmt::format("{}", fmt::join(cases, "; "))}};
  }
  Said operator()(const model::SplitStep& s) const {
    std::vector<std::string> arms;
    for (const auto& arm : s.arms) arms.push_back(fmt::format("{} {:.4g} % → {}", arm.name, arm.share * 100, place(journey, arm.to)));
    return {{"arms", fmt::format("{}", fmt::join(arms, "; "))}};
  }
  Said operator()(const model::OfferStep& o) const { return {{"offer", o.offer}, {"if_none", place(journey, o.if_none)}}; }
  Said operator()(const model::TaskStep& t) const {
    return {{"queue", t.queue},
            {"title", fmt::format("{}", fmt::join(t.title, " / "))},
            {"script", fmt::format("{}", fmt::join(t.script, " / "))},
            {"deadline", duration_text(t.deadline)}};
  }
  Said operator()(const model::WebhookStep& w) const { return {{"webhook", w.url}}; }
  Said operator()(const model::TagStep& t) const {
    return {{"add", fmt::format("{}", fmt::join(t.add, ", "))}, {"remove", fmt::format("{}", fmt::join(t.remove, ", "))}};
  }
  Said operator()(const model::ExitStep& e) const { return {{"exit", e.reason}}; }
};

Said describe(const Journey& journey, const Step& step) {
  Said said = std::visit(Describe{journey, step}, step.what);
  const bool leads = !std::holds_alternative<model::ExitStep>(step.what) && !std::holds_alternative<model::SplitStep>(step.what);
  if (leads) said.emplace_back("then", place(journey, step.next));
  said.emplace_back("at_most", step.at_most == 0 ? "any number of times" : fmt::format("{} times", step.at_most));
  said.emplace_back("instead", place(journey, step.instead));
  return said;
}

Said describe_head(const Journey& journey) {
  const model::Entry& entry = journey.entry;
  constexpr std::array<std::string_view, 4> kKinds = {"plan", "segment", "event", "date"};
  return {{"title", fmt::format("{}", fmt::join(journey.title, " / "))},
          {"topic", journey.topic},
          {"entry", fmt::format("{} {}", kKinds[static_cast<std::size_t>(entry.kind)], entry.name)},
          {"condition of the entry", entry.condition.empty() ? "none" : entry.condition},
          {"days before", fmt::format("{}", entry.days_before)},
          {"again after", entry.again_after ? duration_text(*entry.again_after) : "never"},
          {"holdout", entry.holdout ? fmt::format("{:.4g} %", *entry.holdout * 100) : "by size"},
          {"exits", fmt::format("{}", fmt::join(journey.exits, ", "))}};
}

void compare(const std::string& what, const Said& before, const Said& after, std::vector<std::string>& changes) {
  for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
    if (before[i].second == after[i].second) continue;
    changes.push_back(fmt::format("{}{} was {}, is {}", what, after[i].first, before[i].second, after[i].second));
  }
}

bool can_be_stood_at(const Step& step) {
  return std::holds_alternative<model::MessageStep>(step.what) || std::holds_alternative<model::WaitStep>(step.what) ||
         std::holds_alternative<model::WaitUntilStep>(step.what) || std::holds_alternative<model::WaitForStep>(step.what);
}

}  // namespace

std::string_view kind_of(const Step& step) {
  constexpr std::array<std::string_view, 11> kNames = {"message", "wait", "wait_until", "wait_for", "branch", "split",
                                                       "offer",   "task", "webhook",    "tag",      "exit"};
  return kNames[step.what.index()];
}

std::string duration_text(std::chrono::seconds duration) {
  struct Unit {
    std::int64_t seconds;
    std::string_view name;
  };
  constexpr std::array<Unit, 4> kUnits = {{{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}}};
  for (const Unit& unit : kUnits) {
    if (duration.count() % unit.seconds != 0 || (duration.count() == 0 && unit.seconds != 1)) continue;
    const std::int64_t count = duration.count() / unit.seconds;
    return fmt::format("{} {}{}", count, unit.name, count == 1 ? "" : "s");
  }
  return {};
}

Difference diff(const Journey& before, const Journey& after, std::optional<std::span<const std::string>> occupied) {
  Difference found;
  compare("the journey's ", describe_head(before), describe_head(after), found.changes);
  if (!before.steps.empty() && !after.steps.empty() && before.steps.front().id != after.steps.front().id) {
    found.changes.push_back(fmt::format("it begins with '{}', no longer with '{}'", after.steps.front().id, before.steps.front().id));
  }
  for (const Step& old : before.steps) {
    const StepIndex index = find_step(after, old.id);
    const bool stands = can_be_stood_at(old) && (!occupied || std::ranges::find(*occupied, old.id) != occupied->end());
    if (index == kEnd) {
      found.changes.push_back(fmt::format("the step '{}' is gone", old.id));
      if (stands) found.dangers.push_back(fmt::format("customers stand at '{}', which is gone", old.id));
      continue;
    }
    const Step& now = after.steps[index];
    if (kind_of(old) != kind_of(now)) {
      found.changes.push_back(fmt::format("the step '{}' was a {}, is a {}", old.id, kind_of(old), kind_of(now)));
      if (stands) {
        found.dangers.push_back(fmt::format("customers stand at '{}', which is no longer a {}", old.id, kind_of(old)));
      }
      continue;
    }
    compare(fmt::format("at '{}' ", old.id), describe(before, old), describe(after, now), found.changes);
  }
  for (const Step& step : after.steps) {
    if (find_step(before, step.id) == kEnd) found.changes.push_back(fmt::format("a new step '{}' ({})", step.id, kind_of(step)));
  }
  return found;
}

}  // namespace act::journey
