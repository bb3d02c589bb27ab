#include "act/deliver/preference.h"

#include <algorithm>

namespace act::deliver {
namespace {

constexpr double kUnknownChannel = 0.03;

struct Standing {
  double messages = 0, reactions = 0;
  std::uint32_t silent = 0;  ///< since the last reaction
};

Standing standing_of(std::string_view channel, std::span<const PastMessage> past) {
  Standing standing;
  for (const PastMessage& one : past) {
    if (one.channel != channel) continue;
    standing.messages += 1;
    standing.reactions += one.reacted ? 1 : 0;
    standing.silent = one.reacted ? 0 : standing.silent + 1;
  }
  return standing;
}

}  // namespace

std::vector<std::string> in_order(std::vector<std::string> channels, std::span<const PastMessage> past, const ChannelHabits& habits, bool learn) {
  struct Ranked {
    std::string channel;
    bool quiet = false;
    double score = 0;
  };
  std::vector<Ranked> ranked;
  for (std::string& channel : channels) {
    const Standing standing = standing_of(channel, past);
    const auto known = habits.react.find(channel);
    const double prior = known == habits.react.end() ? kUnknownChannel : known->second;
    const double mean = (standing.reactions + prior * habits.prior_messages) / (standing.messages + habits.prior_messages);
    ranked.push_back({std::move(channel), habits.quiet_after > 0 && standing.silent >= habits.quiet_after, learn ? mean : 0});
  }
  std::ranges::stable_sort(ranked, [](const Ranked& a, const Ranked& b) { return a.quiet != b.quiet ? b.quiet : a.score > b.score; });
  std::vector<std::string> order;
  for (Ranked& one : ranked) order.push_back(std::move(one.channel));
  return order;
}

}  // namespace act::deliver
