#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/reason.h"
#include "stats/text_model.h"
#include "understand/reasons/paths.h"

namespace understand::reasons {

/// A sign of a customer's reason.
struct Evidence {
  std::string code;     ///< a signal's id, or "stated", or "wrote_survey", "wrote_review", …
  model::EvidenceSource source = model::EvidenceSource::transactions;
  double ratio = 1;     ///< what it multiplies the odds of the verdict's reason by
  bool learned = false; ///< from stated reasons; otherwise assumed
};

struct Likely {
  std::string reason;
  double probability = 0;
};

/// Why one lapsed customer left, as far as can be told.
struct Verdict {
  std::size_t row = 0;             ///< in the profiles
  std::string reason;              ///< "unclear" where nothing is likely enough
  double probability = 0;          ///< of that reason; of "unclear": 1 − the likeliest
  std::vector<Likely> likely;      ///< the likeliest reasons, best first, from `listed` on
  std::vector<Evidence> evidence;  ///< for the likeliest reason, strongest first
  std::vector<std::string> words;  ///< of what was written, those that speak most for it
  std::string manner = "stopped_buying";
  bool active = false;             ///< said or did something to leave
};

/// One reason over all leavers. Counts are sums of probabilities, with 95 % intervals.
struct ReasonCount {
  std::string reason;
  std::uint64_t verdicts = 0;      ///< customers whose verdict it is
  double customers = 0;            ///< expected
  double low = 0, high = 0;
  double loss_90 = 0;              ///< money of 90 days, weighted by probability
  double expected_year = 0;        ///< what they will spend within a year, nothing done
  double recent = 0;               ///< of those who left in the last 90 days
  double before = 0;               ///< … in the 90 days before
  std::vector<std::string> words;  ///< that set its texts apart, used by three customers or more
};

/// What was found in one analysis.
struct Findings {
  bool looked = false;             ///< false: there are neither events nor feedback
  std::uint64_t leavers = 0;       ///< lapsed customers, without those who only moved
  std::uint64_t moved = 0;         ///< buy or use on another channel now: not counted as leaving
  std::uint64_t told = 0;          ///< leavers who chose a reason when asked
  std::uint64_t wrote = 0;         ///< leavers who wrote something
  std::uint64_t own_texts = 0;     ///< labelled texts of the shop the classifier learned from
  std::map<std::string, std::uint64_t> manner;
  std::uint64_t active = 0;
  std::vector<ReasonCount> reasons;  ///< most customers first; "unclear" last
  std::vector<Verdict> verdicts;     ///< in the order of the profiles
  std::vector<BreakingStep> breaking;
  std::vector<UnusedFeature> unused;
  std::vector<std::string> learned_signals;  ///< whose ratios were learned here
  stats::TextCheck text_check;
};

}  // namespace understand::reasons
