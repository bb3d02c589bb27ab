#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <thread>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "access/accounts.h"
#include "access/answer.h"
#include "adapter/web/open_web.h"
#include "app/access_settings.h"
#include "app/api.h"
#include "app/app_routes.h"
#include "app/callbacks.h"
#include "app/channels.h"
#include "app/console_files.h"
#include "app/crash_points.h"
#include "app/engine.h"
#include "app/event_intake.h"
#include "app/event_routes.h"
#include "app/landing_pages.h"
#include "app/log_settings.h"
#include "app/machine_clock.h"
#include "app/operation.h"
#include "app/person_data.h"
#include "app/person_files.h"
#include "app/public_pages.h"
#include "app/replies_yaml.h"
#include "app/reasons_yaml.h"
#include "app/robots_yaml.h"
#include "app/survey_pages.h"
#include "base/log.h"
#include "console/jobs.h"
#include "console/mount.h"
#include "console/refresh.h"
#include "http/server.h"
#include "program/serve.h"

namespace program {

using namespace app;  // what is wired here

using base::Result;

namespace {

/// Ctrl-C and the service manager's stop and reload (SIGHUP), as something to wait for. Made before any thread, so that all
/// of them leave these signals alone.
class StopSignal {
 public:
  StopSignal() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    file_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  ~StopSignal() { close(file_); }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// Waits at most so long; true when it is time to stop. Notes a reload.
  bool wait(std::chrono::milliseconds most) {
    pollfd waiting{file_, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(most.count())) <= 0) return false;
    signalfd_siginfo what{};
    if (read(file_, &what, sizeof what) != sizeof what) return false;
    if (what.ssi_signo != SIGHUP) return true;
    reload_ = true;
    return false;
  }

  /// Whether a reload was asked for since the last time.
  bool reload() { return std::exchange(reload_, false); }

 private:
  int file_ = -1;
  bool reload_ = false;
};

/// Notices a change of the settings' file, looking at most every two seconds.
class SettingsWatch {
 public:
  explicit SettingsWatch(std::filesystem::path file) : file_(std::move(file)), written_(written()) {}

  bool changed() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return false;
    next_ = now + std::chrono::seconds{2};
    const auto at = written();
    return std::exchange(written_, at) != at;
  }

 private:
  std::filesystem::file_time_type written() const {
    std::error_code none;
    const auto at = std::filesystem::last_write_time(file_, none);
    return none ? std::filesystem::file_time_type{} : at;
  }

  std::filesystem::path file_;
  std::filesystem::file_time_type written_;
  std::chrono::steady_clock::time_point next_{};
};

/// What serves the pages has a desk and a conductor of its own: nobody who clicks waits for a mail server.
struct Counter {
  std::unique_ptr<Desk> desk;
  std::unique_ptr<act::deliver::Conductor> conductor;
  std::unique_ptr<Doorway> door;
  std::unique_ptr<PublicPages> pages;
  act::respond::ReplyRules replies;
  Surveys surveys;
  std::unique_ptr<SurveyPages> survey_pages;
  std::unique_ptr<LandingPages> landing;
  std::unique_ptr<AppRoutes> app_routes;
  std::unique_ptr<port::HttpClient> outside;
  std::unique_ptr<Callbacks> callbacks;
  std::unique_ptr<port::HttpClient> web;
  std::unique_ptr<entry::Accounts> accounts;
  std::unique_ptr<Api> api;
  std::unique_ptr<port::ActStore> console_store;  // looking at things waits for nobody's transaction
  std::unique_ptr<console::Jobs> jobs;
  std::unique_ptr<console::Workspace> console;
  ConsoleFiles files;
  std::unique_ptr<port::ActStore> operation_store;
  std::unique_ptr<Operation> operation;
  http::Router router;
};

Result<std::unique_ptr<Counter>> open_counter(Context& context, const CommonOptions& common, port::ActStore& store, const port::Clock& clock,
                                              act::deliver::CrashPoint crash, const AccessSettings& settings, const entry::Reach& reach,
                                              EventIntake& events, EventRoutes& event_routes) {
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
  actions.erase = [erase = std::move(actions.erase), &store, warehouse, self = counter.get(), data = context.data()](std::string_view customer, base::Instant now) -> Result<void> {
    WB_TRY(erase(customer, now));
    const auto rest = [&]() -> Result<void> {
      WB_TRY(store.scrub());
      const auto files = erase_from_files(data, customer, store);
      WB_TRY(erase_from_warehouse(customer, *warehouse));
      return files;
    }();
    // Whom it concerns stands in the audit log, never in this one.
    if (!rest) {
      base::log(base::Level::error, "erasure_unfinished", rest.error().message, {{"mend", "winback erase ID again; the ID stands in the audit log"}});
      WB_TRY(self->accounts->audit().record({.name = "winback serve"}, "erase", fmt::format("customer {}", customer), "the warehouse holds rows still", "unfinished"));
    }
    return {};
  };
  actions.tell = [&events](const PageEvent& event) -> Result<void> {
    WB_ASSIGN(const auto taken, events.take(event_body(event), collect::stream::Kind::track));
    if (!taken.rejected.empty()) return base::fail(base::Code::internal, "an event of a page was refused: {}", taken.rejected.front().reason);
    return {};
  };
  counter->api = std::make_unique<Api>(store, clock, actions, links.sign());
  entry::AccountsConfig access{.reach = reach, .life = settings.life};
  access.workspace = [file = context.settings_file(), &store]() -> Result<entry::Workspace> {
    WB_ASSIGN(const Settings now, load_settings(file));
    WB_ASSIGN(const ActSettings act, load_act_settings(file));
    WB_ASSIGN(const auto analysis, store.findings().find("analysis"));
    std::string as_of;  // "as_of": "2026-07-01" is the first thing it says
    if (analysis) {
      if (const std::size_t at = analysis->json.find("\"as_of\": \""); at != std::string::npos) as_of = analysis->json.substr(at + 10, 10);
    }
    return entry::Workspace{.name = act.shop.name[0], .currency = now.currency, .zone = now.zone, .business = now.business, .as_of = as_of};
  };
  counter->accounts = std::make_unique<entry::Accounts>(store, clock, std::move(access));
  if (!settings.oidc.issuer.empty()) {
    WB_ASSIGN(counter->web, adapter::web::open_web({.rules = settings.oidc_rules}));
    counter->accounts->add_oidc(settings.oidc, *counter->web);
  }
  counter->accounts->mount(counter->router);
  counter->api->mount(counter->router, counter->accounts->gate());
  const auto conduct = actions.conduct;
  const ActSettings& act = counter->desk->config().act;
  WB_ASSIGN(counter->replies, load_replies(context.data()));
  WB_ASSIGN(counter->outside, open_outside(act));
  WB_ASSIGN(auto callbacks, open_callbacks(act.channels, {.web = *counter->outside, .public_url = act.public_url, .shop = act.shop.name[0]}));
  counter->callbacks = std::make_unique<Callbacks>(store, clock, actions, links.sign(), std::move(callbacks), *counter->outside,
                                                   Callbacks::Config{act.public_url, counter->replies, context.language()});
  counter->callbacks->mount(counter->router);
  counter->door = std::make_unique<Doorway>(store, clock, std::move(actions), identity, links, std::move(robots));
  counter->pages = std::make_unique<PublicPages>(*counter->door);
  counter->pages->mount(counter->router);
  WB_ASSIGN(const model::ReasonRules reasons, load_reason_rules(context.data()));
  WB_ASSIGN(counter->surveys, load_surveys(context.data(), reasons, context.settings().business));
  counter->survey_pages = std::make_unique<SurveyPages>(*counter->door, counter->surveys, counter->replies, context.language());
  counter->survey_pages->mount(counter->router);
  // Several threads ask for names at once; the desk is for one.
  const auto naming = std::make_shared<std::mutex>();  // shared: by copies of the function
  counter->landing = std::make_unique<LandingPages>(*counter->door, LandingPages::Config{
      .deep_links = act.deep_links, .shop_url = act.shop.url, .task_language = context.language(),
      .offer_name = [naming, desk = counter->desk.get()](std::string_view offer, std::string_view campaign) {
        const std::lock_guard lock{*naming};
        const model::Offer* found = desk->offer(offer, campaign);
        return found == nullptr ? model::Texts{} : found->name;
      }});
  counter->landing->mount(counter->router);
  counter->app_routes = std::make_unique<AppRoutes>(*counter->door, *counter->landing, event_routes);
  counter->app_routes->mount(counter->router);
  event_routes.mount(counter->router);
  WB_ASSIGN(counter->console_store, context.another_store());
  counter->jobs = std::make_unique<console::Jobs>(clock);
  counter->console = std::make_unique<console::Workspace>(console::Workspace{
      .common = common,
      .data = context.data(),
      .store = *counter->console_store,
      .acting = store,
      .warehouse = *warehouse,
      .clock = clock,
      .jobs = *counter->jobs,
      .events = events,
      .conduct = conduct,
      .audit = [&audit = counter->accounts->audit()](const entry::Caller& caller, std::string_view action, std::string_view object,
                                                     std::string_view detail) { return audit.record(caller, action, object, detail); }});
  counter->files.mount(counter->router);
  WB_TRY(console::mount(counter->accounts->gate(), counter->router, *counter->console));
  WB_ASSIGN(counter->operation_store, context.another_store());
  counter->operation = std::make_unique<Operation>(*counter->operation_store, *warehouse, events, clock, [&jobs = *counter->jobs] {
    std::pair<std::uint64_t, std::uint64_t> counts;
    for (const auto& job : jobs.list()) {
      counts.first += job.state == console::Jobs::State::running ? 1 : 0;
      counts.second += job.state == console::Jobs::State::waiting ? 1 : 0;
    }
    return counts;
  }, [&callbacks = *counter->callbacks](std::string& to) { callbacks.write(to); });
  counter->router.add("GET", "/healthz", [](const http::Request&) { return http::text(200, "ok\n"); });
  counter->router.add("GET", "/readyz", [&operation = *counter->operation](const http::Request&) { return operation.readyz(); });
  counter->accounts->gate().guard(counter->router, "GET", "/metrics",
                                  [&operation = *counter->operation](const http::Request&, const entry::Caller&) { return operation.metrics(); });
  counter->accounts->gate().check(counter->router);
  return counter;
}

/// What the router says of addresses nobody serves, as docs/api.md tells failures.
http::Response in_json(http::Response response) {
  if (!http::find(response.headers, "Content-Type").value_or("").starts_with("text/plain")) return response;
  while (response.body.ends_with('\n')) response.body.pop_back();
  http::Response told = entry::refuse(response.status, response.status == 404 ? "not_found" : "method_not_allowed", response.body);
  if (const auto allow = http::find(response.headers, "Allow")) told.headers.emplace_back("Allow", std::string{*allow});
  return told;
}

}  // namespace

Result<void> run_serve(const CommonOptions& common, const ServeOptions& options) {
  StopSignal stop;
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_TRY(apply_log_settings(context->settings_file()));
  const act::deliver::CrashPoint crash = crash_points_from_environment();
  std::unique_ptr<Context> changed;  // of settings read since; outlives the engine made with it
  WB_ASSIGN(auto engine, Engine::open(*context, machine_clock(), crash));
  const ActSettings act = engine->desk().config().act;
  const std::string listen = options.listen.empty() ? act.listen : options.listen;
  WB_ASSIGN(const AccessSettings access, load_access_settings(context->settings_file()));
  const entry::Reach reach = reach_of(access, listen, act.behind_proxy);
  WB_ASSIGN(const auto events, EventIntake::open(*context, machine_clock(), crash));
  EventRoutes event_routes{*events, engine->store(), machine_clock(), act.event_origins};
  WB_ASSIGN(const auto counter, open_counter(*context, common, engine->store(), machine_clock(), crash, access, reach, *events, event_routes));
  const auto answer = [&](const http::Request& request) {
    if (auto allowed = event_routes.preflight(request)) return *std::move(allowed);
    const auto began = std::chrono::steady_clock::now();
    const bool local_metrics = request.path == "/metrics" && request.method == "GET" && Operation::is_local(request, act.behind_proxy);
    http::Response response = local_metrics ? counter->operation->metrics() : counter->router.handle(request);
    if (request.path.starts_with("/api") && (response.status == 404 || response.status == 405)) response = in_json(std::move(response));
    entry::harden(response, reach.secure);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const std::string_view pattern = pattern_of(counter->router, request);
    counter->operation->requests().add(pattern == "other" ? "other" : request.method, pattern, response.status, took);
    if (base::logs(base::Level::debug)) {
      base::log(base::Level::debug, "request", "answered", {{"method", request.method}, {"route", pattern}, {"status", response.status}, {"millis", static_cast<std::int64_t>(took.count() * 1000)}});
    }
    return response;
  };
  WB_ASSIGN(const auto server, http::Server::open(listen, answer,
                                                  {.body_bytes = 1024 * 1024 + 4096,  // a part of an upload; a report with the whole letter
                                                   .threads = 8,                      // those who send events wait for the disk together
                                                   .behind_proxy = act.behind_proxy},
                                                  access.certificate.empty() ? std::nullopt : std::optional{http::Tls{access.certificate, access.key}}));
  base::log(base::Level::info, "serving", fmt::format("serves on {} (port {}); Ctrl-C ends it", listen, server->port()));
  WB_ASSIGN(const std::string setup, counter->accounts->setup_link(fmt::format("{}:{}", listen.substr(0, listen.rfind(':')), server->port())));
  if (!setup.empty()) {
    base::log(base::Level::info, "setup", text::say(context->language(), text::Word::setup_link, fmt::arg("link", setup)));
  }
  if (reach.secure && access.certificate.empty() && !act.behind_proxy && access.console_url.empty()) {
    base::log(base::Level::warning, "no_tls", text::say(context->language(), text::Word::no_tls));
  }
  auto certificate_read = std::chrono::steady_clock::now();
  SettingsWatch settings{context->settings_file()};
  console::Refresh refresh{*counter->console};
  std::string last_problem;
  for (;;) {
    if (settings.changed()) {
      // What acts follows the settings at once; a file that cannot be read leaves it as it was.
      auto fresh = Context::open(common, false);
      auto reopened = fresh ? Engine::open(**fresh, machine_clock(), crash) : std::unexpected(fresh.error());
      if (reopened) {
        engine = std::move(*reopened);
        changed = std::move(*fresh);
      } else {
        base::log(base::Level::error, "settings_not_taken", reopened.error().message + "; what was read before stays in use");
      }
    }
    if (const auto now = std::chrono::steady_clock::now(); stop.reload() || now - certificate_read > std::chrono::hours{24}) {
      certificate_read = now;
      if (const auto renewed = server->renew_certificate(); !renewed) {
        base::log(base::Level::warning, "certificate_not_renewed", renewed.error().message + "; the certificate read before stays in use");
      }
    }
    if (const auto looked = refresh.look(); !looked) base::log(base::Level::warning, "not_refreshed", looked.error().message);
    const auto moved = engine->turn();
    if (!moved && moved.error().message != last_problem) {
      last_problem = moved.error().message;  // said once, not at every turn
      base::log(base::Level::error, "turn_failed", last_problem);
    }
    const bool busy = moved && *moved > 0;
    if (moved) last_problem.clear();
    if (stop.wait(std::chrono::milliseconds{busy ? 0 : 200})) break;
  }
  base::log(base::Level::info, "stopping", "stops; what was not sent waits in the outbox");
  server->stop();
  events->stop();
  // Long work ends if it soon can; else it is left as a power cut would leave it, which every import and analysis bears.
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{5};
  const auto at_work = [&] { return std::ranges::any_of(counter->jobs->list(), [](const auto& job) { return job.state == console::Jobs::State::running; }); };
  while (at_work() && std::chrono::steady_clock::now() < patience) std::this_thread::sleep_for(std::chrono::milliseconds{50});
  if (at_work()) {
    base::log(base::Level::warning, "job_left", "long work asked for in the console was cut off; ask for it again");
    std::_Exit(0);
  }
  return {};
}

}  // namespace program
