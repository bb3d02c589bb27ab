#include "app/channel_states.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/engine.h"

namespace app {

using base::Code;
using base::fail;
using base::Instant;
using base::Result;
using model::MessageState;

namespace {

constexpr std::size_t kRefusalsShown = 5;

/// The channels of the settings, with what they call by.
struct Opened {
  std::unique_ptr<port::HttpClient> web;
  std::vector<std::unique_ptr<port::Channel>> channels;
};

Result<Opened> open_all(const ActSettings& settings) {
  Opened opened;
  WB_ASSIGN(opened.web, open_outside(settings));
  const ChannelTools tools{.web = *opened.web, .public_url = settings.public_url, .shop = settings.shop.name[0]};
  WB_ASSIGN(opened.channels, open_channels(settings.channels, tools));
  return opened;
}

}  // namespace

Result<std::vector<ChannelState>> channel_states(const ActSettings& settings, port::ActStore& store, Instant since) {
  WB_ASSIGN(const auto contacts, store.findings().contacts());
  std::vector<ChannelState> states;
  for (const std::string_view name : model::kChannels) {
    ChannelState state{.name = std::string{name}};
    for (const ChannelSetting& one : settings.channels) {
      if (one.channel == name) state.providers.push_back(one.provider);
    }
    if (name == "email" && !settings.mail.smtp.empty()) state.providers.push_back("smtp");
    state.set_up = name == "in_app" || !state.providers.empty();
    const auto known = std::ranges::find(contacts, name, &port::FindingStore::Contacts::channel);
    if (known != contacts.end()) {
      state.addresses = known->addresses;
      state.opted_out = known->opted_out;
      state.suppressed = known->suppressed;
    }
    WB_ASSIGN(const auto counts, store.counts().of_channel(name, since));
    for (const auto& one : counts) {
      if (one.state == MessageState::accepted) {
        state.accepted += one.messages;
        state.reacted += one.reacted;
      } else if (one.state == MessageState::rejected) {
        state.rejected += one.messages;
        if (state.refusals.size() < kRefusalsShown && !one.detail.empty()) state.refusals.emplace_back(one.detail, one.messages);
      } else if (one.state == MessageState::unknown || one.state == MessageState::unconfirmed || one.state == MessageState::attempting) {
        state.in_doubt += one.messages;
      }
    }
    WB_ASSIGN(const auto finding, store.findings().find(fmt::format("channel/{}", name)));
    if (finding && !finding->json.empty()) {
      state.trouble = finding->json;
      state.trouble_since = finding->made_at;
    }
    WB_ASSIGN(state.waiting, store.counts().next_due(name));
    states.push_back(std::move(state));
  }
  std::ranges::stable_sort(states, std::ranges::greater{}, &ChannelState::set_up);
  return states;
}

std::string to_json(const std::vector<ChannelState>& states, std::int32_t days) {
  using nlohmann::ordered_json;
  const auto moment = [](const std::optional<Instant>& at) { return at ? ordered_json(base::to_string(*at)) : ordered_json(nullptr); };
  ordered_json list = ordered_json::array();
  for (const ChannelState& s : states) {
    ordered_json refusals = ordered_json::array();
    for (const auto& [why, count] : s.refusals) refusals.push_back({{"why", why}, {"messages", count}});
    list.push_back({{"channel", s.name}, {"providers", s.providers}, {"set_up", s.set_up}, {"trouble", s.trouble}, {"trouble_since", moment(s.trouble_since)},
                    {"addresses", s.addresses}, {"opted_out", s.opted_out}, {"suppressed", s.suppressed}, {"accepted", s.accepted}, {"rejected", s.rejected},
                    {"in_doubt", s.in_doubt}, {"reacted", s.reacted}, {"refusals", std::move(refusals)}, {"next_due", moment(s.waiting)}});
  }
  return ordered_json{{"days", days}, {"channels", std::move(list)}}.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

Result<void> ask_channel(const ActSettings& settings, const std::string& name) {
  if (name == "in_app") return {};
  if (name == "email" && !settings.mail.smtp.empty()) {
    WB_ASSIGN(const auto mail, open_mail(settings));
    return mail->check();
  }
  WB_ASSIGN(const Opened opened, open_all(settings));
  const auto found = std::ranges::find(opened.channels, name, [](const auto& channel) { return channel->name(); });
  if (found == opened.channels.end()) return fail(Code::not_found, "{} is not set up; add it under `channels:` in winback.yaml (docs/channels.md)", name);
  return (*found)->check();
}

Result<std::vector<CampaignProblem>> ask_providers(const CampaignFile& file, Desk& desk) {
  std::vector<CampaignProblem> problems;
  const auto add = [&](const base::Error& error, std::string_view channel) {
    CampaignProblem problem{.sentence = fmt::format("{}: {}", channel, error.message), .refuses = !base::is_retryable(error.code)};
    if (std::ranges::find(problems, problem.sentence, &CampaignProblem::sentence) == problems.end()) problems.push_back(std::move(problem));
  };
  std::vector<std::string> used;
  for (const model::Step& step : file.journey.steps) {
    if (const auto* message = std::get_if<model::MessageStep>(&step.what)) used.insert(used.end(), message->channels.begin(), message->channels.end());
  }
  const auto uses = [&](std::string_view name) {
    return std::ranges::find(used, name) != used.end() || std::ranges::find(used, model::kBestChannel) != used.end();
  };
  WB_ASSIGN(const Opened opened, open_all(desk.config().act));
  for (const auto& channel : opened.channels) {
    if (!uses(channel->name())) continue;
    if (const auto asked = channel->check(); !asked) {
      add(asked.error(), channel->name());
      continue;
    }
    for (const std::string& id : letters_of(file.journey)) {
      const act::letter::Letter* letter = desk.letter(id);
      if (letter == nullptr) continue;
      for (const auto& variant : letter->variants) {
        for (const auto& filled : variant.templates) {
          if (filled.channel != channel->name()) continue;
          if (const auto known = channel->check_template(filled.id); !known) add(known.error(), channel->name());
        }
      }
    }
  }
  return problems;
}

}  // namespace app
