#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/profile.h"
#include "model/reason.h"
#include "port/warehouse.h"
#include "understand/reasons/paths.h"
#include "understand/reasons/topics.h"

namespace understand::reasons {

/// Something a leaver wrote or scored around leaving.
struct Speech {
  std::string kind;  ///< survey, nps, review, ticket, …
  double score = -1;
  std::string text;
};

/// What is known of one lapsed customer.
struct Leaver {
  std::size_t row = 0;                  ///< in the profiles
  std::vector<std::uint32_t> signals;   ///< indices into the rules' signals, ascending
  std::string manner = "stopped_buying";
  bool moved = false;
  std::optional<std::size_t> stated;    ///< the reason chosen when asked
  std::vector<Speech> said;
};

struct Gathered {
  std::vector<Leaver> leavers;  ///< in the order of the profiles
  std::vector<OwnText> own;
  std::vector<BreakingStep> breaking;
  std::vector<UnusedFeature> unused;
};

/// Reads everything about the leavers of a stored snapshot from the warehouse.
base::Result<Gathered> gather(const model::ReasonRules& rules, const TopicNames& names, const model::Profiles& profiles,
                              port::Warehouse& warehouse);

}  // namespace understand::reasons
