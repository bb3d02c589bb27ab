#pragma once

#include <span>
#include <vector>

#include "simulate/person.h"

namespace simulate {

/// What puts the next payment of a subscription off.
enum class Delay : std::uint8_t { none, failed, paused };

/// What decides a customer's future at some moment.
struct State {
  bool away = false;
  Reason reason = Reason::none;  ///< of being away
  double since = 0;              ///< last renewal (order) while staying, or the day of leaving
  Delay delay = Delay::none;     ///< subscriptions: a payment due on `due` is open
  double due = 0;
};

/// The future without any approach, up to a horizon.
struct Outlook {
  double orders = 0;  ///< expected, cancelled ones not counted
  double chance = 0;  ///< of at least one
  double money = 0;   ///< expected orders, each weighted by 1 − the mean discount of its day
};

/// Expected orders of a customer who at `from` is in `state`, for each of the ascending horizons (days, at most
/// kBeyond), by the law of the process and not by trial. Gaps are Erlang, so that staying is a chain of stages in
/// season time: given no order since the last, the stage j has the weight (kλe)^j / j! (e = season time elapsed), and
/// from there the forward equations are integrated (Runge–Kutta, fourth order). `cancelled` is the share of orders that
/// count as none.
std::vector<Outlook> outlook(const Person& person, const Season& season, const State& state, double from,
                             double cancelled, double gift_window, std::span<const std::int32_t> horizons);

/// The same for a subscription, whose periods have one length: closed forms. Of a payment beyond the next one, failures and
/// pauses are neglected.
std::vector<Outlook> subscription_outlook(const World& world, const Person& person, const State& state, double from,
                                          std::span<const std::int32_t> horizons);

/// The day in the year of gift buyers after the one on which they bought: the middle of the days it may fall on.
double next_occasion(const Person& person, double after);

}  // namespace simulate
