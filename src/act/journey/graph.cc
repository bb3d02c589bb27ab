#include "act/journey/graph.h"

#include <algorithm>
#include <limits>

namespace act::journey {

using model::kEnd;
using model::StepIndex;

std::vector<StepIndex> targets(const model::Step& step) {
  std::vector<StepIndex> found;
  if (!std::holds_alternative<model::ExitStep>(step.what) && !std::holds_alternative<model::SplitStep>(step.what)) {
    found.push_back(step.next);
  }
  if (step.at_most > 0) found.push_back(step.instead);
  if (const auto* wait = std::get_if<model::WaitForStep>(&step.what)) found.push_back(wait->otherwise);
  if (const auto* offer = std::get_if<model::OfferStep>(&step.what)) found.push_back(offer->if_none);
  if (const auto* branch = std::get_if<model::BranchStep>(&step.what)) {
    for (const auto& one : branch->cases) found.push_back(one.to);
  }
  if (const auto* split = std::get_if<model::SplitStep>(&step.what)) {
    for (const auto& arm : split->arms) found.push_back(arm.to);
  }
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  if (!found.empty() && found.back() == kEnd) found.pop_back();
  return found;
}

Edges edges_of(const model::Journey& journey) {
  Edges edges;
  for (const model::Step& step : journey.steps) {
    edges.push_back(targets(step));
    std::erase_if(edges.back(), [&](StepIndex to) { return to >= journey.steps.size(); });
  }
  return edges;
}

std::vector<bool> reachable(const Edges& edges, StepIndex from) {
  std::vector<bool> seen(edges.size(), false);
  std::vector<StepIndex> open;
  const auto visit = [&](StepIndex step) {
    if (step >= seen.size() || seen[step]) return;
    seen[step] = true;
    open.push_back(step);
  };
  visit(from);
  while (!open.empty()) {
    const StepIndex step = open.back();
    open.pop_back();
    for (const StepIndex to : edges[step]) visit(to);
  }
  return seen;
}

std::vector<std::vector<StepIndex>> loops(const Edges& edges) {
  // Journeys have at most a hundred steps, so who reaches whom is simply written down.
  std::vector<std::vector<bool>> after(edges.size(), std::vector<bool>(edges.size(), false));
  for (StepIndex step = 0; step < edges.size(); ++step) {
    for (const StepIndex to : edges[step]) {
      const std::vector<bool> seen = reachable(edges, to);
      for (StepIndex other = 0; other < edges.size(); ++other) after[step][other] = after[step][other] || seen[other];
    }
  }
  std::vector<std::vector<StepIndex>> groups;
  std::vector<bool> grouped(edges.size(), false);
  for (StepIndex step = 0; step < edges.size(); ++step) {
    if (grouped[step] || !after[step][step]) continue;
    std::vector<StepIndex> group;
    for (StepIndex other = step; other < edges.size(); ++other) {
      if (!after[step][other] || !after[other][step]) continue;
      grouped[other] = true;
      group.push_back(other);
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<std::int64_t> shortest(const Edges& edges, StepIndex from, const std::function<std::int64_t(StepIndex)>& length) {
  constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> begins(edges.size(), kNever);
  std::vector<bool> done(edges.size(), false);
  if (from < edges.size()) begins[from] = 0;
  for (std::size_t round = 0; round < edges.size(); ++round) {
    StepIndex nearest = kEnd;
    for (StepIndex step = 0; step < edges.size(); ++step) {
      if (!done[step] && begins[step] != kNever && (nearest == kEnd || begins[step] < begins[nearest])) nearest = step;
    }
    if (nearest == kEnd) break;
    done[nearest] = true;
    for (const StepIndex to : edges[nearest]) begins[to] = std::min(begins[to], begins[nearest] + length(nearest));
  }
  return begins;
}

}  // namespace act::journey
