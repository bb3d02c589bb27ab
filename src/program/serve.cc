#include <atomic>
#include <csignal>
#include <cstdio>
#include <thread>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/api.h"
#include "app/crash_points.h"
#include "app/engine.h"
#include "app/event_routes.h"
#include "app/machine_clock.h"
#include "app/person_data.h"
#include "app/public_pages.h"
#include "app/robots_yaml.h"
#include "http/server.h"
#include "program/serve.h"

namespace program {

using namespace app;  // what is wired here

using base::Result;

namespace {

/// Ctrl-C and the service manager's stop, as something to wait for. Made before any thread, so that all of them leave
/// these signals alone.
class StopSignal {
 public:
  StopSignal() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    file_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  ~StopSignal() { close(file_); }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// Waits at most so long; true when it is time to stop.
  bool wait(std::chrono::milliseconds most) const {
    pollfd waiting{file_, POLLIN, 0};
    return poll(&waiting, 1, static_cast<int>(most.count())) > 0;
  }

 private:
  int file_ = -1;
};

/// What serves the pages has a desk and a conductor of its own: nobody who clicks waits for a mail server.
struct Counter {
  std::unique_ptr<Desk> desk;
  std::unique_ptr<act::deliver::Conductor> conductor;
  std::unique_ptr<PublicPages> pages;
  std::unique_ptr<Api> api;
  http::Router router;
};

Result<std::unique_ptr<Counter>> open_counter(Context& context, port::ActStore& store, const port::Clock& clock,
                                               act::deliver::CrashPoint crash) {
  auto counter = std::make_unique<Counter>();
  WB_ASSIGN(DeskConfig config, load_desk(context));
  WB_ASSIGN(const base::Zone zone, base::Zone::open(context.settings().zone));
  WB_ASSIGN(act::respond::Robots robots, load_robots(context.settings_file()));
  const PublicIdentity identity{.shop = config.act.shop.name,
                                .imprint = config.act.shop.name[0].empty() ? config.act.shop.address
                                                                          : config.act.shop.name[0] + ", " + config.act.shop.address,
                                .zone = zone,
                                .offers_non_personalised = config.manners.offers_non_personalised};
  const PublicLinks links{config.act.public_url,
                          [&store](std::string_view purpose, std::string_view bytes) { return store.sign(purpose, bytes); }};
  counter->desk = std::make_unique<Desk>(store, std::move(config));
  counter->conductor = std::make_unique<act::deliver::Conductor>(store, *counter->desk, std::move(crash));
  PublicActions actions = conducted(store, *counter->conductor);
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  // Whom the Store has let go of is nobody's any more; what the warehouse could not yet forget is said to the operator.
  actions.erase = [erase = std::move(actions.erase), &store, warehouse](std::string_view customer, base::Instant now) -> Result<void> {
    WB_TRY(erase(customer, now));
    const auto rest = [&]() -> Result<void> {
      WB_TRY(store.scrub());
      return erase_from_warehouse(customer, *warehouse);
    }();
    if (!rest) fmt::print(stderr, "a customer asked to be erased and not everything could be: {}; run `winback erase {}`\n", rest.error().message, customer);
    return {};
  };
  counter->api = std::make_unique<Api>(store, clock, actions, links.sign());
  counter->api->mount(counter->router);
  counter->pages = std::make_unique<PublicPages>(store, clock, std::move(actions), identity, links, std::move(robots));
  counter->pages->mount(counter->router);
  counter->router.add("GET", "/healthz", [](const http::Request&) { return http::text(200, "ok\n"); });
  return counter;
}

}  // namespace

Result<void> run_serve(const CommonOptions& common, const ServeOptions& options) {
  const StopSignal stop;
  WB_ASSIGN(const auto context, Context::open(common, false));
  const act::deliver::CrashPoint crash = crash_points_from_environment();
  WB_ASSIGN(const auto engine, Engine::open(*context, machine_clock(), crash));
  WB_ASSIGN(const auto counter, open_counter(*context, engine->store(), machine_clock(), crash));
  WB_ASSIGN(const auto events, EventIntake::open(*context, machine_clock(), crash));
  EventRoutes event_routes{*events, engine->store(), machine_clock(), engine->desk().config().act.event_origins};
  event_routes.mount(counter->router);
  const std::string listen = options.listen.empty() ? engine->desk().config().act.listen : options.listen;
  WB_ASSIGN(const auto server, http::Server::open(listen, [&](const http::Request& request) {
    if (auto allowed = event_routes.preflight(request)) return *std::move(allowed);
    return counter->router.handle(request);
  },
                                                  {.body_bytes = 1024 * 1024,  // a report may hold the whole letter
                                                   .threads = 8,  // those who send events wait for the disk together
                                                   .behind_proxy = engine->desk().config().act.behind_proxy}));
  std::fputs(fmt::format("winback serves on {} (port {}); Ctrl-C ends it\n", listen, server->port()).c_str(), stderr);
  std::string last_problem;
  for (;;) {
    const auto moved = engine->turn();
    if (!moved && moved.error().message != last_problem) {
      last_problem = moved.error().message;  // said once, not at every turn
      std::fputs(fmt::format("winback: {}\n", last_problem).c_str(), stderr);
    }
    const bool busy = moved && *moved > 0;
    if (moved) last_problem.clear();
    if (stop.wait(std::chrono::milliseconds{busy ? 0 : 200})) break;
  }
  std::fputs("winback stops; what was not sent waits in the outbox\n", stderr);
  server->stop();
  events->stop();
  return {};
}

}  // namespace program
