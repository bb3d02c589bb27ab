#include "simulate/doings.h"

#include <algorithm>
#include <cmath>

#include "simulate/chance.h"
#include "simulate/traces.h"

namespace simulate {
namespace {

bool left_with(const Life& life, double at) {
  return std::any_of(life.absences.begin(), life.absences.end(), [&](const Absence& absence) { return absence.from == at; });
}

std::vector<Doing> subscription(const World& world, const Story& story) {
  std::vector<Doing> out;
  const std::string_view plan = world.subscription.tariffs[story.person.tariff].name;
  const double price = story.person.price;
  const auto open = [&](Delay delay, double due) {
    if (delay == Delay::failed) out.push_back({due, "payment_failed", price, 0, 0, plan});
    if (delay == Delay::paused) out.push_back({due, "paused", 0, 0, 0, plan});
  };
  const auto& paid = story.life.purchases;
  for (std::size_t k = 0; k < paid.size(); ++k) {
    const bool again = std::any_of(story.life.absences.begin(), story.life.absences.end(),
                                   [&](const Absence& absence) { return absence.until == paid[k].at; });
    open(paid[k].delay, paid[k].due);
    if (paid[k].delay == Delay::failed) {
      out.push_back({paid[k].at, "payment_recovered", price, 0, 0, plan});
    } else if (paid[k].delay == Delay::paused) {
      out.push_back({paid[k].at, "resumed", price, 0, 0, plan});
    } else {
      out.push_back({paid[k].at, k == 0 || again ? "subscribed" : "renewed", price, 0, 0, plan});
    }
  }
  for (const Absence& absence : story.life.absences) out.push_back({absence.from, "cancelled", 0, 0, 0, plan});
  if (!story.life.end.away) open(story.life.end.delay, story.life.end.due);
  return out;
}

std::vector<Doing> game(const World& world, const Story& story, base::Rng& rng) {
  std::vector<Doing> out;
  const auto& law = world.game;
  for (const Purchase& session : story.life.purchases) {
    out.push_back({session.at, "session", 0, std::round(100 * std::clamp(draw_gamma(rng, law.hours), 0.05, 14.0)) / 100});
    if (rng.chance(story.person.pays)) {
      out.push_back({session.at + 0.001, "payment", story.person.payment * std::exp(law.spread * rng.normal())});
    }
    if (rng.chance(law.finds)) out.push_back({session.at + 0.002, "item_gained", law.item * std::exp(0.8 * rng.normal())});
  }
  return out;
}

std::vector<Doing> course(const World& world, const Story& story, base::Rng& rng) {
  std::vector<Doing> out;
  std::uint32_t done = 0;
  std::uint32_t blocks = 0;
  for (const Purchase& day : story.life.purchases) {
    if (done / world.course.block >= blocks) {
      out.push_back({day.at, "payment", world.course.fee});
      ++blocks;
    }
    out.push_back({day.at + 0.001, "unit_started", 0, 0, done + 1});
    out.push_back({day.at + 0.002, "session", 0, std::round(100 * (0.3 + rng.uniform())) / 100});
    if (left_with(story.life, day.at)) continue;
    ++done;
    out.push_back({day.at + 0.003, "unit_completed", 0, 0, done});
    if (done == world.course.units) out.push_back({day.at + 0.004, "course_completed"});
  }
  return out;
}

Account sums(const std::vector<Doing>& doings, double until) {
  Account account;
  for (const Doing& doing : doings) {
    if (doing.at >= until) continue;
    account.hours += doing.hours;
    if (doing.type == "payment") account.spend += doing.amount;
    if (doing.type == "item_gained") account.items += doing.amount;
  }
  return account;
}

double worth_of(const World& world, const Account& account) {
  const auto& law = world.game;
  return law.worth_spend * account.spend + law.worth_items * account.items + law.worth_hour * account.hours;
}

}  // namespace

std::vector<Doing> doings_of(const World& world, const Story& story, base::Rng& rng) {
  switch (world.trade) {
    case Trade::shop: return {};
    case Trade::subscription: return subscription(world, story);
    case Trade::course: return course(world, story, rng);
    case Trade::game: break;
  }
  std::vector<Doing> out = game(world, story, rng);
  // A sale of the account among players: known prices to learn from.
  if (rng.chance(world.game.sold)) {
    const double at = story.person.joined + (world.days - story.person.joined) * (0.4 + 0.6 * rng.uniform());
    const double price = worth_of(world, sums(out, at)) * std::exp(world.game.worth_noise * rng.normal());
    if (price >= 0.01) out.push_back({at, "account_sold", price});
  }
  return out;
}

Account account_of(const World& world, const Story& story, std::uint64_t seed) {
  // The same source as the traces', drawn in the same order, so that both see the same play.
  base::Rng rng = rng_of(seed, story.person.number, Stream::traces);
  if (story.person.has_app) rng.uniform();
  Account account = sums(game(world, story, rng), world.days);
  account.worth = worth_of(world, account);
  return account;
}

void write_columns(Csv& csv, const Doing& doing) {
  const auto cents = [&](double value) {
    if (value > 0) {
      csv.money(std::llround(100 * value));
    } else {
      csv.none();
    }
  };
  cents(doing.amount);
  cents(doing.hours);
  if (doing.unit > 0) {
    csv.whole(doing.unit);
  } else {
    csv.none();
  }
  csv.text(doing.plan);
}

}  // namespace simulate
