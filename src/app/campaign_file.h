#pragma once

#include <string>
#include <vector>

#include "app/desk.h"
#include "app/saved_plan.h"
#include "base/error.h"
#include "model/journey.h"

namespace app {

/// A journey as the user named it.
struct CampaignFile {
  std::string name;    ///< as errors call it
  std::string source;  ///< the YAML
  model::Journey journey;
};

/// A file, or the name of a shipped journey.
base::Result<CampaignFile> read_campaign_file(const std::string& name);

/// Something wrong, ready to be read: "five-letters.yaml, line 12: …".
struct CampaignProblem {
  std::string sentence;
  bool refuses = true;
};

/// Everything that speaks against launching: the journey's steps, its letters in every language, the shop's own details.
base::Result<std::vector<CampaignProblem>> problems_of(const CampaignFile& file, Desk& desk, port::ActStore& store, base::Day today);

/// What we know of a person may choose the form of an offer; its depth only where the law allows it. Fails where a plan gives
/// the same form in two depths although the manners do not allow a personal one.
base::Result<void> refuse_personal_depth(const SavedPlan& saved, const model::Manners& manners);

/// Letters a journey sends, each once.
std::vector<std::string> letters_of(const model::Journey& journey);

}  // namespace app
