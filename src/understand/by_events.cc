// Profiles of businesses understood from events: subscriptions, games, courses.
#include <algorithm>
#include <cmath>

#include "stats/scores.h"
#include "understand/business/play.h"
#include "understand/business/subscription.h"
#include "understand/by_business.h"

namespace understand {

using business::Events;
using business::Happening;
using model::BusinessModel;
using model::Profiles;
using model::Shop;
using model::Situation;
using model::Stage;

namespace {

constexpr double kYear = 365;
constexpr double kFewReturn = 0.05;
constexpr std::size_t kMonths = 12;

/// Expected money of a year, in twelve steps.
struct SubscriptionYear {
  std::array<double, kMonths> second_life{};  ///< days of second life left in the year, coming back in this month

  explicit SubscriptionYear(const business::Subscriptions& learned) {
    for (std::size_t m = 0; m < kMonths; ++m) {
      second_life[m] = learned.second_life.mean_within(kYear * (1 - (static_cast<double>(m) + 0.5) / kMonths)).days;
    }
  }
  double periods(const business::Subscriptions& learned, const business::Subscriber& s, std::int32_t day) const {
    const double since = day - s.since, step = kYear / kMonths;
    double days = 0;
    if (s.standing == business::Standing::left) {
      for (std::size_t m = 0; m < kMonths; ++m) {
        const double from = step * static_cast<double>(m);
        days += (learned.coming_back.chance(since, from + step) - learned.coming_back.chance(since, from)) * second_life[m];
      }
    } else {
      for (std::size_t m = 0; m < kMonths; ++m) days += step * (1 - learned.staying.chance(since, step * (static_cast<double>(m) + 0.5)));
      if (s.standing == business::Standing::payment_failed) days *= learned.recovered;
      if (s.standing == business::Standing::paused) days *= learned.resumed;
    }
    return days / learned.period_days;
  }
};

/// Silence bins of the report, from the hazard of coming back.
void tell_coming_back(const business::Subscriptions& learned, std::int32_t horizon, Shop& shop) {
  shop.by_silence.clear();
  shop.lost_after_days.reset();
  const auto& periods = learned.coming_back.periods();
  const double step = learned.coming_back.period();
  const auto bins = static_cast<std::size_t>(std::ceil(static_cast<double>(periods.size()) / 2));
  for (std::size_t b = 0; b < bins; ++b) {
    const double from = 2 * step * static_cast<double>(b);
    const double chance = learned.coming_back.chance(from, horizon);
    const double n = periods[std::min(2 * b, periods.size() - 1)].at_risk;
    const stats::Interval interval = stats::wilson(chance * n, n, 0.95);
    shop.by_silence.push_back({static_cast<std::int32_t>(from), static_cast<std::int32_t>(from + 2 * step),
                               {chance, interval.low, interval.high, static_cast<std::uint64_t>(n)}});
    if (!shop.lost_after_days && chance < kFewReturn) shop.lost_after_days = static_cast<std::int32_t>(from);
  }
}

void fill_subscriptions(const model::Business& business, const Events& events, const EventHistories& made, Profiles& p, Shop& shop) {
  const std::int32_t today = base::day_number(events.as_of);
  const auto learned = business::learn_subscriptions(events, today, business.horizon_days);
  const SubscriptionYear year{learned};
  const double second_periods = learned.second_life_days / learned.period_days;
  tell_coming_back(learned, business.horizon_days, shop);
  shop.return_model = "hazard";
  shop.by_business = {{"billing_period_days", learned.period_days},
                      {"second_life_months", learned.second_life_days / 30},
                      {"second_life_months_error", learned.second_life_error / 30},
                      {"failed_payments_recovered", learned.recovered},
                      {"pauses_ended", learned.resumed},
                      {"came_back", learned.coming_back.events()}};
  p.situation.assign(p.size(), Situation::usual);
  std::vector<std::int32_t> last_session(p.size(), 0);
  for (std::size_t i = 0; i < p.size(); ++i) {
    const std::size_t row = made.row[i];
    for (std::size_t k = events.begin(row); k < events.end(row); ++k) {
      if (events.what[k] == Happening::session) last_session[i] = events.day[k];
    }
    const business::Subscriber s = business::subscriber_at(events, row, today, learned.period_days, learned.grace_days);
    const bool left = s.standing == business::Standing::left;
    p.first_day[i] = s.first_day;
    p.last_day[i] = left ? std::min(s.since, today) : s.paid_on;
    p.purchase_days[i] = s.payments;
    p.spend[i] = s.paid;
    p.average_basket[i] = s.price;
    p.expected_gap[i] = learned.period_days;
    const double chance = business::pays_within(learned, s, today, business.horizon_days);
    p.return_chance[i] = std::clamp(chance, 1e-4, 1 - 1e-4);
    const double payments = std::max(1.0, business.horizon_days / learned.period_days);
    p.expected_orders[i] = left ? p.return_chance[i] : p.return_chance[i] * payments;
    p.expected_basket[i] = left ? s.price * second_periods : s.price;
    p.basket_sd[i] = left ? s.price * learned.second_life_error / learned.period_days : 0;
    p.expected_year[i] = s.price * year.periods(learned, s, today);
    p.loss_90[i] = left ? s.price * 90 / learned.period_days : 0;
    const std::int32_t silent = today - p.last_day[i];
    if (left) {
      p.lapsed_on[i] = p.last_day[i];
      const bool lost = shop.lost_after_days && silent >= *shop.lost_after_days && silent >= business.heavy_days;
      p.stage[i] = lost ? Stage::lost : silent >= business.heavy_days ? Stage::lapsed_heavy : Stage::lapsed_light;
      continue;
    }
    p.lapsed_on[i] = std::max(today, s.paid_on + static_cast<std::int32_t>(learned.period_days)) + learned.grace_days;
    const bool idle = last_session[i] > 0 && today - last_session[i] >= business.light_days;
    p.stage[i] = idle ? Stage::declining : s.payments <= 1 ? Stage::fresh : s.payments < 4 ? Stage::growing : Stage::mature;
    p.situation[i] = s.standing == business::Standing::payment_failed ? Situation::payment_failed
                     : s.standing == business::Standing::paused       ? Situation::paused
                                                                      : Situation::subscribed;
  }
}

/// Of those there in one horizon, the share there in the next: how long value lasts.
double stays_active(const Histories& h, std::int32_t today, std::int32_t horizon) {
  double before = 0, both = 0;
  for (std::size_t i = 0; i < h.size(); ++i) {
    bool then = false, now = false;
    for (std::size_t k = h.begin(i); k < h.end(i) && h.day[k] <= today; ++k) {
      then = then || (h.day[k] > today - 2 * horizon && h.day[k] <= today - horizon);
      now = now || h.day[k] > today - horizon;
    }
    before += then ? 1 : 0;
    both += then && now ? 1 : 0;
  }
  return (both + 1) / (before + 2);
}

void fill_play(const model::Business& business, const Events& events, const EventHistories& made, Profiles& p, Shop& shop) {
  const std::int32_t today = base::day_number(events.as_of);
  const std::int32_t horizon = business.horizon_days;
  const bool game = business.model == BusinessModel::game;
  const business::Paying paying = business::Paying::learn(events, today, horizon);
  const double lasting = stays_active(made.histories, today, horizon);
  const auto horizons = [&](double days) { return (1 - std::pow(lasting, days / horizon)) / (1 - lasting); };
  p.situation.assign(p.size(), Situation::usual);
  p.place.assign(p.size(), 0);
  p.places = events.places;
  std::vector<business::Player> players(p.size());
  std::vector<double> payers;
  bool hours_known = false;
  for (std::size_t i = 0; i < p.size(); ++i) {
    players[i] = business::player_at(events, made.row[i], today);
    if (players[i].paying_days > 0) payers.push_back(players[i].paid);
  }
  for (std::size_t k = 0; k < events.what.size() && !hours_known; ++k) hours_known = events.what[k] == Happening::session && events.amount[k] > 0;
  double big = std::numeric_limits<double>::infinity();
  if (!payers.empty()) {
    std::sort(payers.begin(), payers.end());
    const auto at = static_cast<std::size_t>((1 - business.big_spender_share) * static_cast<double>(payers.size()));
    big = payers[std::min(at, payers.size() - 1)];
  }
  double newcomers = 0, silent_spenders = 0, stuck = 0, done = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const business::Player& player = players[i];
    const std::int32_t silent = p.silent(i);
    p.purchase_days[i] = player.paying_days;
    p.spend[i] = player.paid;
    p.spend_12m[i] = player.paid_12m;
    p.average_basket[i] = player.paying_days > 0 ? player.paid / player.paying_days : 0;
    const double pays = paying.chance(player, today);
    const auto money = paying.money(player);
    p.expected_basket[i] = pays * money.mean;
    p.basket_sd[i] = std::min(pays * money.error, p.expected_basket[i]);
    p.expected_orders[i] = p.return_chance[i];
    p.expected_year[i] = p.return_chance[i] * p.expected_basket[i] * std::max(1.0, horizons(kYear));
    p.loss_90[i] = (1 - p.return_chance[i]) * p.expected_basket[i] * horizons(90);
    const std::int32_t light = game && player.paying_days > 0 ? std::max(business.payer_days, business.light_days) : business.light_days;
    p.lapsed_on[i] = p.last_day[i] + light;
    const bool lost = shop.lost_after_days && silent >= *shop.lost_after_days && silent >= business.heavy_days;
    if (silent >= light) p.stage[i] = lost ? Stage::lost : silent >= business.heavy_days ? Stage::lapsed_heavy : Stage::lapsed_light;
    if (silent < light && model::is_lapsed(p.stage[i])) p.stage[i] = Stage::mature;
    if (game && player.hours < business.newcomer_hours) {
      p.situation[i] = Situation::newcomer;
      p.stage[i] = Stage::fresh;
      newcomers += 1;
    } else if (game && player.paid >= big && silent >= business.payer_days) {
      p.situation[i] = Situation::big_spender;
      silent_spenders += 1;
    } else if (!game && player.completed) {
      p.stage[i] = Stage::natural_end;
      p.flags[i] |= model::flag_natural_end;
      done += 1;
    } else if (!game && silent >= light) {
      p.situation[i] = Situation::stuck;
      p.place[i] = player.stuck_at;
      stuck += 1;
    }
  }
  shop.by_business = {{"pay_share", paying.share()}, {"spend_cut", paying.cut()}, {"stays_active", lasting}};
  if (game) {
    shop.by_business.push_back({"newcomers", newcomers});
    shop.by_business.push_back({"silent_big_spenders", silent_spenders});
    if (!hours_known) shop.warnings.emplace_back("business.hours_unknown");
  } else {
    shop.by_business.push_back({"stuck", stuck});
    shop.by_business.push_back({"completed", done});
  }
}

}  // namespace

void fill_by_events(const model::Business& business, const Events& events, const EventHistories& made, Profiles& p, Shop& shop) {
  if (business.model == BusinessModel::subscription) {
    fill_subscriptions(business, events, made, p, shop);
  } else {
    fill_play(business, events, made, p, shop);
  }
}

model::OutOfTime check_subscriptions(const Events& events, std::int32_t cut, std::int32_t horizon) {
  model::OutOfTime check;
  check.cut = base::day_from_number(cut);
  check.horizon_days = horizon;
  const auto learned = business::learn_subscriptions(events, cut, horizon);
  std::vector<double> ours, base_rate, label;
  const double overall = learned.coming_back.chance(0, horizon);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto then = business::subscriber_at(events, i, cut, learned.period_days, learned.grace_days);
    if (then.standing != business::Standing::left) continue;
    bool back = false;
    for (std::size_t k = events.begin(i); k < events.end(i) && events.day[k] <= cut + horizon; ++k) {
      back = back || (events.day[k] > cut && business::is_payment(events.what[k]));
    }
    label.push_back(back ? 1 : 0);
    ours.push_back(business::pays_within(learned, then, cut, horizon));
    base_rate.push_back(overall);
  }
  if (label.size() < 30 || learned.coming_back.events() < 10) {
    check.why_not = "short_history";
    return check;
  }
  check.done = true;
  check.customers = label.size();
  for (const double y : label) check.observed += y / static_cast<double>(label.size());
  const auto add = [&](std::string name, const std::vector<double>& chance) {
    double mean = 0;
    for (const double c : chance) mean += c / static_cast<double>(chance.size());
    check.rivals.push_back({std::move(name), stats::brier_score(chance, label), stats::area_under_curve(chance, label), mean});
  };
  add("winback", ours);
  add("base_rate", base_rate);
  for (const auto& group : stats::reliability(ours, label)) {
    check.deciles.push_back({group.predicted, group.observed, group.sampling_error, static_cast<std::uint64_t>(group.weight)});
  }
  return check;
}

}  // namespace understand
