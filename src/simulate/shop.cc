#include "simulate/shop.h"

#include <cmath>

#include "simulate/csv.h"
#include "simulate/doings.h"

namespace simulate {

using base::Column;
using base::ColumnKind;

namespace {

std::size_t weeks_of(const World& world) { return static_cast<std::size_t>((world.days + 6) / 7); }

/// The truth table's columns, made once and filled in this order.
base::Block truth_block(Trade trade) {
  base::Block block;
  const auto add = [&](std::string name, ColumnKind kind) { block.columns.emplace_back(std::move(name), kind); };
  add("customer_id", ColumnKind::text);
  add("kind", ColumnKind::text);
  add("alive", ColumnKind::u8);
  add("left_on", ColumnKind::day);
  add("reason", ColumnKind::text);
  add("orders", ColumnKind::u32);
  add("buying_rate", ColumnKind::f64);
  add("regularity", ColumnKind::u32);
  add("leave_after_order", ColumnKind::f64);
  add("leave_rate", ColumnKind::f64);
  add("back_rate", ColumnKind::f64);
  add("expected_basket", ColumnKind::f64);
  for (const std::int32_t days : kHorizons) {
    add(fmt::format("return_chance_{}", days), ColumnKind::f64);
    add(fmt::format("expected_orders_{}", days), ColumnKind::f64);
    add(fmt::format("expected_money_{}", days), ColumnKind::f64);
  }
  add("price_sensitivity", ColumnKind::f64);
  add("put_off", ColumnKind::u8);
  add("opt_out_chance", ColumnKind::f64);
  for (std::size_t k = 0; k < model::kOfferKinds; ++k) {
    add(fmt::format("effect_{}", model::name_of(static_cast<model::OfferKind>(k))), ColumnKind::f64);
  }
  switch (trade) {
    case Trade::shop: break;
    case Trade::subscription:
      add("standing", ColumnKind::text);
      add("price", ColumnKind::f64);
      break;
    case Trade::game:
      add("return_chance_30", ColumnKind::f64);
      add("pays_in_session", ColumnKind::f64);
      add("hours", ColumnKind::f64);
      add("account_worth", ColumnKind::f64);
      break;
    case Trade::course: add("return_chance_30", ColumnKind::f64); break;
  }
  return block;
}

/// Fills one row, column after column.
class Row {
 public:
  explicit Row(base::Block& block) : block_(block) {}
  void text(std::string_view value) { next().text().push_back(value); }
  void number(double value) { next().as<double>().push_back(value); }
  void flag(bool value) { next().as<std::uint8_t>().push_back(value ? 1 : 0); }
  void count(std::uint32_t value) { next().as<std::uint32_t>().push_back(value); }
  void day(std::int32_t value, bool given) {
    Column& column = next();
    column.as<std::int32_t>().push_back(given ? value : 0);
    column.nulls.push_back(given ? 0 : 1);
  }

 private:
  Column& next() { return block_.columns[at_++]; }
  base::Block& block_;
  std::size_t at_ = 0;
};

}  // namespace

Tables::Tables(const World& world)
    : truth(truth_block(world.trade)),
      newcomers(weeks_of(world) * world.acquisition.size()),
      letters(world.messages.campaigns.size()) {}

void Tables::add_counts(const Tables& other) {
  for (std::size_t i = 0; i < newcomers.size(); ++i) newcomers[i] += other.newcomers[i];
  for (std::size_t i = 0; i < letters.size(); ++i) letters[i] += other.letters[i];
}

Shop::Shop(World world, std::uint64_t seed)
    : world_(std::move(world)), seed_(seed), catalogue_(world_, seed), people_(world_, catalogue_, seed) {}

base::Result<std::unique_ptr<Shop>> Shop::open(World world, std::uint64_t seed) {
  std::unique_ptr<Shop> shop{new Shop{std::move(world), seed}};
  for (const Market& market : shop->world_.markets) {
    WB_ASSIGN(const base::Zone zone, base::Zone::open(market.zone));
    shop->calendars_.emplace_back(shop->world_, zone);
  }
  return shop;
}

Story Shop::story(std::uint64_t number, double until) const {
  Story s;
  s.person = people_.person(number);
  s.contact = people_.contact(s.person);
  s.consent = draw_consent(world_, s.person, s.contact, seed_);
  const bool reachable = !s.contact.email.empty() && !s.contact.bounces;
  s.life = live(world_, people_, s.person, seed_, s.consent.opted_out, reachable, until);
  for (const Touch& touch : s.life.touches) {
    if (touch.opted_out) s.consent = {touch.at + 0.1, kNever};
  }
  return s;
}

void Shop::add(std::uint64_t begin, std::uint64_t end, Tables& out) const {
  for (std::uint64_t number = begin; number < end; ++number) {
    Story s = story(number);
    if (world_.trade == Trade::shop) s.orders = fill_baskets(world_, catalogue_, people_, s.person, s.life, seed_);
    const Calendar& calendar = calendars_[s.person.market];
    write_orders(world_, catalogue_, calendar, s.person, s.orders, out.orders);
    add_customer(s, out.customers);
    write_messages(world_, calendar, s, seed_, out.messages, out.campaigns);
    write_traces(world_, catalogue_, calendar, s, seed_, {out.events, out.feedback, out.topics});
    add_truth(s, out.truth);
    ++out.newcomers[static_cast<std::size_t>(s.person.joined / 7) * world_.acquisition.size() + s.person.acquisition];
    for (const Touch& touch : s.life.touches) {
      if (touch.treated) ++out.letters[touch.campaign];
    }
  }
}

void Shop::add_customer(const Story& s, std::string& out) const {
  Csv csv{out};
  const Market& market = world_.markets[s.person.market];
  csv.id('C', s.person.number + 1).text(s.contact.name).text(s.contact.email).text(s.contact.phone);
  csv.text(s.person.language == Tongue::en ? "en" : s.person.language == Tongue::zh_cn ? "zh-CN" : "zh-TW");
  csv.text(market.country).text(s.contact.city);
  csv.text(s.contact.birthday == 0 ? std::string{} : base::to_string(base::day_from_number(s.contact.birthday)));
  csv.text(base::to_string(world_.start + std::chrono::days{static_cast<std::int32_t>(s.person.joined)}));
  std::string tags = world_.acquisition[s.person.acquisition].name;
  if (s.person.has_app) tags += ";app";
  csv.text(tags);
  if (s.person.household != 0) {
    csv.id('H', s.person.household);
  } else {
    csv.none();
  }
  csv.end();
}

void Shop::add_truth(const Story& s, base::Block& out) const {
  const Person& p = s.person;
  const State& end = s.life.end;
  Row row{out};
  std::string id;
  Csv::append_id(id, 'C', p.number + 1);
  row.text(id);
  row.text(p.gift_buyer ? "gift_buyer" : p.stages > 1 ? "regular" : "irregular");
  row.flag(!end.away);
  row.day(base::day_number(world_.start) + static_cast<std::int32_t>(end.since), end.away);
  row.text(name_of(end.reason));
  row.count(static_cast<std::uint32_t>(s.life.purchases.size()));
  row.number(p.gift_buyer ? 1 : p.rate * 365);
  row.count(p.stages);
  row.number(p.leave_after);
  row.number(p.leave_rate * 365);
  row.number(p.back[static_cast<std::size_t>(end.reason)] * 365);
  const double basket = expected_money(p);
  row.number(basket);
  const std::vector<Outlook> futures = futures_of(p, end, kHorizons);
  for (const Outlook& future : futures) {
    row.number(future.chance);
    row.number(future.orders);
    row.number(future.money * basket);
  }
  row.number(p.price_sensitivity);
  row.flag(p.put_off);
  row.number(p.opt_out);
  for (std::size_t k = 0; k < model::kOfferKinds; ++k) {
    row.number(people_.effect_of(p, static_cast<model::OfferKind>(k), end.reason));
  }
  const std::int32_t month[] = {30};
  switch (world_.trade) {
    case Trade::shop: break;
    case Trade::subscription:
      row.text(end.away ? "left" : end.delay == Delay::failed ? "payment_failed" : end.delay == Delay::paused ? "paused" : "subscribed");
      row.number(p.price);
      break;
    case Trade::game: {
      row.number(futures_of(p, end, month)[0].chance);
      row.number(p.pays);
      const Account account = account_of(world_, s, seed_);
      row.number(account.hours);
      row.number(account.worth);
      break;
    }
    case Trade::course: row.number(futures_of(p, end, month)[0].chance); break;
  }
}

std::vector<Outlook> Shop::futures_of(const Person& p, const State& end, std::span<const std::int32_t> horizons) const {
  if (world_.trade == Trade::subscription) return subscription_outlook(world_, p, end, world_.days, horizons);
  return outlook(p, people_.season(p), end, world_.days, world_.basket.cancelled, world_.gift_buyers.window, horizons);
}

double Shop::expected_money(const Person& p) const {
  switch (world_.trade) {
    case Trade::shop: break;
    case Trade::subscription: return p.price;
    case Trade::game: return p.pays * p.payment * std::exp(world_.game.spread * world_.game.spread / 2);
    case Trade::course: return world_.course.fee / world_.course.block;
  }
  return expected_basket(world_, catalogue_, p);
}

std::string Shop::spend_csv(const Tables& counts) const {
  std::string out;
  Csv csv{out};
  const std::size_t ways = world_.acquisition.size();
  std::vector<Cents> win_back(weeks_of(world_));
  for (std::size_t c = 0; c < counts.letters.size(); ++c) {
    const Campaign& campaign = world_.messages.campaigns[c];
    const auto week = static_cast<std::size_t>((campaign.day - world_.start).count() / 7);
    win_back[week] += std::llround(static_cast<double>(counts.letters[c]) * campaign.cost * 100);
  }
  for (std::size_t week = 0; week < weeks_of(world_); ++week) {
    const std::string day = base::to_string(world_.start + std::chrono::days{static_cast<std::int32_t>(week * 7)});
    for (std::size_t way = 0; way < ways; ++way) {
      base::Rng rng = rng_of(seed_, week * 100 + way, Stream::spend);
      const std::uint32_t newcomers = counts.newcomers[week * ways + way];
      // Auctions and agencies: the price of a customer wanders from week to week.
      const double each = world_.acquisition[way].cost * std::exp(0.15 * rng.normal());
      csv.text(day).text(world_.acquisition[way].name).text("acquisition");
      csv.money(std::llround(each * newcomers * 100)).whole(newcomers).end();
    }
    if (win_back[week] > 0) csv.text(day).text("email").text("win-back").money(win_back[week]).whole(0).end();
    if (world_.other_spend_per_day > 0) {
      const std::int32_t length = std::min(7, world_.days - static_cast<std::int32_t>(week * 7));
      csv.text(day)
          .text("brand")
          .text("other")
          .money(std::llround(world_.other_spend_per_day * length * 100))
          .whole(0)
          .end();
    }
  }
  return out;
}

}  // namespace simulate
