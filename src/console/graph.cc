#include "console/graph.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "console/words.h"
#include "report/explain.h"

namespace console {

using nlohmann::ordered_json;
using text::say;
using text::Word;

namespace {

/// What a step is, in the contract's words, and as people read it.
struct Face {
  std::string_view kind;
  std::string title, letter, channel;
};

std::string length(std::chrono::seconds duration, text::Language language) {
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(duration).count();
  if (hours < 36) return say(language, Word::graph_hours, fmt::arg("n", hours));
  return report::duration(language, static_cast<double>(hours) / 24);
}

Face face_of(const model::Step& step, text::Language language) {
  return std::visit(
      [&](const auto& what) -> Face {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, model::MessageStep>) {
          return {"message", step.id, what.letter, what.channels.front()};
        } else if constexpr (std::is_same_v<What, model::WaitStep>) {
          return {"wait", length(what.duration, language), "", ""};
        } else if constexpr (std::is_same_v<What, model::WaitUntilStep>) {
          return {"wait_until", fmt::format("{}:{:02}", what.minute_of_day / 60, what.minute_of_day % 60), "", ""};
        } else if constexpr (std::is_same_v<What, model::WaitForStep>) {
          return {"wait_until", fmt::format("{} ({})", fmt::join(what.events, ", "), length(what.at_most, language)), "", ""};
        } else if constexpr (std::is_same_v<What, model::BranchStep>) {
          return {"branch", step.id, "", ""};
        } else if constexpr (std::is_same_v<What, model::SplitStep>) {
          return {"split", step.id, "", ""};
        } else if constexpr (std::is_same_v<What, model::OfferStep>) {
          return {"offer", what.offer == "plan" ? std::string{say(language, Word::graph_plan_offer)} : what.offer, "", ""};
        } else if constexpr (std::is_same_v<What, model::TaskStep>) {
          return {"task", what.title[static_cast<std::size_t>(language)], "", ""};
        } else if constexpr (std::is_same_v<What, model::WebhookStep>) {
          return {"message", step.id, "", "webhook"};
        } else if constexpr (std::is_same_v<What, model::TagStep>) {
          return {"tag", step.id, "", ""};
        } else {
          return {"exit", what.reason, "", ""};
        }
      },
      step.what);
}

std::string entry_title(const model::Entry& entry, text::Language language) {
  switch (entry.kind) {
    case model::Entry::Kind::plan: return entry.name == "latest" ? std::string{say(language, Word::graph_entry_latest)} : entry.name;
    case model::Entry::Kind::segment: return entry.condition;
    case model::Entry::Kind::event: return say(language, Word::graph_entry_event, fmt::arg("event", entry.name));
    case model::Entry::Kind::date: return say(language, Word::graph_entry_date, fmt::arg("days", entry.days_before), fmt::arg("date", entry.name));
  }
  return {};
}

}  // namespace

std::string graph_json(const model::Journey& journey, const std::map<std::string, app::StepStatus>& status, text::Language language) {
  ordered_json steps = ordered_json::array(), edges = ordered_json::array();
  const auto name_of = [&](model::StepIndex index) { return index < journey.steps.size() ? journey.steps[index].id : std::string{"exit"}; };
  const auto edge = [&](const std::string& from, model::StepIndex to, const std::string& label) { edges.push_back({{"from", from}, {"to", name_of(to)}, {"label", label}}); };
  steps.push_back({{"id", "entry"}, {"kind", "entry"}, {"title", entry_title(journey.entry, language)}, {"letter", ""}, {"channel", ""}, {"customers", 0}, {"sent", 0}, {"in_doubt", 0}});
  if (!journey.steps.empty()) edge("entry", 0, "");
  for (const model::Step& step : journey.steps) {
    const Face face = face_of(step, language);
    const auto found = status.find(step.id);
    const app::StepStatus counts = found == status.end() ? app::StepStatus{} : found->second;
    steps.push_back({{"id", step.id}, {"kind", face.kind}, {"title", face.title}, {"letter", face.letter}, {"channel", face.channel}, {"customers", counts.here}, {"sent", counts.sent},
                     {"in_doubt", counts.in_doubt}, {"failed", counts.not_sent}, {"opened", counts.opened}, {"clicked", counts.clicked}});
    const auto otherwise = std::string{say(language, Word::graph_otherwise)};
    if (std::holds_alternative<model::ExitStep>(step.what)) {
      edge(step.id, model::kEnd, "");
      continue;
    }
    if (const auto* split = std::get_if<model::SplitStep>(&step.what)) {
      for (const auto& arm : split->arms) edge(step.id, arm.to, fmt::format("{} {}", arm.name, text::percent(language, arm.share)));
    } else if (const auto* branch = std::get_if<model::BranchStep>(&step.what)) {
      for (const auto& one : branch->cases) edge(step.id, one.to, one.text);
      edge(step.id, step.next, otherwise);
    } else if (const auto* until = std::get_if<model::WaitForStep>(&step.what)) {
      edge(step.id, step.next, fmt::format("{}", fmt::join(until->events, ", ")));
      edge(step.id, until->otherwise, otherwise);
    } else if (const auto* offer = std::get_if<model::OfferStep>(&step.what)) {
      edge(step.id, step.next, "");
      edge(step.id, offer->if_none, std::string{say(language, Word::graph_no_money)});
    } else {
      edge(step.id, step.next, "");
    }
    if (step.at_most > 0) edge(step.id, step.instead, say(language, Word::graph_after_times, fmt::arg("n", step.at_most)));
  }
  steps.push_back({{"id", "exit"}, {"kind", "exit"}, {"title", fmt::format("{}", fmt::join(journey.exits, ", "))}, {"letter", ""}, {"channel", ""}, {"customers", 0}, {"sent", 0}, {"in_doubt", 0}});
  return ordered_json{{"steps", std::move(steps)}, {"edges", std::move(edges)}}.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace console
