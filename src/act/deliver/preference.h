#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace act::deliver {

/// What is assumed of channels before a customer has shown anything (presets/channels.yaml).
struct ChannelHabits {
  double prior_messages = 10;       ///< weight of the prior, in messages
  std::uint32_t quiet_after = 3;    ///< messages in a row without a reaction; 0 = never
  std::vector<std::string> service_only;  ///< channels whose platform forbids marketing
  std::map<std::string, double, std::less<>> react;  ///< share of messages reacted to; channels not named: 0.03
};

/// A message that went to the customer, oldest first.
struct PastMessage {
  std::string channel;
  bool reacted = false;  ///< a click or an answer by a person
};

/// The channels in the order they should be tried. With `learn` by the mean of the Beta posterior of the share reacted to
/// (prior mean `react`, weight `prior_messages`), equals staying in their order; without, as they come. Those that have gone
/// quiet come after all others, whichever the order. Pure.
std::vector<std::string> in_order(std::vector<std::string> channels, std::span<const PastMessage> past, const ChannelHabits& habits, bool learn);

}  // namespace act::deliver
