#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/campaign_file.h"
#include "app/context.h"
#include "base/error.h"
#include "text/language.h"

namespace app {

/// How customers answer in a rehearsal: presets/rehearsal.yaml, then DATA/rehearsal.yaml. All assumed.
struct Answers {
  double open = 0, click = 0, order = 0, opt_out = 0, complain = 0, order_unaided = 0, event = 0;
};
base::Result<Answers> load_answers(const std::filesystem::path& own_file);

struct RehearsalOptions {
  std::string plan;  ///< id; empty = the latest
  std::int32_t days = 60;
  std::uint32_t customers = 2000;
  std::uint64_t seed = 1;
};

/// One moment in a customer's story.
struct Moment {
  base::Instant at;
  std::string what;
};

/// Customers who went the same way.
struct Path {
  std::vector<std::string> steps;
  std::string ending;  ///< empty: still on the way
  bool control = false;
  std::uint64_t customers = 0;
  std::string example;  ///< one of them
  std::vector<Moment> story;
};

struct Rehearsal {
  std::uint64_t customers = 0, letters = 0, ghosts = 0;
  bool invented = false;  ///< nobody fits the entry here, or it waits for an event: customers were let in by lot
  base::Instant from;
  double seconds = 0;  ///< it took
  Answers answers;
  std::vector<Path> paths;  ///< most travelled first
};

/// Walks real customers through the journey by a fast clock: the conductor, the sender, consent, caps and quiet hours are
/// the real ones on a copy in memory; only the provider and the customers' answers are invented. Nothing leaves, nothing
/// is changed. The same seed gives the same run.
base::Result<Rehearsal> rehearse(const CampaignFile& file, const RehearsalOptions& options, Context& context);

std::string describe(const Rehearsal& rehearsal, const std::string& journey, std::int32_t days, const base::Zone& zone, text::Language language);
std::string to_json(const Rehearsal& rehearsal);

}  // namespace app
