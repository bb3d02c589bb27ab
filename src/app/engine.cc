#include "app/engine.h"

#include <algorithm>
#include <cstdio>
#include <limits>

#include "adapter/webhook/open_webhook.h"
#include "app/channels.h"
#include "app/feedback_loader.h"
#include "app/mail_replies.h"
#include "app/notice_intake.h"
#include "app/manners_yaml.h"
#include "app/raw_mail.h"
#include "app/replies_yaml.h"
#include "app/steps.h"
#include "collect/import.h"
#include "decide/ledger.h"
#include "gen/sql_warehouse.h"

namespace app {

using base::Block;
using base::ColumnKind;
using base::Instant;
using base::Result;
using model::Entry;

namespace {

constexpr std::size_t kWakeAtOnce = 500;
constexpr int kRoundsAtOnce = 50;
constexpr std::size_t kBouncesAtOnce = 500;

/// In-app messages are settled where they are put: nothing ever reaches this channel.
class InAppChannel final : public port::Channel {
 public:
  std::string_view name() const override { return "in_app"; }
  std::vector<model::Outcome> send(std::span<const model::Delivery> deliveries) override {
    return std::vector<model::Outcome>(deliveries.size(), {.kind = model::OutcomeKind::rejected, .detail = "not a channel"});
  }
};

}  // namespace

Result<std::unique_ptr<port::Channel>> open_in_app() { return std::make_unique<InAppChannel>(); }

Result<DeskConfig> load_desk(Context& context) {
  DeskConfig config;
  config.settings = context.settings();
  WB_ASSIGN(config.act, load_act_settings(context.settings_file()));
  WB_ASSIGN(config.manners, load_manners(context.settings(), context.settings_file()));
  WB_ASSIGN(config.claims, load_claims(context.data() / "facts.yaml"));
  WB_ASSIGN(config.letters, load_letters(context.data()));
  WB_ASSIGN(config.habits, load_habits(context.data() / "channels.yaml"));
  config.channels.clear();
  const auto set_up = [&](std::string_view name) {
    if (std::ranges::find(config.channels, name) == config.channels.end()) config.channels.emplace_back(name);
  };
  for (const ChannelSetting& one : config.act.channels) set_up(one.channel);
  if (!config.act.mail.smtp.empty()) set_up("email");
  set_up("in_app");
  return config;
}

Result<Workplace> open_workplace(const CommonOptions& common, bool create) {
  Workplace place;
  WB_ASSIGN(place.context, Context::open(common, create));
  WB_ASSIGN(place.store, place.context->store());
  WB_ASSIGN(DeskConfig config, load_desk(*place.context));
  place.desk = std::make_unique<Desk>(*place.store, std::move(config));
  return place;
}

Engine::Engine(Context& context, port::ActStore& store, port::Warehouse& warehouse, const port::Clock& clock)
    : context_(context), store_(store), warehouse_(warehouse), clock_(clock) {}

Result<std::unique_ptr<Engine>> Engine::open(Context& context, const port::Clock& clock, act::deliver::CrashPoint crash) {
  WB_ASSIGN(port::ActStore* const store, context.store());
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_TRY(decide::ensure_tables(*warehouse));
  WB_ASSIGN(DeskConfig config, load_desk(context));
  WB_ASSIGN(base::Zone zone, base::Zone::open(context.settings().zone));
  std::unique_ptr<Engine> engine{new Engine{context, *store, *warehouse, clock}};
  engine->desk_ = std::make_unique<Desk>(*store, std::move(config));
  engine->conductor_ = std::make_unique<act::deliver::Conductor>(*store, *engine->desk_, crash);
  engine->entrance_ = std::make_unique<Entrance>(*store, *warehouse, *engine->conductor_, std::move(zone));
  WB_ASSIGN(engine->replies_, load_replies(context.data()));
  WB_TRY(engine->open_senders(std::move(crash)));
  return engine;
}

Result<void> Engine::open_senders(act::deliver::CrashPoint crash) {
  const ActSettings& act = desk_->config().act;
  const auto add = [&](std::unique_ptr<port::Channel> channel, act::deliver::SenderConfig config,
                       std::optional<act::deliver::Printer> printer = {}) {
    config.window = act.sending.window;
    config.lease = act.sending.lease.value_or(config.lease);
    config.first_retry = act.sending.first_retry;
    resolve_every_ = std::min(resolve_every_, config.lease);
    senders_.push_back(std::make_unique<act::deliver::Sender>(store_, *channel, *desk_, std::move(config), crash, printer));
    channels_.push_back(std::move(channel));
  };
  if (act.sends_letters()) {
    WB_ASSIGN(auto mail, open_mail(act));
    WB_ASSIGN(printer_store_, context_.another_store());
    printer_desk_ = std::make_unique<Desk>(*printer_store_, desk_->config());
    add(std::move(mail), {.lease = std::chrono::minutes{30}, .per_hour = act.mail.per_hour, .warm_up = act.mail.warm_up},
        act::deliver::Printer{printer_store_.get(), printer_desk_.get()});
  }
  WB_ASSIGN(auto in_app, open_in_app());
  add(std::move(in_app), {});
  WB_ASSIGN(web_, open_outside(act));
  if (!act.webhook_secret.empty()) {
    WB_ASSIGN(auto channel, adapter::webhook::open_webhook({.secret = act.webhook_secret}, *web_));
    add(std::move(channel), {});
  }
  const ChannelTools tools{.web = *web_, .public_url = act.public_url, .shop = act.shop.name[0]};
  std::vector<ChannelSetting> settings = act.channels;
  std::erase_if(settings, [](const ChannelSetting& one) { return one.channel == "email"; });  // letters have theirs already
  WB_ASSIGN(auto others, open_channels(settings, tools));
  for (auto& channel : others) add(std::move(channel), {});
  return {};
}

Result<std::size_t> Engine::turn() {
  const Instant now = clock_.now();
  // A warehouse that does not answer keeps nobody from a letter that is due; it is said, and asked again.
  Result<void> of_warehouse;
  if (now >= next_intake_ || now < next_intake_ - std::chrono::minutes{1}) {
    of_warehouse = intake(now);
    next_intake_ = now + std::chrono::seconds{2};
    // Who launches a campaign, or a new version of it, sees it begin and does not wait for the hour.
    WB_ASSIGN(const std::string running, running_campaigns());
    if (running != let_in_for_) next_entrance_ = now;
  }
  if (now >= next_bounces_ || now < next_bounces_ - std::chrono::minutes{5}) {
    next_bounces_ = now + std::chrono::minutes{1};
    WB_TRY(take_mails(now));
  }
  if (now >= next_back_ || now < next_back_ - std::chrono::minutes{1}) {
    next_back_ = now + std::chrono::seconds{5};
    const auto loaded = take_back(now);
    if (!loaded) of_warehouse = loaded;
  }
  if (now >= next_entrance_ || now < next_entrance_ - std::chrono::hours{2}) {
    const auto looked = let_in(now);
    next_entrance_ = now + (looked ? std::chrono::seconds{std::chrono::hours{1}} : std::chrono::seconds{30});
    if (!looked) of_warehouse = looked;
  }
  WB_ASSIGN(std::size_t moved, conductor_->wake(now, kWakeAtOnce));
  for (const auto& sender : senders_) {
    for (int round = 0; round < kRoundsAtOnce; ++round) {
      WB_ASSIGN(const std::size_t step, sender->round(clock_.now()));
      moved += step;
      if (step == 0) break;
    }
  }
  if (now >= next_resolve_ || now < next_resolve_ - std::chrono::minutes{5}) {
    for (const auto& sender : senders_) WB_TRY(sender->resolve(clock_.now()));
    WB_TRY(store_.codes().expire(now));
    next_resolve_ = now + resolve_every_;
  }
  if (!of_warehouse) return std::unexpected(of_warehouse.error());
  return moved;
}

/// Orders and events imported since the last look become responses and events of journeys.
Result<void> Engine::intake(Instant now) {
  WB_ASSIGN(const std::int64_t after, store_.campaigns().offset("intake"));
  WB_ASSIGN(const auto imports, store_.imports().list());
  std::int64_t newest = after;
  for (const model::Import& import : imports) {
    const bool of_use = import.kind == model::ImportKind::orders || import.kind == model::ImportKind::events;
    if (!of_use || import.undone_at) continue;
    if (!import.finished_at) return {};  // one is being read: look again when it is whole
    newest = std::max(newest, std::int64_t{import.id});
  }
  if (newest == after) return {};
  WB_ASSIGN(const auto campaigns, store_.campaigns().list());
  if (campaigns.empty()) return store_.campaigns().set_offset("intake", newest);  // what was before the first campaign concerns none
  std::vector<std::string> buyers;
  std::map<std::string, std::vector<std::string>> by_name;
  WB_TRY(take_orders(static_cast<std::uint32_t>(after), now, buyers));
  WB_TRY(take_events(static_cast<std::uint32_t>(after), now, by_name));
  by_name["bought"] = std::move(buyers);
  bool analyzed = false;
  for (const model::Campaign& campaign : campaigns) {
    const model::Journey* journey = desk_->journey(campaign.id, campaign.version);
    if (campaign.state != model::CampaignState::running || journey == nullptr || journey->entry.kind != Entry::Kind::event) continue;
    const auto customers = by_name.find(journey->entry.name);
    if (customers == by_name.end() || customers->second.empty()) continue;
    if (!analyzed) {  // who just bought is known only after a fresh look
      WB_TRY(analyze_step(context_, {}, {}));
      analyzed = true;
    }
    WB_TRY(entrance_->by_event(campaign, *journey, customers->second, now));
  }
  WB_TRY(look_at_stock());
  return store_.campaigns().set_offset("intake", newest);
}

Result<void> Engine::take_orders(std::uint32_t after, Instant now, std::vector<std::string>& buyers) {
  const port::Statement statement{gen::warehouse::orders_since_import.name, gen::warehouse::orders_since_import.text,
                                  {{"after", std::to_string(after)}}};
  return warehouse_.select(statement, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
    WB_ASSIGN(const auto* key, block.need("order_key", ColumnKind::text));
    WB_ASSIGN(const auto* at, block.need("at", ColumnKind::instant));
    WB_ASSIGN(const auto* coupon, block.need("coupon", ColumnKind::text));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      const Instant when = base::instant_from_millis(at->as<std::int64_t>()[i]);
      const std::string customer{id->text()[i]};
      const std::string order{key->text()[i]};
      if (!coupon->text()[i].empty()) {
        WB_ASSIGN(const auto code, store_.codes().find(coupon->text()[i]));
        if (code) {
          // A code the shop took although it is over or used stands in the order; that is the shop's to see to.
          const auto redeemed = store_.codes().redeem(code->code, order, code->liability, when);
          if (redeemed) {
            WB_TRY(conductor_->take({.key = "redeemed " + code->code, .kind = model::ResponseKind::redeemed,
                                     .enrolment_id = code->enrolment_id, .campaign_id = code->campaign_id,
                                     .customer_id = customer, .at = when}, now));
          }
        }
      }
      // An order from before a customer entered says nothing about the journey.
      WB_ASSIGN(const auto ids, store_.events().ids_of(customer));
      for (const std::string& person : ids) {
        WB_ASSIGN(const auto open, store_.enrolments().open_of(person));
        const auto first = std::ranges::find_if(open, [&](const auto& e) { return e.entered_at <= when; });
        if (first == open.end()) continue;
        WB_TRY(conductor_->take({.key = "order " + order + (person == customer ? "" : " " + person), .kind = model::ResponseKind::bought,
                                 .enrolment_id = first->id, .campaign_id = first->campaign_id, .customer_id = person, .at = when}, now));
      }
      if (when > now - std::chrono::days{30}) buyers.push_back(customer);
    }
    return {};
  });
}

Result<void> Engine::take_events(std::uint32_t after, Instant now, std::map<std::string, std::vector<std::string>>& by_name) {
  const port::Statement statement{gen::warehouse::events_since_import.name, gen::warehouse::events_since_import.text,
                                  {{"after", std::to_string(after)}}};
  return warehouse_.select(statement, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
    WB_ASSIGN(const auto* event_id, block.need("event_id", ColumnKind::text));
    WB_ASSIGN(const auto* type, block.need("type", ColumnKind::text));
    WB_ASSIGN(const auto* at, block.need("at", ColumnKind::instant));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      const std::string customer{id->text()[i]};
      const std::string name{type->text()[i]};
      const Instant when = base::instant_from_millis(at->as<std::int64_t>()[i]);
      if (when < now - std::chrono::days{30}) continue;
      by_name[name].push_back(customer);
      if (name == "opt_out" || name == "unsubscribe" || name == "spam_complaint") {
        const auto kind = name == "spam_complaint" ? model::ResponseKind::complained : model::ResponseKind::opted_out;
        WB_ASSIGN(const auto ids, store_.events().ids_of(customer));
        for (const std::string& person : ids) {
          WB_TRY(conductor_->take({.key = fmt::format("event {} {}", person, event_id->text()[i]), .kind = kind, .customer_id = person, .at = when}, now));
        }
        continue;
      }
      WB_ASSIGN(const auto ids, store_.events().ids_of(customer));
      for (const std::string& person : ids) WB_TRY(conductor_->happened(person, name, now));
    }
    return {};
  });
}

/// Letters show what is there now.
Result<void> Engine::look_at_stock() {
  WB_ASSIGN(Products products, Products::load(warehouse_));
  if (printer_desk_ != nullptr) printer_desk_->stock(products);
  desk_->stock(std::move(products));
  return {};
}

/// Events that came too early are tried again, and what customers said goes to the warehouse.
Result<void> Engine::take_back(Instant now) {
  const auto sign = [this](std::string_view purpose, std::string_view bytes) { return store_.sign(purpose, bytes); };
  WB_TRY(take_early(store_, *conductor_, sign, now));
  WB_ASSIGN(const base::Zone zone, base::Zone::open(context_.settings().zone));
  WB_TRY(load_feedback(store_, warehouse_, zone));
  return {};
}

/// Each message is a transaction of its own, and its file moves when that is durable.
Result<void> Engine::take_mails(Instant now) {
  const std::string& folder = desk_->config().act.mail.bounces;
  if (folder.empty()) return {};
  const auto sign = [this](std::string_view purpose, std::string_view bytes) { return store_.sign(purpose, bytes); };
  BounceCounts counts;
  WB_TRY(take_new_mail(folder, kBouncesAtOnce, [&](std::string_view, std::string_view raw) {
    const ReplyTools tools{store_, *conductor_, replies_, context_.language()};
    return store_.transact([&] { return take_mail(raw, tools, sign, now, counts); });
  }));
  return {};
}

Result<std::string> Engine::running_campaigns() {
  WB_ASSIGN(const auto campaigns, store_.campaigns().list());
  std::string names;
  for (const model::Campaign& one : campaigns) {
    if (one.state == model::CampaignState::running) names += fmt::format("{} {} {}\n", one.id, one.version, one.plan_id);
  }
  return names;
}

Result<void> Engine::let_in(Instant now) {
  WB_ASSIGN(let_in_for_, running_campaigns());
  WB_ASSIGN(const auto campaigns, store_.campaigns().list());
  bool any = false;
  for (const model::Campaign& campaign : campaigns) {
    const model::Journey* journey = desk_->journey(campaign.id, campaign.version);
    if (campaign.state != model::CampaignState::running || journey == nullptr) continue;
    any = true;
    WB_TRY(entrance_->by_entry(campaign, *journey, now));
  }
  if (!any) return {};
  return look_at_stock();
}

}  // namespace app
