#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/offer.h"
#include "model/profile.h"

namespace model {

/// What the plan says about a customer.
enum class Verdict : std::uint8_t { approach, explore, hold_out, leave, wait, filtered };
inline constexpr std::size_t kVerdicts = 6;

/// What kind of customer this is, for an approach.
enum class Class : std::uint8_t { persuadable, sure_thing, lost_cause, do_not_disturb, unknown, none };
inline constexpr std::size_t kClasses = 6;

/// Why a customer was not considered at all: the first that applies, in this order but for the last four, which are looked
/// at right after not_asked_for.
enum class Filter : std::uint8_t {
  none,
  not_asked_for,       ///< outside --where
  not_lapsed,          ///< still in rhythm; the decision says until when to wait
  outside_window,      ///< the preset's lapse window
  not_top_spend,       ///< the preset's share of the highest spenders
  quality_leaver,      ///< left over the product
  natural_end,         ///< the need is over
  open_return,         ///< a return, delivery or ticket is open
  opted_out,
  unreachable,         ///< contact data exists, but none for this customer
  ended_36_months,     ///< no order for 36 months: marketing ends
  payment_failed,      ///< subscriptions: the payment is recovered first
  paused,              ///< subscriptions: rests by agreement
  newcomer,            ///< games: not yet a customer who could be lost
  out_of_season,       ///< buys once a year: waits for the time before the occasion
};
inline constexpr std::size_t kFilters = 15;

std::string_view name_of(Verdict verdict);
std::string_view name_of(Class kind);
std::string_view name_of(Filter filter);

inline constexpr std::uint8_t kNoOffer = 255;

/// One decision per customer, in the order of the profiles. Money in the plan's currency.
struct Decisions {
  std::vector<Verdict> verdict;
  std::vector<Class> kind;
  std::vector<Filter> filter;
  std::vector<std::uint8_t> offer;        ///< index of the chosen, or for held-out customers would-be, approach
  std::vector<std::uint8_t> best_offer;   ///< index of the approach with the highest worth, chosen or not
  std::vector<float> worth;               ///< E[Δ] of the offer, or of best_offer where none is chosen; so are the next
  std::vector<float> worth_low;           ///< 80 % interval
  std::vector<float> worth_high;
  std::vector<float> chance_positive;     ///< P(Δ > 0)
  std::vector<float> chance_if_works;     ///< P(Δ > 0 | the approach works at all)
  std::vector<float> return_chance;       ///< p(none)
  std::vector<float> return_chance_with;  ///< p(j)
  std::vector<float> cost;                ///< expected money spent if approached: contact and incentive
  std::vector<float> attention;           ///< expected loss of the right to write
  std::vector<float> propensity;          ///< chance, before any lot was drawn, of what the customer got: an offer, or nothing
  std::vector<std::int32_t> wait_until;   ///< day; 0 = no such day

  std::size_t size() const { return verdict.size(); }
  void resize(std::size_t n);
};

/// An amount with its joint uncertainty over the plan.
struct Band {
  double mean = 0;
  double p5 = 0;
  double p50 = 0;
  double p95 = 0;
};

/// One point of profit against budget.
struct BudgetPoint {
  double budget = 0;
  double spend = 0;
  Band profit;
  std::uint64_t customers = 0;
};

/// The plan as a whole.
struct PlanSummary {
  std::string id;
  base::Day as_of;
  std::string currency;
  std::string business;
  std::string preset;
  std::string where;
  std::int32_t horizon_days = 0;
  double margin = 0;
  bool budget_given = false;
  double budget = 0;
  std::array<std::uint64_t, kFilters> filtered{};
  std::uint64_t customers = 0;  ///< all
  std::uint64_t eligible = 0;   ///< after the filters
  std::array<std::uint64_t, kClasses> class_count{};
  std::array<std::uint64_t, kVerdicts> verdict_count{};
  struct OfferTotal {
    std::string id;
    std::uint64_t customers = 0;
    double cost = 0;
    double worth = 0;
    double redemptions = 0;
  };
  std::vector<OfferTotal> offers;
  Band profit;       ///< over doing nothing, within the horizon
  Band spend;        ///< contact and redeemed incentives
  Band redemptions;
  Band returns;      ///< additional customers returning
  double value_beyond = 0;    ///< a second line, never mixed in: contribution after the horizon of those returning more
  double chance_of_loss = 0;  ///< P(profit < 0)
  double most_it_can_cost = 0;  ///< contacts plus every incentive redeemed by all approached who might return
  double next_unit = 0;         ///< profit of the next unit of budget
  double gap = 0;               ///< optimality gap of the solver, relative
  double bound = 0;             ///< the dual bound it is measured against
  std::vector<BudgetPoint> curve;
  double holdout_share = 0;
  std::uint64_t held_out = 0;         ///< assigned
  std::uint64_t held_out_would = 0;   ///< of them, would have been approached
  double profit_forgone = 0;
  double detectable_lift = 0;  ///< of the return rate, absolute, 80 % power, 5 % two-sided
  bool cannot_prove_alone = false;
  std::string blackout;  ///< name of the calendar entry that makes everybody wait
  base::Day start;       ///< first day the plan may go out
  /// What limits the plan beside money: an offer's stock, people's minutes, what a channel can carry.
  struct Limit {
    std::string name;  ///< "stock:OFFER", "staff_minutes", "channel:NAME"
    double limit = 0;
    double used = 0;
    double price = 0;  ///< profit of one unit more
  };
  std::vector<Limit> limits;
  /// What this plan's rule and its rivals would have brought per customer of earlier plans (decide/policy_check.h).
  struct Judged {
    std::string name;  ///< "new", "earlier", "nobody", or the kind of an offer given to everyone
    double value = 0, low = 0, high = 0;                    ///< 95 %
    double new_more = 0, new_more_low = 0, new_more_high = 0;  ///< of the new rule over this one, paired, 95 %
    double effective_customers = 0;
    bool doubtful = false;
  };
  std::vector<Judged> judged;
  std::vector<std::string> assumed;  ///< names of the assumptions its totals rest on
  std::vector<std::string> warnings;
};

}  // namespace model
