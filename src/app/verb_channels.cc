#include <cstdio>

#include <fmt/ranges.h>

#include "app/channel_states.h"
#include "app/machine_clock.h"
#include "app/terminal.h"
#include "app/verbs.h"

namespace app {

using base::Result;
using text::say;
using text::Word;

Result<void> run_channels(const CommonOptions& common, const ChannelsOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const ActSettings settings, load_act_settings(context->settings_file()));
  WB_ASSIGN(auto states, channel_states(settings, *store, machine_clock().now() - std::chrono::days{options.days}));
  if (options.ask) {
    for (ChannelState& state : states) {
      if (!state.set_up) continue;
      const auto asked = ask_channel(settings, state.name);
      state.trouble = asked ? std::string{} : asked.error().message;
      if (asked) state.trouble_since.reset();
    }
  }
  if (common.json) {
    std::fputs((to_json(states, options.days) + "\n").c_str(), stdout);
    return {};
  }
  const text::Language l = context->language();
  const auto head = [&](Word word) { return std::string{say(l, word)}; };
  const auto n = [l](std::uint64_t count) { return text::whole(l, static_cast<double>(count)); };
  TextTable table{{{head(Word::channels_name)}, {head(Word::channels_by)}, {head(Word::channels_reach), true}, {head(Word::channels_accepted), true},
                   {head(Word::channels_rejected), true}, {head(Word::channels_doubt), true}, {head(Word::channels_reacted), true}, {head(Word::channels_state), false, 200}}};
  for (const ChannelState& s : states) {
    const std::string state = !s.set_up ? head(Word::channels_not_set_up) : !s.trouble.empty() ? s.trouble : head(Word::channels_fine);
    table.add({s.name, s.providers.empty() ? "-" : fmt::format("{}", fmt::join(s.providers, ", ")), n(s.addresses - std::min(s.addresses, s.opted_out)), n(s.accepted), n(s.rejected),
               n(s.in_doubt), s.accepted == 0 ? "-" : text::percent(l, static_cast<double>(s.reacted) / static_cast<double>(s.accepted)), state});
  }
  std::fputs((say(l, Word::channels_title, fmt::arg("days", options.days)) + "\n" + table.str()).c_str(), stdout);
  for (const ChannelState& s : states) {
    for (const auto& [why, count] : s.refusals) std::fputs((say(l, Word::channels_refusal, fmt::arg("channel", s.name), fmt::arg("n", n(count)), fmt::arg("why", why)) + "\n").c_str(), stdout);
  }
  return {};
}

}  // namespace app
