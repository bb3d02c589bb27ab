#include <nlohmann/json.hpp>

#include "app/channel_states.h"
#include "console/mount.h"

namespace console {

using base::Result;
using nlohmann::ordered_json;

namespace {

constexpr std::int32_t kDays = 30;

Result<app::ActSettings> settings_of(const Ask& ask) { return app::load_act_settings(ask.at.data / "winback.yaml"); }

Result<Reply> channels(const Ask& ask) {
  WB_ASSIGN(const app::ActSettings settings, settings_of(ask));
  WB_ASSIGN(const auto states, app::channel_states(settings, ask.at.store, ask.at.clock.now() - std::chrono::days{kDays}));
  return Reply{app::to_json(states, kDays) + "\n"};
}

/// A refusal is an answer, too: it is what was asked for.
Result<Reply> ask_provider(const Ask& ask) {
  WB_ASSIGN(const app::ActSettings settings, settings_of(ask));
  const std::string name = ask.part("name");
  if (std::ranges::find(model::kChannels, name) == model::kChannels.end()) return base::fail(base::Code::not_found, "there is no channel '{}'", name);
  const auto asked = app::ask_channel(settings, name);
  const ordered_json json{{"channel", name}, {"fine", asked.has_value()}, {"problem", asked ? std::string{} : asked.error().message}};
  return Reply{json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"};
}

}  // namespace

void mount_channels(Routes& routes) {
  routes.get("/api/channels", channels);
  routes.post("/api/channels/:name/ask", ask_provider);
}

}  // namespace console
