#include "app/rehearsal.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <queue>
#include <sstream>

#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "act/deliver/sender.h"
#include "act/journey/check.h"
#include "adapter/sqlite/open_sqlite.h"
#include "app/engine.h"
#include "app/machine_clock.h"
#include "app/saved_plan.h"
#include "app/yaml.h"
#include "base/random.h"
#include "collect/import.h"
#include "decide/ledger.h"
#include "gen/files.h"

namespace app {

using base::Instant;
using base::Result;
using model::ResponseKind;
using text::say;
using text::Word;

namespace {

constexpr std::size_t kDaysOfEntering = 20;              // those let in by lot come over so many days
constexpr std::chrono::days kPatience{5};                // nobody came in for so long: nobody fits

Result<void> read_answers(std::string_view text, std::string_view where, Answers& answers) {
  WB_ASSIGN(const YAML::Node root, parse_yaml(text, where));
  if (root.IsNull()) return {};
  if (!root.IsMap()) return yaml_error(root, where, "expected lines such as `open: 0.35`");
  const std::map<std::string, double*> fields = {{"open", &answers.open},       {"click", &answers.click},
                                                 {"order", &answers.order},     {"opt_out", &answers.opt_out},
                                                 {"complain", &answers.complain}, {"order_unaided", &answers.order_unaided}, {"event", &answers.event}};
  for (const auto& entry : root) {
    const auto field = fields.find(entry.first.Scalar());
    if (field == fields.end()) return yaml_error(entry.first, where, fmt::format("'{}' is no answer; known are open, click, order, opt_out, complain, order_unaided, event", entry.first.Scalar()));
    const double value = entry.second.as<double>(-1);
    if (!(value >= 0 && value <= 1)) return yaml_error(entry.second, where, "expected a probability between 0 and 1");
    *field->second = value;
  }
  return {};
}

/// What a customer will do, some time.
struct Coming {
  Instant at;
  std::uint64_t order = 0;  ///< of being thought of: ties are broken the same way every time
  model::Response response;
  bool operator<(const Coming& other) const { return std::pair{at, order} > std::pair{other.at, other.order}; }
};

/// Customers who answer as assumed.
class Crowd {
 public:
  Crowd(port::ActStore& store, const Answers& answers, std::uint64_t seed) : store_(store), answers_(answers), rng_(seed) {}

  void expect(Instant at, model::Response response) {
    response.at = at;
    coming_.push({at, ++thought_of_, std::move(response)});
  }
  std::priority_queue<Coming>& coming() { return coming_; }
  base::Rng& rng() { return rng_; }

  /// What the one who got this will do.
  void answer(const model::Delivery& delivery) {
    const auto message = store_.outbox().find(delivery.message_id);
    if (!message || !*message) return;
    const auto tell = [&](ResponseKind kind, double within_hours) {
      const auto delay = std::chrono::seconds{60 + static_cast<std::int64_t>(rng_.uniform() * within_hours * 3600)};
      expect(delivery.at + delay, {.key = fmt::format("{} {}", model::name_of(kind), delivery.send_key),
                                   .kind = kind,
                                   .message_id = delivery.message_id,
                                   .enrolment_id = (*message)->enrolment_id,
                                   .campaign_id = (*message)->campaign_id,
                                   .customer_id = delivery.customer_id,
                                   .step = (*message)->step});
    };
    if (rng_.chance(answers_.open)) {
      tell(ResponseKind::opened, 48);
      if (answers_.open > 0 && rng_.chance(std::min(1.0, answers_.click / answers_.open))) tell(ResponseKind::clicked, 72);
    }
    if (rng_.chance(answers_.order)) tell(ResponseKind::bought, 24 * 7);
    if (rng_.chance(answers_.opt_out)) tell(ResponseKind::opted_out, 48);
    if (rng_.chance(answers_.complain)) tell(ResponseKind::complained, 48);
  }

 private:
  port::ActStore& store_;
  Answers answers_;
  base::Rng rng_;
  std::priority_queue<Coming> coming_;
  std::uint64_t thought_of_ = 0;
};

/// A provider that takes everything.
class RehearsalChannel final : public port::Channel {
 public:
  RehearsalChannel(std::string name, Crowd& crowd) : name_(std::move(name)), crowd_(crowd) {}

  std::string_view name() const override { return name_; }

  std::vector<model::Outcome> send(std::span<const model::Delivery> deliveries) override {
    std::vector<model::Outcome> outcomes;
    for (const model::Delivery& delivery : deliveries) {
      outcomes.push_back({.kind = model::OutcomeKind::accepted, .provider_id = delivery.send_key});
      crowd_.answer(delivery);
    }
    return outcomes;
  }

 private:
  std::string name_;
  Crowd& crowd_;
};

/// Events the journey waits for beside those the program itself reports.
std::vector<std::string> awaited_events(const model::Journey& journey) {
  std::vector<std::string> events;
  const auto add = [&](const std::string& name) {
    const auto own = act::journey::own_events();
    if (std::ranges::find(own, std::string_view{name}) == own.end() && std::ranges::find(events, name) == events.end()) events.push_back(name);
  };
  for (const model::Step& step : journey.steps) {
    if (const auto* wait = std::get_if<model::WaitForStep>(&step.what)) std::ranges::for_each(wait->events, add);
  }
  return events;
}

/// Customers drawn by lot, with what is known of them and the journey's sample event.
Result<std::vector<CustomerFacts>> drawn_customers(const model::Journey& journey, const Products& products, const RehearsalOptions& options,
                                                   port::Warehouse& warehouse) {
  std::map<std::uint64_t, CustomerFacts> drawn;  // those whose lot is smallest
  WB_TRY(each_customer({}, products, warehouse, [&](CustomerFacts&& facts) -> Result<void> {
    const std::uint64_t lot = base::stable_hash(facts.customer_id, options.seed);
    drawn.emplace(lot, std::move(facts));
    if (drawn.size() > options.customers) drawn.erase(std::prev(drawn.end()));
    return {};
  }));
  std::vector<CustomerFacts> customers;
  for (auto& [lot, facts] : drawn) {
    if (journey.entry.kind == model::Entry::Kind::event) {
      nlohmann::json event = nlohmann::json::object();
      for (const auto& [key, text] : journey.sample) event[key] = text;
      for (std::size_t i = 0; i < std::min<std::size_t>(2, products.all().size()); ++i)
        event["products"].push_back({{"sku", products.all()[(lot + i) % products.all().size()].sku}});
      facts.add_event(event.dump());
    }
    customers.push_back(std::move(facts));
  }
  return customers;
}

class SteppedClock final : public port::Clock {
 public:
  base::Instant now() const override { return at; }
  Instant at;
};

/// The rehearsal's own copy of what it needs.
struct Stage {
  std::unique_ptr<port::ActStore> store;
  std::unique_ptr<Desk> desk;
  model::Campaign campaign;
};

Result<Stage> build_stage(const CampaignFile& file, const RehearsalOptions& options, Context& context, Instant& from) {
  Stage stage;
  WB_ASSIGN(stage.store, adapter::sqlite::open_sqlite_in_memory());
  WB_ASSIGN(port::ActStore* const real, context.store());
  stage.campaign = {.id = file.journey.id, .journey = file.journey.id, .topic = file.journey.topic, .salt = base::mix(options.seed),
                    .holdout_share = file.journey.entry.holdout.value_or(0.1)};
  if (file.journey.entry.kind == model::Entry::Kind::plan) {
    WB_ASSIGN(const SavedPlan saved, load_plan(*real, options.plan));
    WB_TRY(stage.store->plans().save(saved.plan));
    stage.campaign.plan_id = saved.plan.id;
    stage.campaign.holdout_share = saved.plan.holdout_share;
    from = Instant{saved.plan.as_of} + std::chrono::hours{6};
  }
  stage.campaign.launched_at = from;
  WB_TRY(stage.store->campaigns().save(stage.campaign));
  WB_TRY(stage.store->campaigns().add_version({.campaign_id = stage.campaign.id, .version = 1, .source = file.source, .launched_at = from}));
  // Who can be reached, and in which language, stays; addresses do not come along.
  std::vector<model::ContactPoint> points;
  const auto flush = [&]() -> Result<void> {
    WB_TRY(stage.store->contacts().put(points));
    points.clear();
    return {};
  };
  WB_TRY(real->contacts().each([&](const model::ContactPoint& point) -> Result<void> {
    if (std::ranges::find(model::kChannels, point.channel) == model::kChannels.end()) return {};
    points.push_back(point);
    points.back().address = fmt::format("{}@{}.rehearsal.invalid", point.customer_id, point.channel);
    return points.size() < 10'000 ? Result<void>{} : flush();
  }));
  WB_TRY(flush());
  WB_ASSIGN(DeskConfig config, load_desk(context));
  // What the workspace does not say yet is invented, so that a journey can be seen before anything is set up.
  config.channels = {model::kChannels.begin(), model::kChannels.end()};
  config.loyalty.active = config.referral.active = true;
  const auto otherwise = [](std::string& text, const char* invented) {
    if (text.empty()) text = invented;
  };
  ShopIdentity& shop = config.act.shop;
  otherwise(config.act.public_url, "https://rehearsal.invalid");
  for (std::string& name : shop.name) otherwise(name, "Rehearsal");
  otherwise(shop.address, "1 Rehearsal Street");
  otherwise(shop.url, "https://shop.invalid");
  otherwise(shop.email, "hello@shop.invalid");
  stage.desk = std::make_unique<Desk>(*stage.store, std::move(config));
  return stage;
}

std::vector<Moment> story_of(const std::string& customer, const model::Enrolment& enrolment, port::ActStore& store, text::Language l) {
  std::vector<Moment> story = {{enrolment.entered_at, std::string{say(l, enrolment.control ? Word::moment_enters_held_out : Word::moment_enters)}}};
  if (!enrolment.code.empty()) {
    if (const auto code = store.codes().find(enrolment.code); code && *code)
      story.push_back({(*code)->issued_at, say(l, Word::moment_code, fmt::arg("offer", enrolment.offer_id))});
  }
  if (const auto messages = store.counts().of_customer(customer)) {
    for (const model::Message& m : *messages) {
      const Instant at = m.attempted_at.value_or(m.settled_at.value_or(m.due_at));
      const auto letter = fmt::arg("letter", m.letter);
      if (m.state == model::MessageState::ghost) story.push_back({at, say(l, Word::moment_held_back, letter)});
      else if (m.state == model::MessageState::accepted) story.push_back({at, say(l, Word::moment_gets, letter, fmt::arg("channel", m.channel))});
      else story.push_back({at, say(l, Word::moment_not_sent, letter, fmt::arg("why", m.detail.empty() ? std::string{model::name_of(m.state)} : m.detail))});
    }
  }
  if (const auto responses = store.responses().of_enrolment(enrolment.id)) {
    for (const model::Response& r : *responses) {
      const auto word = static_cast<Word>(static_cast<std::size_t>(Word::moment_did_delivered) + static_cast<std::size_t>(r.kind));
      story.push_back({r.at, std::string{say(l, word)}});
    }
  }
  if (const auto tasks = store.inbox().open_tasks()) {
    for (const model::Task& task : *tasks) {
      if (task.enrolment_id == enrolment.id) story.push_back({task.created_at, say(l, Word::moment_task, fmt::arg("queue", task.queue), fmt::arg("title", task.title))});
    }
  }
  if (enrolment.finished_at) story.push_back({*enrolment.finished_at, say(l, Word::moment_ends, fmt::arg("reason", enrolment.exit_reason))});
  std::ranges::stable_sort(story, {}, &Moment::at);
  return story;
}

}  // namespace

Result<Answers> load_answers(const std::filesystem::path& own_file) {
  Answers answers;
  WB_TRY(read_answers(gen::file_text("presets/rehearsal.yaml"), "presets/rehearsal.yaml", answers));
  if (std::ifstream in{own_file}; in) {
    std::ostringstream text;
    text << in.rdbuf();
    WB_TRY(read_answers(text.str(), own_file.filename().string(), answers));
  }
  return answers;
}

Result<Rehearsal> rehearse(const CampaignFile& file, const RehearsalOptions& options, Context& context) {
  const auto started = std::chrono::steady_clock::now();
  Rehearsal rehearsal;
  WB_ASSIGN(rehearsal.answers, load_answers(context.data() / "rehearsal.yaml"));
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_TRY(decide::ensure_tables(*warehouse));
  SteppedClock clock;
  clock.at = std::chrono::floor<std::chrono::hours>(machine_clock().now());
  WB_ASSIGN(Stage stage, build_stage(file, options, context, clock.at));
  rehearsal.from = clock.at;
  port::ActStore& store = *stage.store;
  WB_ASSIGN(base::Zone zone, base::Zone::open(context.settings().zone));
  act::deliver::Conductor conductor{store, *stage.desk};
  Entrance entrance{store, *warehouse, conductor, std::move(zone)};
  entrance.let_in_at_most(options.customers);
  Crowd mail{store, rehearsal.answers, base::mix(options.seed + 1)};
  std::vector<std::unique_ptr<port::Channel>> channels;
  std::vector<std::unique_ptr<act::deliver::Sender>> senders;
  for (const std::string_view name : model::kChannels) {
    if (name == "in_app") {
      WB_ASSIGN(auto own, open_in_app());
      channels.push_back(std::move(own));
    } else {
      channels.push_back(std::make_unique<RehearsalChannel>(std::string{name}, mail));
    }
    senders.push_back(std::make_unique<act::deliver::Sender>(store, *channels.back(), *stage.desk, act::deliver::SenderConfig{}));
  }
  WB_ASSIGN(Products products, Products::load(*warehouse));
  std::vector<CustomerFacts> lot;  // who will come in by lot, the next at the back
  const std::vector<std::string> awaited = awaited_events(file.journey);
  if (file.journey.entry.kind == model::Entry::Kind::event) {
    WB_ASSIGN(lot, drawn_customers(file.journey, products, options, *warehouse));
    rehearsal.invented = true;
  }
  std::size_t each_day = lot.size() / kDaysOfEntering + 1;
  model::Journey open_door = file.journey;  // for those a lot brings in although they do not fit
  stage.desk->stock(products);

  const Instant end = clock.at + std::chrono::days{options.days};
  Instant next_day = clock.at;
  while (clock.at < end) {
    if (clock.at >= next_day) {  // doors open once a day, and people order unaided
      // Profiles stand still in a rehearsal: who fits a segment fits it on the first day.
      const bool same_again = file.journey.entry.kind == model::Entry::Kind::segment && clock.at > rehearsal.from;
      if (!same_again) WB_TRY(entrance.by_entry(stage.campaign, file.journey, clock.at));
      if (file.journey.entry.kind != model::Entry::Kind::plan && !open_door.entry.condition.empty() && clock.at >= rehearsal.from + kPatience) {
        WB_ASSIGN(const auto so_far, store.counts().enrolments(stage.campaign.id));
        if (so_far.empty()) {  // nobody here fits
          WB_ASSIGN(lot, drawn_customers(file.journey, products, options, *warehouse));
          each_day = lot.size() / kDaysOfEntering + 1;
          open_door.entry.condition.clear();
          rehearsal.invented = true;
        }
      }
      for (std::size_t i = 0; i < each_day && !lot.empty(); ++i) {
        WB_TRY(entrance.by_known(stage.campaign, open_door, lot.back(), clock.at));
        lot.pop_back();
      }
      WB_ASSIGN(const auto open, store.enrolments().open_of({}, stage.campaign.id));
      for (const model::Enrolment& e : open) {
        for (const std::string& event : awaited) {
          if (mail.rng().chance(rehearsal.answers.event)) WB_TRY(conductor.happened(e.customer_id, event, clock.at));
        }
        if (!mail.rng().chance(rehearsal.answers.order_unaided)) continue;
        const Instant at = clock.at + std::chrono::minutes{static_cast<int>(mail.rng().below(1440))};
        mail.expect(at, {.key = fmt::format("unaided {} {}", e.customer_id, base::to_string(at)), .kind = ResponseKind::bought, .enrolment_id = e.id,
                         .campaign_id = e.campaign_id, .customer_id = e.customer_id});
      }
      WB_TRY(store.codes().expire(clock.at));
      next_day += std::chrono::days{1};
    }
    while (!mail.coming().empty() && mail.coming().top().at <= clock.at) {
      const model::Response response = mail.coming().top().response;
      mail.coming().pop();
      WB_TRY(conductor.take(response, clock.at));
    }
    bool moved = true;
    while (moved) {
      WB_ASSIGN(std::size_t steps, conductor.wake(clock.at, 500));
      for (const auto& sender : senders) {
        WB_ASSIGN(const std::size_t sent, sender->round(clock.at));
        steps += sent;
      }
      moved = steps > 0;
    }
    Instant next = std::min(next_day, end);
    WB_ASSIGN(const auto due, store.enrolments().next_due());
    if (due) next = std::min(next, *due);
    for (const std::string_view name : model::kChannels) {
      WB_ASSIGN(const auto at, store.counts().next_due(name));
      if (at) next = std::min(next, *at);
    }
    if (!mail.coming().empty()) next = std::min(next, mail.coming().top().at);
    clock.at = std::max(next, clock.at + std::chrono::milliseconds{1});
  }

  std::map<std::string, Path> paths;
  WB_TRY(store.counts().each_assigned(stage.campaign.id, [&](const port::ActCounts::Assigned& one) -> Result<void> {
    WB_ASSIGN(const auto enrolment, store.enrolments().last_entry(stage.campaign.id, one.customer_id));
    ++rehearsal.customers;
    std::vector<std::string> steps;
    WB_ASSIGN(const auto messages, store.counts().of_customer(one.customer_id));
    for (const model::Message& m : messages) {
      if (m.state == model::MessageState::accepted) ++rehearsal.letters;
      if (m.state == model::MessageState::ghost) ++rehearsal.ghosts;
      if (m.state == model::MessageState::accepted || m.state == model::MessageState::ghost) steps.push_back(m.step);
    }
    std::string key = one.control ? "control" : "treated";
    for (const std::string& step : steps) key += " " + step;
    const std::string ending = enrolment->finished_at ? enrolment->exit_reason : std::string{};
    Path& path = paths[key + " " + ending];
    if (path.customers++ == 0) {
      path.steps = std::move(steps);
      path.ending = ending;
      path.control = one.control;
      path.example = one.customer_id;
    }
    return {};
  }));
  for (auto& [key, path] : paths) rehearsal.paths.push_back(std::move(path));
  std::ranges::stable_sort(rehearsal.paths, std::greater<>{}, &Path::customers);
  for (Path& path : rehearsal.paths) {
    WB_ASSIGN(const auto enrolment, store.enrolments().last_entry(stage.campaign.id, path.example));
    path.story = story_of(path.example, *enrolment, store, context.language());
  }
  rehearsal.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return rehearsal;
}

}  // namespace app
