#include "decide/options.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

namespace decide {

using model::Class;
using model::Decisions;
using model::Offer;
using model::Profiles;

namespace {

constexpr double kSure = 0.8;         // P(Δ > 0) that makes a customer persuadable
constexpr double kHopeless = 0.2;
constexpr double kComesAnyway = 0.5;  // p(none) that tells a sure thing from a lost cause
constexpr std::size_t kChunk = 4096;

/// Within 30 days from `today`, whatever the year; `month_day` = month · 100 + day.
bool anniversary_near(std::int32_t today, unsigned month, unsigned day) {
  using namespace std::chrono;
  const base::Day now = base::day_from_number(today);
  const year_month_day date{now};
  for (const int ahead : {0, 1}) {
    const year_month_day then = (date.year() + years{ahead}) / std::chrono::month{month} / std::chrono::day{std::min(day, 28U)};
    const auto distance = (base::Day{then} - now).count();
    if (distance >= 0 && distance <= 30) return true;
  }
  return false;
}

void put(const Worth& worth, std::size_t row, Decisions& decisions) {
  decisions.worth[row] = static_cast<float>(worth.mean);
  decisions.worth_low[row] = static_cast<float>(worth.low);
  decisions.worth_high[row] = static_cast<float>(worth.high);
  decisions.chance_positive[row] = static_cast<float>(worth.chance_positive);
  decisions.chance_if_works[row] = static_cast<float>(worth.chance_if_works);
  decisions.return_chance_with[row] = static_cast<float>(worth.return_chance);
  decisions.cost[row] = static_cast<float>(worth.cost);
  decisions.attention[row] = static_cast<float>(worth.attention);
}

void evaluate_one(const PlanRequest& request, const Profiles& profiles, std::size_t c, Options& options,
                  Decisions& decisions) {
  const std::size_t row = options.row[c];
  const Prospect prospect = prospect_of(profiles, row);
  Worth best, gentlest;
  bool any = false, any_gentle = false, best_competes = false;
  std::size_t best_index = 0;
  double may_pay = 0;
  for (std::size_t k = 0; k < options.offers; ++k) {
    const Offer& offer = request.offers[k];
    const std::size_t slot = c * options.offers + k;
    if (!qualifies(profiles, row, offer, request.business.discount_ceiling)) {
      options.worth[slot] = -std::numeric_limits<float>::infinity();
      continue;
    }
    const Worth worth = worth_of(prospect, offer, request.business.margin, request.assumptions, *request.response);
    options.worth[slot] = static_cast<float>(worth.mean);
    if (request.response->measured(offer.kind)) may_pay = std::max(may_pay, worth.chance_positive);
    options.cost[slot] = static_cast<float>(worth.cost);
    const bool competing = worth.mean > 0 && (request.response->measured(offer.kind) || worth.chance_if_works >= kSure);
    options.competes[slot] = competing ? 1 : 0;
    // An approach that may be chosen goes before one that may not, however much that one promises.
    if (!any || (competing == best_competes ? worth.mean > best.mean : competing)) {
      best = worth;
      best_index = k;
      best_competes = competing;
      any = true;
    }
    if (!offer.gives_money() && offer.staff_minutes == 0 && (!any_gentle || worth.cost < gentlest.cost)) {
      gentlest = worth;
      any_gentle = true;
    }
  }
  decisions.return_chance[row] = static_cast<float>(prospect.return_chance);
  if (!any) return;
  const Offer& offer = request.offers[best_index];
  const bool measured = request.response->measured(offer.kind);
  decisions.best_offer[row] = static_cast<std::uint8_t>(best_index);
  decisions.kind[row] = class_of(best, any_gentle ? gentlest : best, prospect.return_chance, measured, may_pay);
  options.candidate[c] = best_competes ? 1 : 0;
  put(best, row, decisions);
}

}  // namespace

void show_worth(const PlanRequest& request, const Profiles& profiles, std::size_t row, std::uint8_t offer, Decisions& decisions) {
  put(worth_of(prospect_of(profiles, row), request.offers[offer], request.business.margin, request.assumptions, *request.response), row,
      decisions);
}

Prospect prospect_of(const Profiles& profiles, std::size_t row) {
  Prospect prospect;
  prospect.return_chance = profiles.return_chance[row];
  prospect.basket = profiles.expected_basket[row];
  prospect.basket_sd = profiles.basket_sd[row];
  prospect.orders_if_back =
      std::clamp(profiles.expected_orders[row] / std::max(profiles.return_chance[row], 1e-9), 1.0, 60.0);
  prospect.expected_year = profiles.expected_year[row];
  prospect.traits = model::traits_of(profiles.silent(row), static_cast<double>(profiles.purchase_days[row]), profiles.average_basket[row],
                                     profiles.price_sensitivity.empty() ? 0.0 : static_cast<double>(profiles.price_sensitivity[row]));
  return prospect;
}

bool qualifies(const Profiles& profiles, std::size_t row, const Offer& offer, double discount_ceiling) {
  const model::OfferRule& rule = offer.rule;
  if (profiles.spend[row] < rule.min_spend || profiles.purchase_days[row] < rule.min_purchases) return false;
  if (!rule.stages.empty()) {
    const auto stage = static_cast<std::uint8_t>(profiles.stage[row]);
    if (std::find(rule.stages.begin(), rule.stages.end(), stage) == rule.stages.end()) return false;
  }
  if (!rule.situations.empty()) {
    const auto situation = static_cast<std::uint8_t>(profiles.situation_of(row));
    if (std::find(rule.situations.begin(), rule.situations.end(), situation) == rule.situations.end()) return false;
  }
  if (!rule.categories.empty()) {
    const std::string& category = profiles.categories[profiles.favourite_category[row]];
    if (std::find(rule.categories.begin(), rule.categories.end(), category) == rule.categories.end()) return false;
  }
  const std::int32_t today = base::day_number(profiles.as_of);
  if (rule.birthday_within_30_days) {
    const std::int16_t birthday = profiles.birthday[row];
    if (birthday == 0 || !anniversary_near(today, static_cast<unsigned>(birthday / 100), static_cast<unsigned>(birthday % 100))) {
      return false;
    }
  }
  if (rule.anniversary_within_30_days) {
    const std::chrono::year_month_day first{base::day_from_number(profiles.first_day[row])};
    if (!anniversary_near(today, static_cast<unsigned>(first.month()), static_cast<unsigned>(first.day()))) return false;
  }
  if (offer.gives_money()) {
    // Who waits for discounts is not taught to go on; who had money off not long ago is not given more.
    if ((profiles.flags[row] & (model::flag_waits_for_discounts | model::flag_recent_money_offer)) != 0) return false;
    const double basket = profiles.expected_basket[row];
    if (offer.basket_share * basket + offer.redemption_cost > discount_ceiling * basket + 1e-9) return false;
  }
  return true;
}

Class class_of(const Worth& best, const Worth& gentlest, double return_chance, bool measured, double may_pay) {
  const double sure = measured ? best.chance_positive : best.chance_if_works;
  if (best.mean > 0 && sure >= kSure) return Class::persuadable;
  if ((best.mean > 0 && sure > kHopeless) || may_pay > kHopeless) return Class::unknown;
  if (return_chance >= kComesAnyway) return Class::sure_thing;
  // Nothing pays. Where even a letter without money loses, and mostly for the right to write, it is the letter itself.
  if (gentlest.mean < 0 && gentlest.attention > 0.5 * -gentlest.mean && gentlest.attention > gentlest.cost) {
    return Class::do_not_disturb;
  }
  return Class::lost_cause;
}

Options evaluate(const PlanRequest& request, const Profiles& profiles, Decisions& decisions) {
  Options options;
  options.offers = request.offers.size();
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    if (decisions.filter[i] == model::Filter::none) options.row.push_back(static_cast<std::uint32_t>(i));
  }
  const std::size_t count = options.row.size();
  options.held_out.assign(count, 0);
  options.candidate.assign(count, 0);
  options.competes.assign(count * options.offers, 0);
  options.worth.assign(count * options.offers, 0);
  options.cost.assign(count * options.offers, 0);
  const auto work = [&](std::size_t first, std::size_t step) {
    for (std::size_t begin = first * kChunk; begin < count; begin += step * kChunk) {
      for (std::size_t c = begin; c < std::min(count, begin + kChunk); ++c) evaluate_one(request, profiles, c, options, decisions);
    }
  };
  std::vector<std::jthread> threads;
  for (std::uint32_t t = 1; t < request.threads; ++t) threads.emplace_back(work, t, request.threads);
  work(0, std::max(1U, request.threads));
  threads.clear();
  return options;
}

}  // namespace decide
