#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/campaign_file.h"
#include "base/error.h"
#include "base/time.h"
#include "port/act_store.h"

namespace app {

/// How one channel stands.
struct ChannelState {
  std::string name;
  std::vector<std::string> providers;  ///< none for in_app and the webhook
  bool set_up = false;
  std::string trouble;                 ///< why nothing of it can go; empty = nothing known
  std::optional<base::Instant> trouble_since;
  std::uint64_t addresses = 0, opted_out = 0, suppressed = 0;
  std::uint64_t accepted = 0, rejected = 0, in_doubt = 0;  ///< of the messages attempted in the time looked at
  std::uint64_t reacted = 0;                               ///< of the accepted: clicked or answered by a person
  std::vector<std::pair<std::string, std::uint64_t>> refusals;  ///< the most frequent reasons of rejected ones
  std::optional<base::Instant> waiting;                    ///< when its next message falls due
};

/// Every channel there is, those that are set up first. `since`: the time looked at begins there.
base::Result<std::vector<ChannelState>> channel_states(const ActSettings& settings, port::ActStore& store, base::Instant since);

/// As `winback channels --json` and the console show them (docs/formats.md): {"days": …, "channels": […]}.
std::string to_json(const std::vector<ChannelState>& states, std::int32_t days);

/// Asks the channel's providers whether messages could go now (port::Channel::check); reaches no customer. `not_found` where it
/// is not set up.
base::Result<void> ask_channel(const ActSettings& settings, const std::string& channel);

/// Asks the providers of the channels a journey uses, and about each template its letters name. A refusal is a problem that
/// refuses; a provider that does not answer is only said.
base::Result<std::vector<CampaignProblem>> ask_providers(const CampaignFile& file, Desk& desk);

}  // namespace app
