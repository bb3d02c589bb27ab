#include "understand/by_business.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "stats/scores.h"
#include "understand/business/gifts.h"
#include "understand/business/play.h"
#include "understand/business/replacement.h"
#include "understand/business/subscription.h"

namespace understand {

using business::Events;
using business::Happening;
using model::BusinessModel;
using model::Profiles;
using model::Shop;
using model::Situation;
using model::Stage;

namespace {

constexpr double kAveragePurchases = 2;

bool counts(Happening what, BusinessModel model) {
  return model == BusinessModel::subscription ? business::is_payment(what) : business::is_activity(what);
}

bool is_money(Happening what, BusinessModel model) {
  return model == BusinessModel::subscription ? counts(what, model) : what == Happening::payment;
}

business::Purchases view_of(const Histories& h) {
  business::Purchases view{h.ends, h.day, {}};
  if (h.category.size() == h.day.size()) view.category = h.category;
  return view;
}

}  // namespace

bool carries(const Events& events, BusinessModel model) {
  switch (model) {
    case BusinessModel::subscription: return events.count(Happening::subscribed) > 0 || events.count(Happening::renewed) > 0;
    case BusinessModel::game: return events.count(Happening::session) > 0;
    case BusinessModel::course: return events.count(Happening::unit_started) + events.count(Happening::unit_completed) > 0;
    case BusinessModel::orders:
    case BusinessModel::durables: break;
  }
  return false;
}

void add_payments(const Histories& orders, Events& events) {
  if (events.count(Happening::payment) > 0) return;
  std::unordered_map<std::string_view, std::size_t> place;
  for (std::size_t i = 0; i < orders.size(); ++i) place.emplace(orders.customer_id[i], i);
  Events joined;
  joined.as_of = events.as_of;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto found = place.find(events.customer_id[i]);
    std::size_t k = found == place.end() ? 0 : orders.begin(found->second);
    const std::size_t end = found == place.end() ? 0 : orders.end(found->second);
    const auto pay_until = [&](std::int32_t day) {
      for (; k < end && orders.day[k] < day; ++k) joined.add(events.customer_id[i], orders.day[k], Happening::payment, orders.amount[k]);
    };
    for (std::size_t e = events.begin(i); e < events.end(i); ++e) {
      pay_until(events.day[e]);
      joined.add(events.customer_id[i], events.day[e], events.what[e], events.amount[e], events.places[events.place[e]]);
    }
    pay_until(base::day_number(events.as_of) + 1);
  }
  events = std::move(joined);
}

EventHistories histories_of(const Events& events, BusinessModel model) {
  EventHistories made;
  Histories& h = made.histories;
  h.as_of = events.as_of;
  h.items = h.categories = h.countries = {""};
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::size_t first = h.day.size();
    for (std::size_t k = events.begin(i); k < events.end(i); ++k) {
      if (!counts(events.what[k], model)) continue;
      if (h.day.size() == first || h.day.back() != events.day[k]) {
        h.day.push_back(events.day[k]);
        h.amount.push_back(0);
      }
      if (is_money(events.what[k], model)) h.amount.back() += std::max(0.0, events.amount[k]);
    }
    if (h.day.size() == first) continue;
    h.customer_id.push_back(events.customer_id[i]);
    h.ends.push_back(h.day.size());
    h.returned.push_back(0);
    for (auto* column : {&h.first_item, &h.last_item, &h.favourite_item, &h.favourite_category, &h.country}) column->push_back(0);
    made.row.push_back(static_cast<std::uint32_t>(i));
  }
  return made;
}

void fill_gift_buyers(const model::Business& business, const Histories& h, Profiles& p, Shop& shop) {
  const std::int32_t today = base::day_number(h.as_of);
  const business::GiftBuyers gifts = business::find_gift_buyers(view_of(h), today, business.horizon_days);
  if (gifts.recognised == 0) return;
  p.situation.resize(h.size(), Situation::usual);
  p.occasion.assign(h.size(), 0);
  p.approach_from.assign(h.size(), 0);
  p.approach_to.assign(h.size(), 0);
  shop.by_business.push_back({"gift_buyers", static_cast<double>(gifts.recognised)});
  shop.by_business.push_back({"gift_comes_again", gifts.comes_again});
  for (std::size_t i = 0; i < h.size(); ++i) {
    const business::GiftBuyer& buyer = gifts.customers[i];
    if (!buyer.recognised) continue;
    p.situation[i] = Situation::gift_buyer;
    p.occasion[i] = buyer.next;
    p.approach_from[i] = buyer.next - static_cast<std::int32_t>(business.occasion_lead_days);
    p.approach_to[i] = buyer.next;
    p.return_chance[i] = std::clamp(buyer.chance, 1e-4, 1 - 1e-4);
    p.expected_gap[i] = 365.25;
    const auto missed_from = [&](std::uint32_t back) {
      return buyer.next + static_cast<std::int32_t>(std::lround(2 * buyer.spread - 365.25 * back));
    };
    p.lapsed_on[i] = missed_from(buyer.missed);
    p.stage[i] = buyer.missed == 0 ? (buyer.occasions > 2 ? Stage::mature : Stage::growing)
                                   : buyer.missed == 1 ? Stage::lapsed_light : Stage::lapsed_heavy;
  }
}

bool fill_owners(const model::Business& business, const Histories& h, Profiles& p, Shop& shop) {
  const std::int32_t today = base::day_number(h.as_of);
  const business::Purchases view = view_of(h);
  const business::Replacement law = business::learn_replacement(view, today, h.categories.size());
  if (!law.known) {
    shop.warnings.emplace_back("business.replacement_unknown");
    return false;
  }
  shop.return_model = "replacement";
  shop.by_business.push_back({"replacement_days_middle", law.all.quantile(0.5)});
  shop.by_business.push_back({"replacement_days_passed", law.all.quantile(0.9)});
  shop.by_business.push_back({"replaced_here", law.all.comes_back});
  p.situation.resize(h.size(), Situation::usual);
  double money = 0, purchases = 0;
  for (const double amount : h.amount) {
    if (amount <= 0) continue;
    money += amount;
    purchases += 1;
  }
  shop.amounts_known = purchases > 0;
  const double average = purchases > 0 ? money / purchases : 0;
  for (std::size_t i = 0; i < h.size(); ++i) {
    const business::Owner year = business::owner_of(law, view, i, today, 365);
    const business::Owner owner = business::owner_of(law, view, i, today, business.horizon_days);
    p.return_chance[i] = std::clamp(owner.chance, 1e-4, 1 - 1e-4);
    p.lapsed_on[i] = owner.passed;
    p.expected_gap[i] = std::max(1.0, static_cast<double>(owner.passed - p.last_day[i]));
    if (today < owner.passed) {
      p.situation[i] = Situation::owner;
      p.stage[i] = h.purchases(i) == 1 ? Stage::fresh : Stage::mature;
    } else {
      p.stage[i] = today < owner.long_passed ? Stage::lapsed_light : Stage::lapsed_heavy;
    }
    // Purchases are few: own money counts against two average purchases.
    const double n = static_cast<double>(h.purchases(i));
    p.expected_basket[i] = (std::max(0.0, p.spend[i]) + kAveragePurchases * average) / (n + kAveragePurchases);
    p.basket_sd[i] = p.expected_basket[i] / std::sqrt(n + kAveragePurchases);
    p.expected_orders[i] = p.return_chance[i];
    p.expected_year[i] = std::max(year.chance, p.return_chance[i]) * p.expected_basket[i];
  }
  return true;
}

model::OutOfTime check_owners(const Histories& h, std::int32_t cut, std::int32_t horizon) {
  model::OutOfTime check;
  check.cut = base::day_from_number(cut);
  check.horizon_days = horizon;
  const business::Purchases view = view_of(h);
  const business::Replacement law = business::learn_replacement(view, cut, h.categories.size());
  if (!law.known) {
    check.why_not = "short_history";
    return check;
  }
  std::vector<double> ours, label;
  for (std::size_t i = 0; i < h.size(); ++i) {
    if (h.first_day(i) > cut) continue;
    bool back = false;
    for (std::size_t k = h.begin(i); k < h.end(i); ++k) back = back || (h.day[k] > cut && h.day[k] <= cut + horizon);
    label.push_back(back ? 1 : 0);
    ours.push_back(business::owner_of(law, view, i, cut, horizon).chance);
  }
  check.done = true;
  check.customers = label.size();
  double mean = 0;
  for (std::size_t i = 0; i < label.size(); ++i) {
    check.observed += label[i] / static_cast<double>(label.size());
    mean += ours[i] / static_cast<double>(label.size());
  }
  check.rivals.push_back({"winback", stats::brier_score(ours, label), stats::area_under_curve(ours, label), mean});
  for (const auto& group : stats::reliability(ours, label)) {
    check.deciles.push_back({group.predicted, group.observed, group.sampling_error, static_cast<std::uint64_t>(group.weight)});
  }
  return check;
}

}  // namespace understand
