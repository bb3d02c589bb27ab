#include "app/operation.h"

#include "access/answer.h"
#include "base/log.h"

#include <nlohmann/json.hpp>

namespace app {

using base::Result;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

constexpr auto kLookAgain = 2s, kAskWarehouseAgain = 10s, kCountAgain = 10s;
constexpr std::string_view kTouched = "readiness";

bool is_loopback(std::string_view ip) { return ip == "::1" || ip.starts_with("127.") || ip.starts_with("::ffff:127."); }

}  // namespace

Operation::Operation(port::ActStore& store, port::Warehouse& warehouse, const EventIntake& events, const port::Clock& clock, JobCounts jobs, Writer more)
    : store_(store), warehouse_(warehouse), events_(events), clock_(clock), jobs_(std::move(jobs)), more_(std::move(more)),
      started_at_(static_cast<double>(base::millis(clock.now())) / 1000) {}

bool Operation::is_local(const http::Request& request, bool behind_proxy) {
  if (behind_proxy || !is_loopback(request.remote_ip)) return false;
  for (const char* added : {"x-forwarded-for", "forwarded", "via", "x-real-ip", "origin", "sec-fetch-site"}) {
    if (!request.header(added).empty()) return false;
  }
  const std::string_view host = request.header("host");
  return host.starts_with("127.") || host.starts_with("localhost:") || host == "localhost" || host.starts_with("[::1]");
}

Operation::Readiness Operation::look() {
  Readiness seen;
  // A real write, durable: that is what a full disk or a lock refuses.
  const auto written = store_.campaigns().set_offset(kTouched, base::millis(clock_.now()));
  seen.store = written.has_value();
  seen.store_says = written ? "takes writes" : base::without_names(written.error().message);
  if (const auto now = steady_clock::now(); warehouse_asked_ == steady_clock::time_point{} || now - warehouse_asked_ > kAskWarehouseAgain) {
    const auto info = warehouse_.info();
    warehouse_up_ = info.has_value();
    warehouse_problem_ = info ? "" : base::without_names(info.error().message);
    warehouse_asked_ = steady_clock::now();
  }
  seen.warehouse = warehouse_up_;
  seen.warehouse_says = warehouse_up_ ? "answers" : "does not answer (" + warehouse_problem_ + "); sending goes on, and events wait in the spool";
  const EventHealth health = events_.health();
  seen.spool = health.spool_bytes < health.spool_most_bytes / 10 * 9;
  seen.spool_says = fmt::format("{} of {} MB are used{}", health.spool_bytes >> 20, health.spool_most_bytes >> 20, seen.spool ? "" : "; events will be refused soon");
  return seen;
}

Operation::Readiness Operation::readiness() {
  // Who finds somebody looking takes what was seen last, unless nothing was seen yet.
  std::unique_lock looking{looking_, std::try_to_lock};
  if (!looking) {
    {
      const std::lock_guard lock{mutex_};
      if (!last_.store_says.empty()) return last_;
    }
    looking.lock();
  }
  if (const auto now = steady_clock::now(); looked_ == steady_clock::time_point{} || now - looked_ > kLookAgain) {
    Readiness seen = look();
    looked_ = steady_clock::now();
    const std::lock_guard lock{mutex_};
    last_ = std::move(seen);
  }
  const std::lock_guard lock{mutex_};
  return last_;
}

http::Response Operation::readyz() {
  const Readiness seen = readiness();
  const nlohmann::ordered_json json{{"ready", seen.ready()}, {"store", seen.store_says}, {"warehouse", seen.warehouse_says}, {"spool", seen.spool_says}};
  return entry::json_answer(seen.ready() ? 200 : 503, json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

void Operation::count_messages() {
  const std::unique_lock looking{looking_, std::try_to_lock};
  if (!looking) return;
  if (const auto now = steady_clock::now(); counted_ != steady_clock::time_point{} && now - counted_ < kCountAgain) return;
  std::map<std::string, std::uint64_t> messages;
  for (const model::MessageState state : {model::MessageState::ready, model::MessageState::claimed, model::MessageState::attempting, model::MessageState::accepted,
                                          model::MessageState::rejected, model::MessageState::unknown, model::MessageState::unconfirmed}) {
    messages[std::string{model::name_of(state)}] = 0;  // a state nobody is in is said to be empty
  }
  std::uint64_t running = 0;
  const auto counted = [&]() -> Result<void> {
    WB_ASSIGN(const auto campaigns, store_.campaigns().list());
    for (const model::Campaign& campaign : campaigns) {
      running += campaign.state == model::CampaignState::running ? 1 : 0;
      WB_ASSIGN(const auto sent, store_.counts().messages(campaign.id));
      for (const auto& one : sent) messages[std::string{model::name_of(one.state)}] += one.messages;
    }
    return {};
  }();
  counted_ = steady_clock::now();
  if (!counted) return;  // what was counted before stays
  const std::lock_guard lock{mutex_};
  messages_ = std::move(messages);
  running_ = running;
}

http::Response Operation::metrics() {
  const Readiness seen = readiness();
  count_messages();
  Figures figures;
  figures.events = events_.health();
  figures.ready = seen.ready();
  figures.warehouse_up = seen.warehouse;
  figures.resident_bytes = resident_bytes();
  figures.started_at = started_at_;
  std::tie(figures.jobs_running, figures.jobs_waiting) = jobs_();
  {
    const std::lock_guard lock{mutex_};
    figures.messages = messages_;
    figures.campaigns_running = running_;
  }
  std::string text = metrics_text(requests_, figures);
  if (more_) more_(text);
  return {200,
          {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}, {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}},
          std::move(text)};
}

}  // namespace app
