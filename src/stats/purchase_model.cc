#include "stats/purchase_model.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "stats/quadrature.h"
#include "stats/special.h"

namespace stats {
namespace {

constexpr std::array<std::string_view, 7> kNames = {"nbd", "bg_nbd", "pareto_nbd", "mbg_nbd", "bg_cnbd_k", "mbg_cnbd_k", "bg_bb"};

template <class Model>
double ahead_pmf(const Model& m, const History& h, double n, double t) {
  if constexpr (std::is_same_v<Model, Nbd>) {
    return std::exp(log_negative_binomial(m.r + h.x, t / (m.alpha + h.T), n));
  } else if constexpr (std::is_same_v<Model, BgNbd> || std::is_same_v<Model, ParetoNbd>) {
    const double p = alive(m, h);
    Model later = m;
    later.r += h.x;
    later.alpha += h.T;
    if constexpr (std::is_same_v<Model, BgNbd>) {
      later.b += h.x;
    } else {
      later.beta += h.T;
    }
    return (n == 0 ? 1 - p : 0) + p * pmf(later, n, t);
  } else {
    return future_pmf(m, h, n, t);
  }
}

double discounted_by_occasion(const BgBb& m, const History& h, double rate, double horizon) {
  // purchases at the coming occasions are E(i) − E(i−1), each a factor of the one before
  double step = expected_purchases(m, h, 1);
  double sum = 0;
  constexpr int kMost = 1000000;
  for (int i = 1; i <= kMost && i <= horizon; ++i) {
    const double part = std::exp(-rate * i) * step;
    sum += part;
    if (part < 1e-12 * sum * -std::expm1(-rate)) break;
    step *= (m.delta + h.T + i) / (m.gamma + m.delta + h.T + i);
  }
  return sum;
}

}  // namespace

std::string_view name_of(PurchaseFamily family) { return kNames[static_cast<std::size_t>(family)]; }

std::optional<PurchaseFamily> purchase_family(std::string_view name) {
  const auto at = std::find(kNames.begin(), kNames.end(), name);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<PurchaseFamily>(at - kNames.begin());
}

std::vector<std::string> parameter_names(PurchaseFamily family) {
  switch (family) {
    case PurchaseFamily::nbd: return {"r", "alpha"};
    case PurchaseFamily::pareto_nbd: return {"r", "alpha", "s", "beta"};
    case PurchaseFamily::bg_bb: return {"alpha", "beta", "gamma", "delta"};
    case PurchaseFamily::bg_nbd:
    case PurchaseFamily::mbg_nbd:
    case PurchaseFamily::bg_cnbd_k:
    case PurchaseFamily::mbg_cnbd_k: return {"r", "alpha", "a", "b"};
  }
  return {};
}

PurchaseModel PurchaseFit::model_at(std::span<const double> p) const {
  switch (family) {
    case PurchaseFamily::nbd: return Nbd{p[0], p[1]};
    case PurchaseFamily::bg_nbd: return bg_nbd_of(p);
    case PurchaseFamily::pareto_nbd: return pareto_nbd_of(p);
    case PurchaseFamily::mbg_nbd:
    case PurchaseFamily::mbg_cnbd_k: return bg_cnbd_k_of(p, k, true);
    case PurchaseFamily::bg_cnbd_k: return bg_cnbd_k_of(p, k, false);
    case PurchaseFamily::bg_bb: return bg_bb_of(p);
  }
  return Nbd{p[0], p[1]};
}

base::Result<PurchaseFit> fit_purchases(PurchaseFamily family, const UniqueHistories& data, Threads threads) {
  PurchaseFit out{family, 1, {}};
  switch (family) {
    case PurchaseFamily::nbd: {
      WB_ASSIGN(out.report, fit_nbd(data, threads));
      break;
    }
    case PurchaseFamily::bg_nbd: {
      WB_ASSIGN(out.report, fit_bg_nbd(data, threads));
      break;
    }
    case PurchaseFamily::pareto_nbd: {
      WB_ASSIGN(out.report, fit_pareto_nbd(data, threads));
      break;
    }
    case PurchaseFamily::mbg_nbd: {
      WB_ASSIGN(out.report, fit_bg_cnbd_k(data, 1, true, threads));
      break;
    }
    case PurchaseFamily::bg_cnbd_k:
    case PurchaseFamily::mbg_cnbd_k: {
      if (!data.knows_gaps()) {
        return base::fail(base::Code::invalid_input,
                          "a model of regular buyers needs the sum of the logarithms of the gaps of every customer; add a column litt");
      }
      WB_ASSIGN(RegularFit fit, fit_regularity(data, family == PurchaseFamily::mbg_cnbd_k, threads));
      out.k = fit.k;
      out.report = std::move(fit.report);
      break;
    }
    case PurchaseFamily::bg_bb: {
      WB_ASSIGN(out.report, fit_bg_bb(data, threads));
      break;
    }
  }
  return out;
}

double log_likelihood(const PurchaseModel& m, const History& h) {
  return std::visit([&](const auto& model) { return log_likelihood(model, h); }, m);
}

double alive(const PurchaseModel& m, const History& h) {
  return std::visit([&]<class Model>(const Model& model) {
    if constexpr (std::is_same_v<Model, Nbd>) return 1.0;
    else return alive(model, h);
  }, m);
}

double expected_purchases(const PurchaseModel& m, const History& h, double t) {
  return std::visit([&](const auto& model) { return expected_purchases(model, h, t); }, m);
}

double any_purchase(const PurchaseModel& m, const History& h, double t) {
  return std::visit([&](const auto& model) { return any_purchase(model, h, t); }, m);
}

Outlook outlook(const PurchaseModel& m, const History& h, double t) {
  return std::visit([&]<class Model>(const Model& model) {
    if constexpr (std::is_same_v<Model, Nbd>) return Outlook{1, expected_purchases(model, h, t), any_purchase(model, h, t)};
    else return outlook(model, h, t);
  }, m);
}

double future_pmf(const PurchaseModel& m, const History& h, double n, double t) {
  if (!(t > 0)) return n == 0 ? 1 : 0;
  return std::clamp(std::visit([&](const auto& model) { return ahead_pmf(model, h, n, t); }, m), 0.0, 1.0);
}

double discounted_purchases(const PurchaseModel& m, const History& h, double rate, double horizon) {
  if (const auto* occasions = std::get_if<BgBb>(&m)) return discounted_by_occasion(*occasions, h, rate, horizon);
  if (!(rate > 0)) return expected_purchases(m, h, horizon);
  const double end = std::min(rate * horizon, 45.0);
  if (!(rate * horizon < 45)) {
    if (const auto* pareto = std::get_if<ParetoNbd>(&m)) return discounted_purchases(*pareto, h, rate);
  }
  double sum = std::exp(-end) * expected_purchases(m, h, end / rate);
  const GaussLegendre& rule = gauss_legendre(12);
  // E(t) bends on the scale of the customer's own gaps, which may be far below 1/rate: panels by powers of ten
  double from = 0;
  for (const double edge : {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 4.0, 12.0, 45.0}) {
    const double to = std::min(edge, end);
    if (!(to > from)) break;
    for (std::size_t i = 0; i < rule.count; ++i) {
      const double u = from + (to - from) * rule.node[i];
      sum += (to - from) * rule.weight[i] * std::exp(-u) * expected_purchases(m, h, u / rate);
    }
    from = to;
  }
  return sum;
}

double continuous_rate(double yearly_percent, double units) { return std::log1p(yearly_percent / 100) / units; }

}  // namespace stats
