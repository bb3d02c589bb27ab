#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "act/deliver/conductor.h"
#include "act/deliver/sender.h"
#include "act/respond/reply.h"
#include "app/context.h"
#include "app/desk.h"
#include "app/entrance.h"
#include "base/error.h"
#include "port/channel.h"
#include "port/clock.h"
#include "port/http_client.h"

namespace app {

/// Everything that goes on by itself while the program serves: takes in what was imported and what
/// bounced, lets customers in, walks them
/// on, sends, resolves doubts, ends codes. One thread calls `turn`; others may call `conductor` under `lock`.
class Engine {
 public:
  /// Channels as the settings say; e-mail only when an SMTP server or a provider of letters is set. The context outlives this object.
  static base::Result<std::unique_ptr<Engine>> open(Context& context, const port::Clock& clock, act::deliver::CrashPoint crash = {});

  /// One turn over everything. Gives how many messages and customers moved: 0 = nothing to do now.
  base::Result<std::size_t> turn();

  Desk& desk() { return *desk_; }
  act::deliver::Conductor& conductor() { return *conductor_; }
  Entrance& entrance() { return *entrance_; }
  port::ActStore& store() { return store_; }

 private:
  Engine(Context& context, port::ActStore& store, port::Warehouse& warehouse, const port::Clock& clock);
  base::Result<void> open_senders(act::deliver::CrashPoint crash);
  base::Result<void> intake(base::Instant now);
  base::Result<void> take_orders(std::uint32_t after, base::Instant now, std::vector<std::string>& buyers);
  base::Result<void> take_events(std::uint32_t after, base::Instant now, std::map<std::string, std::vector<std::string>>& by_name);
  base::Result<void> let_in(base::Instant now);
  base::Result<std::string> running_campaigns();
  base::Result<void> look_at_stock();
  base::Result<void> take_mails(base::Instant now);
  base::Result<void> take_back(base::Instant now);

  Context& context_;
  port::ActStore& store_;
  port::Warehouse& warehouse_;
  const port::Clock& clock_;
  std::unique_ptr<Desk> desk_;
  // Letters are rendered beside everything else, with what no other thread uses.
  std::unique_ptr<port::ActStore> printer_store_;
  std::unique_ptr<Desk> printer_desk_;
  std::unique_ptr<act::deliver::Conductor> conductor_;
  std::unique_ptr<Entrance> entrance_;
  std::unique_ptr<port::HttpClient> web_;
  std::vector<std::unique_ptr<port::Channel>> channels_;
  std::vector<std::unique_ptr<act::deliver::Sender>> senders_;
  std::chrono::seconds resolve_every_{30};
  base::Instant next_resolve_{}, next_entrance_{}, next_intake_{}, next_bounces_{}, next_back_{};
  act::respond::ReplyRules replies_;
  std::string let_in_for_;  ///< the running campaigns customers were last let into, with their versions and plans
};

/// A workspace and its desk, for verbs that send nothing by themselves.
struct Workplace {
  std::unique_ptr<Context> context;
  port::ActStore* store = nullptr;  ///< the context's
  std::unique_ptr<Desk> desk;
};
base::Result<Workplace> open_workplace(const CommonOptions& common, bool create);

/// What the workspace's files say about acting, with its letters.
base::Result<DeskConfig> load_desk(Context& context);

/// In-app messages never leave: the Store is where customers read them.
base::Result<std::unique_ptr<port::Channel>> open_in_app();

/// The channel letters leave by, SMTP or a provider's API; `invalid_input` when neither is set.
base::Result<std::unique_ptr<port::Channel>> open_mail(const ActSettings& settings);

}  // namespace app
