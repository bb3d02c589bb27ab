#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stats/bg_bb.h"
#include "stats/bg_cnbd_k.h"
#include "stats/bg_nbd.h"
#include "stats/nbd.h"
#include "stats/pareto_nbd.h"

namespace stats {

/// Every model of repeat buying, by one name, fitted and asked alike.
enum class PurchaseFamily : std::uint8_t { nbd, bg_nbd, pareto_nbd, mbg_nbd, bg_cnbd_k, mbg_cnbd_k, bg_bb };

std::string_view name_of(PurchaseFamily family);
std::optional<PurchaseFamily> purchase_family(std::string_view name);
std::vector<std::string> parameter_names(PurchaseFamily family);

using PurchaseModel = std::variant<Nbd, BgNbd, ParetoNbd, BgCnbdK, BgBb>;

/// A family with what its fit found. Copies freely.
struct PurchaseFit {
  PurchaseFamily family = PurchaseFamily::nbd;
  int k = 1;  ///< regularity, of the CNBD-k families
  FitReport report;

  PurchaseModel model_at(std::span<const double> parameters) const;
  PurchaseModel model() const { return model_at(report.parameters); }
};

/// Maximum likelihood; k by likelihood where the family has one.
base::Result<PurchaseFit> fit_purchases(PurchaseFamily family, const UniqueHistories& data, Threads threads = {});

// Each of these asks the model that the variant holds; see there. Times are in the unit of the fitted data, for BG/BB
// whole occasions.
double log_likelihood(const PurchaseModel& m, const History& h);
double alive(const PurchaseModel& m, const History& h);  ///< 1 for the NBD, in which nobody leaves
double expected_purchases(const PurchaseModel& m, const History& h, double t);
double any_purchase(const PurchaseModel& m, const History& h, double t);
Outlook outlook(const PurchaseModel& m, const History& h, double t);

/// P(n purchases in (T, T+t] | history): P(alive) times the law of a new customer with the parameters learned so far
/// (given alive, rate and dropout are again gamma or beta distributed), plus the chance of having left at n = 0.
double future_pmf(const PurchaseModel& m, const History& h, double n, double t);

/// E[Σ e^(−rate·τ)] over the purchases τ after T within `horizon` (may be +∞ when rate > 0); rate ≥ 0 per time unit.
/// Pareto/NBD without end in closed form; otherwise ∫ by parts, e^(−rate·H) E(H) + ∫_0^(rate·H) e^(−u) E(u/rate) du,
/// E(t) the expected purchases: one formula for every model, checked against the closed form.
double discounted_purchases(const PurchaseModel& m, const History& h, double rate, double horizon);

/// Continuous rate per time unit of a yearly percentage such as 12 with `units` time units in a year.
double continuous_rate(double yearly_percent, double units);

}  // namespace stats
