#include "tests/simulation/campaign_run.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "adapter/sqlite/open_sqlite.h"
#include "tests/support/act_world.h"
#include "tests/support/fake_channel.h"

namespace tests {
namespace {

using namespace std::chrono;
using act::deliver::Conductor;
using act::deliver::Sender;
using base::Instant;
using model::MessageState;

constexpr std::uint32_t kWindow = 4;
constexpr minutes kLease{10};
constexpr const char* kZones[] = {"Europe/London", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"};

/// The process dies here: everything in memory is gone, an open transaction is rolled back.
struct Crash {};

/// A message on its way back: what the provider tells us, some time.
struct Callback {
  Instant at;
  model::Response response;
  bool again = false;  ///< a duplicate
};

class Run {
 public:
  explicit Run(const RunOptions& options) : options_(options), rng_(base::mix(options.seed)), mail_("email", options.seed + 1) {}

  RunReport go() {
    open();
    while (real_ < end_) step();
    drain();
    check();
    return std::move(report_);
  }

 private:
  struct Worker {
    std::unique_ptr<Sender> sender;
    int phase = 0;
    bool app = false;
    Instant attempted;  ///< by its clock
  };

  void open() {
    auto opened = adapter::sqlite::open_sqlite_in_memory();
    WB_CHECK(opened.has_value());
    store_ = std::move(*opened);
    real_ = Instant{sys_days{2026y / 2 / 20}} + hours{7};
    end_ = real_ + days{options_.days};
    score_.journey_ = varied_journey();
    score_.manners_.caps = {{"", 7, 2}, {"", 30, 4}, {"email", 2, 1}};
    mail_.faults = {.refused = 0.05, .throttled = 0.05, .rejected = 0.01, .dead_address = 0.01, .accept_then_drop = 0.04,
                    .accept_then_500 = 0.03, .dropped = 0.03};
    if (rng_.chance(0.4)) mail_.remembers = hours{24};
    mail_.answers_look_ups = rng_.chance(0.3);
    crash_rate_ = rng_.chance(0.8) ? 0.01 : 0;
    prints_aside_ = rng_.chance(0.5);
    mail_.on_call = [this](const FakeChannel::Call& call) { watch(call); };
    must(store_->campaigns().save(campaign_of(score_.journey_, now())));
    must(store_->codes().open_account({.campaign_id = "c1", .offer_id = "ten", .budget = 500 * (options_.customers / 3)}));
    for (std::uint32_t i = 0; i < options_.customers; ++i) {
      const std::string id = fmt::format("k{}", i);
      const model::Person person{.customer_id = id, .zone = kZones[i % 4], .last_order = real_ - days{100}};
      must(store_->people().put({&person, 1}));
      const model::ContactPoint point{.customer_id = id, .channel = "email", .address = id + "@example.com", .name = id};
      must(store_->contacts().put({&point, 1}));
    }
    restart();
  }

  template <class T>
  T must(base::Result<T> result) {
    if (!result) wrong("the store failed: {}", result.error().message);
    WB_CHECK(result.has_value());
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }

  template <class... Args>
  void wrong(fmt::format_string<Args...> text, Args&&... args) {
    report_.wrong.push_back(fmt::format("seed {}, {}: ", options_.seed, base::to_string(real_)) +
                            fmt::format(text, std::forward<Args>(args)...));
  }

  template <class... Args>
  void trace(fmt::format_string<Args...> text, Args&&... args) {
    if (options_.trace) fmt::print("{} {}\n", base::to_string(real_), fmt::format(text, std::forward<Args>(args)...));
  }

  Instant now() const { return real_ + skew_; }

  /// Every named point of the product passes here.
  void point(std::string_view name) {
    ++report_.points;
    if (crash_rate_ > 0 && !draining_ && rng_.chance(crash_rate_)) {
      trace("crash at: {}", name);
      throw Crash{};
    }
  }

  void restart() {
    conductor_ = std::make_unique<Conductor>(*store_, score_, [this](std::string_view p) { point(p); });
    workers_.clear();
    for (int i = 0; i < 3; ++i) start_worker(i == 2);
  }

  void start_worker(bool app) {
    act::deliver::SenderConfig config{.window = kWindow, .lease = kLease};
    // In one run of two, letters are rendered a round later, on a thread of their own.
    std::optional<act::deliver::Printer> printer;
    if (prints_aside_) printer = act::deliver::Printer{store_.get(), &printer_score_};
    port::Channel& channel = app ? static_cast<port::Channel&>(app_) : mail_;
    workers_.push_back({std::make_unique<Sender>(*store_, channel, score_, config, [this](std::string_view p) { point(p); }, printer),
                        0, app, {}});
  }

  /// Either one worker dies, or the whole program.
  void crashed(int worker) {
    ++report_.crashes;
    if (worker < 0 || rng_.chance(0.5)) {
      for (const Worker& w : workers_) doubt_allowed_ += w.app ? 0 : kWindow;
      restart();
      return;
    }
    doubt_allowed_ += workers_[static_cast<std::size_t>(worker)].app ? 0 : kWindow;
    const bool app = workers_[static_cast<std::size_t>(worker)].app;
    workers_.erase(workers_.begin() + worker);
    start_worker(app);
  }

  void step() {
    const double what = rng_.uniform();
    int worker = -1;
    try {
      if (what < 0.45) {
        worker = static_cast<int>(rng_.below(workers_.size()));
        work(workers_[static_cast<std::size_t>(worker)]);
      } else if (what < 0.60) {
        must(conductor_->wake(now(), 8));
      } else if (what < 0.68) {
        come_back();
      } else if (what < 0.71) {
        customer_acts();
      } else if (what < 0.74) {
        enter();
      } else if (what < 0.76) {
        must(workers_.front().sender->resolve(now()));
      } else if (what < 0.765) {
        skew_ = minutes{static_cast<int>(rng_.below(360)) - 180};
        ++report_.jumps;
        trace("the clock is off by {} min", duration_cast<minutes>(skew_).count());
      } else if (what < 0.766) {
        resume();
      } else if (what < 0.77) {
        must(store_->codes().expire(now()));
      } else {
        real_ += rng_.chance(0.5) ? seconds{static_cast<int>(rng_.below(120))} : minutes{static_cast<int>(rng_.below(180))};
      }
    } catch (const Crash&) {
      crashed(worker);
    }
  }

  void work(Worker& worker) {
    // Answers that come when the lease is over are evidence only: unless taken, the message stays in doubt.
    if (now() - worker.attempted >= kLease || now() < worker.attempted) late_ += worker.sender->in_flight();
    if (worker.app || rng_.chance(0.2)) {  // a whole round, as the program runs it
      worker.attempted = now();
      must(worker.sender->round(now()));
      worker.phase = 0;
      return;
    }
    switch (worker.phase) {
      case 0: must(worker.sender->claim(now())); break;
      case 1: worker.sender->render(now()); break;
      case 2:
        worker.attempted = now();
        must(worker.sender->attempt(now()));
        break;
      case 3: worker.sender->transmit(); break;
      default: must(worker.sender->settle(now()));
    }
    worker.phase = (worker.phase + 1) % 5;
  }

  void enter() {
    if (entered_ >= options_.customers) return;
    const std::string id = fmt::format("k{}", entered_);
    model::Enrolment draft{.campaign_id = "c1", .customer_id = id, .control = entered_ % 4 == 3, .entered_at = now()};
    if (draft.control) controls_.insert(id);
    const bool fresh = must(conductor_->enrol(draft, "{}", now()));
    trace("{} enters{}{}", id, draft.control ? " as a control" : "", fresh ? "" : " (again)");
    ++entered_;
  }

  /// What the provider did, at the moment it did it.
  void watch(const FakeChannel::Call& call) {
    ++report_.calls;
    if (call.repeated) ++report_.replays;
    const model::Delivery& d = call.delivery;
    trace("call {} {} attempt {} {}", d.customer_id, d.content.subject, d.attempt, call.taken ? "taken" : "-");
    if (controls_.contains(d.customer_id)) wrong("held-out {} was written to", d.customer_id);
    if (const auto out = refused_.find(d.customer_id); out != refused_.end() && !out->second.contains(d.message_id))
      wrong("{} was written to after opting out", d.customer_id);
    if (!call.taken) return;
    ++report_.taken;
    const auto when = [&](int spread) { return real_ + minutes{static_cast<int>(rng_.below(static_cast<std::uint64_t>(spread)))}; };
    const auto tell = [&](model::ResponseKind kind, int spread) {
      const model::Message message = *must(store_->outbox().find(d.message_id));
      Callback callback{when(spread),
                        {.key = fmt::format("{} {}", model::name_of(kind), d.send_key),
                         .kind = kind,
                         .message_id = d.message_id,
                         .enrolment_id = message.enrolment_id,
                         .campaign_id = message.campaign_id,
                         .customer_id = d.customer_id,
                         .step = message.step}};
      coming_.push_back(callback);
      if (rng_.chance(0.3)) {
        callback.again = true;
        callback.at = when(2 * spread);
        coming_.push_back(callback);
      }
    };
    tell(model::ResponseKind::delivered, 5);  // may come before our own commit
    if (rng_.chance(0.3)) tell(model::ResponseKind::clicked, 3000);
    if (rng_.chance(0.02)) tell(model::ResponseKind::complained, 600);
    if (rng_.chance(0.05)) tell(model::ResponseKind::opted_out, 600);
    if (rng_.chance(0.02)) tell(model::ResponseKind::bounced_hard, 30);
  }

  void come_back() {
    for (std::size_t i = 0; i < coming_.size(); ++i) {
      if (coming_[i].at > real_) continue;
      const Callback callback = coming_[i];
      bring(callback.response);
      // Not acknowledged before the commit: after a crash the provider tells again.
      std::erase_if(coming_, [&](const Callback& c) { return c.response.key == callback.response.key && c.again == callback.again; });
      return;
    }
  }

  void bring(model::Response response) {
    response.at = now();
    const bool leaves = response.kind == model::ResponseKind::opted_out || response.kind == model::ResponseKind::complained;
    std::set<std::int64_t> attempting;
    if (leaves) {
      for (const model::Message& m : must(store_->counts().of_customer(response.customer_id))) {
        if (m.state == MessageState::attempting || m.state == MessageState::unknown) attempting.insert(m.id);
      }
    }
    try {
      must(conductor_->take(response, now()));
    } catch (const Crash&) {
      // Whether it was committed shows in the store.
      if (leaves && committed(response.customer_id)) opted_out(response.customer_id, attempting);
      throw;
    }
    trace("{} {}", response.customer_id, model::name_of(response.kind));
    if (leaves) opted_out(response.customer_id, attempting);
  }

  bool committed(const std::string& customer) {
    const auto consents = must(store_->people().consents(customer));
    return std::ranges::any_of(consents, [](const auto& c) { return c.state == model::ConsentState::withdrawn; });
  }

  void opted_out(const std::string& customer, const std::set<std::int64_t>& attempting) {
    if (refused_.emplace(customer, attempting).second) ++report_.opt_outs;
  }

  void customer_acts() {
    if (entered_ == 0) return;
    const std::string id = fmt::format("k{}", rng_.below(entered_));
    const auto kind = rng_.chance(0.3) ? model::ResponseKind::opted_out : model::ResponseKind::bought;
    if (!rng_.chance(0.1)) return;
    bring({.key = fmt::format("own {} {}", id, rng_.next()), .kind = kind, .customer_id = id});
  }

  /// No more faults of ours: everything on its way comes to an end.
  void drain() {
    draining_ = true;
    skew_ = {};
    mail_.faults = {};
    while (entered_ < options_.customers) enter();
    for (int round = 0; round < 4000; ++round) {
      real_ += hours{3};
      resume();
      must(conductor_->wake(now(), 1000));
      for (Worker& worker : workers_) {
        must(worker.sender->resolve(now()));
        for (int i = 0; i < 40 && must(worker.sender->round(now())) > 0; ++i) {}
      }
      while (!coming_.empty() && std::ranges::any_of(coming_, [&](const Callback& c) { return c.at <= real_; })) come_back();
      const bool open = !must(store_->enrolments().open_of({}, "c1")).empty();
      if (!open && round > 30) return;
    }
    wrong("the campaign does not come to an end");
  }

  /// Too many complaints make a campaign stand still, which is right; people look at it and go on.
  void resume() {
    model::Campaign campaign = *must(store_->campaigns().find("c1"));
    if (campaign.state == model::CampaignState::running) return;
    ++report_.pauses;
    campaign.state = model::CampaignState::running;
    must(store_->campaigns().save(campaign));
  }

  void check() {
    std::uint64_t unknown = 0;
    for (const auto& [key, times] : mail_.taken) {
      if (times > 1) wrong("message {} reached the customer {} times", key, times);
    }
    for (std::uint32_t i = 0; i < options_.customers; ++i) {
      const std::string id = fmt::format("k{}", i);
      check_customer(id, unknown);
    }
    report_.unknown = unknown;
    if (unknown > doubt_allowed_ + provider_doubts() + late_)
      wrong("{} messages stay in doubt, {} can be explained", unknown, doubt_allowed_ + provider_doubts() + late_);
    for (const auto& account : must(store_->codes().accounts("c1"))) {
      if (account.budget && account.redeemed + account.outstanding > *account.budget) wrong("codes pass their budget");
    }
  }

  std::uint64_t provider_doubts() const {
    return static_cast<std::uint64_t>(std::ranges::count_if(mail_.calls, [](const auto& call) { return !call.answered; }));
  }

  void check_customer(const std::string& id, std::uint64_t& unknown) {
    std::vector<Instant> contacts;
    const auto entry = must(store_->enrolments().last_entry("c1", id));
    if (!entry) return wrong("{} was lost", id);
    if (entry->state != model::EnrolmentState::finished) wrong("{} stands still at {}", id, entry->step);
    if (entry->exit_reason == "endless" || entry->exit_reason == "step_gone") wrong("{} ended {}", id, entry->exit_reason);
    ++report_.finished;
    std::map<std::pair<std::string, std::uint32_t>, int> steps;
    for (const model::Message& m : must(store_->counts().of_customer(id))) {
      if (++steps[{m.step, m.occurrence}] > 1) wrong("{} has step {} twice", id, m.step);
      const bool settled = m.state != MessageState::ready && m.state != MessageState::claimed &&
                           m.state != MessageState::attempting && m.state != MessageState::unknown;
      if (!settled) wrong("message {} of {} is left {}", m.id, id, model::name_of(m.state));
      if (m.ghost != controls_.contains(id)) wrong("message {} of {} is in the wrong arm", m.id, id);
      if (m.ghost && (m.state == MessageState::accepted || m.attempted_at)) wrong("a ghost of {} was attempted", id);
      const bool taken = mail_.taken.contains(m.send_key);
      if (taken && (m.state == MessageState::rejected || m.state == MessageState::dropped || m.state == MessageState::cancelled))
        wrong("message {} of {} reached the customer and counts as {}", m.id, id, model::name_of(m.state));
      if (m.channel == "email" && m.state == MessageState::accepted && !taken) wrong("message {} is lost", m.id);
      if (m.state == MessageState::unconfirmed) ++unknown;
      if (m.state == MessageState::ghost) ++report_.ghosts;
      if (m.channel == "in_app" && m.state == MessageState::accepted) ++report_.in_app;
      const bool went = m.state == MessageState::accepted || m.state == MessageState::unconfirmed;
      if (went && m.attempted_at) {
        contacts.push_back(*m.attempted_at);
        check_quiet(id, *m.attempted_at);
      }
    }
    std::ranges::sort(contacts);
    for (const model::Cap& cap : {model::Cap{"", 7, 2}, model::Cap{"", 30, 4}}) {
      for (std::size_t i = 0; i + cap.most < contacts.size(); ++i) {
        if (contacts[i + cap.most] - contacts[i] < days{cap.days}) wrong("{} got more than {} in {} days", id, cap.most, cap.days);
      }
    }
    const auto inbox = must(store_->inbox().of_customer(id, Instant{}));
    std::set<std::int64_t> of_message;
    for (const auto& one : inbox) {
      if (!of_message.insert(one.message_id).second) wrong("{} has an in-app message twice", id);
    }
    if (controls_.contains(id) && !inbox.empty()) wrong("held-out {} has an in-app message", id);
  }

  void check_quiet(const std::string& id, Instant at) {
    const model::Person person = *must(store_->people().find(id));
    const base::Zone& zone = score_.zone(person);
    const auto local = floor<minutes>(at + milliseconds{zone.offset_millis(at)});
    const auto minute = (local - floor<days>(local)).count();
    if (minute >= score_.manners_.quiet_from || minute < score_.manners_.quiet_to) wrong("{} was written to at night", id);
  }

  /// In-app messages never reach a channel.
  class NoChannel final : public port::Channel {
   public:
    std::string_view name() const override { return "in_app"; }
    std::vector<model::Outcome> send(std::span<const model::Delivery> d) override {
      WB_CHECK(d.empty());
      return {};
    }
  };

  RunOptions options_;
  base::Rng rng_;
  FakeChannel mail_;
  NoChannel app_;
  FakeScore score_;
  FakeScore printer_score_;
  std::unique_ptr<port::ActStore> store_;
  std::unique_ptr<Conductor> conductor_;
  std::vector<Worker> workers_;
  std::vector<Callback> coming_;
  std::set<std::string> controls_;
  std::map<std::string, std::set<std::int64_t>> refused_;  ///< who opted out, with what was irrevocable then
  Instant real_, end_;
  milliseconds skew_{0};
  double crash_rate_ = 0;
  bool prints_aside_ = false;
  bool draining_ = false;
  std::uint32_t entered_ = 0;
  std::uint64_t doubt_allowed_ = 0, late_ = 0;
  RunReport report_;
};

}  // namespace

RunReport run_campaign(const RunOptions& options) { return Run{options}.go(); }

}  // namespace tests
