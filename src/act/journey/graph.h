#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "model/journey.h"

namespace act::journey {

/// Every step another leads to, kEnd left out, each once.
std::vector<model::StepIndex> targets(const model::Step& step);

/// Steps as numbers, and where each leads.
using Edges = std::vector<std::vector<model::StepIndex>>;
Edges edges_of(const model::Journey& journey);

/// Which steps a walk from `from` passes, `from` included.
std::vector<bool> reachable(const Edges& edges, model::StepIndex from);

/// Groups of steps that lead to one another, each a loop a walk may go round; steps in their order.
std::vector<std::vector<model::StepIndex>> loops(const Edges& edges);

/// The shortest walk from each step's begin: `length(step)` is what passing a step takes. Unreachable: the largest value.
std::vector<std::int64_t> shortest(const Edges& edges, model::StepIndex from,
                                   const std::function<std::int64_t(model::StepIndex)>& length);

}  // namespace act::journey
