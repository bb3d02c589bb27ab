#include "understand/analyze.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "gen/sql_warehouse.h"
#include "understand/by_business.h"
#include "understand/landmark.h"
#include "understand/price.h"
#include "understand/rfm.h"
#include "understand/rhythm.h"
#include "understand/shop_facts.h"
#include "understand/snapshot.h"
#include "understand/value.h"

namespace understand {
namespace {

using base::Code;
using base::fail;
using base::Result;
using model::Profiles;
using model::Shop;
using model::Stage;

constexpr double kFewReturn = 0.05;

/// The silence from which on fewer than 5 % return: of all counted from there on, and no bin clearly above it (the last
/// bins hold few customers and jump).
std::optional<std::int32_t> lost_after(const std::vector<model::ReturnBySilence>& bins) {
  std::optional<std::int32_t> day;
  double returned = 0, seen = 0;
  for (auto bin = bins.rbegin(); bin != bins.rend() && bin->chance.low < kFewReturn; ++bin) {
    returned += bin->chance.value * static_cast<double>(bin->chance.of);
    seen += static_cast<double>(bin->chance.of);
    if (returned < kFewReturn * seen) day = bin->from;
  }
  return day;
}

/// Columns that follow from the purchases alone.
void fill_facts(const Histories& h, Profiles& p) {
  const std::size_t n = h.size();
  const std::int32_t today = base::day_number(h.as_of);
  p.as_of = h.as_of;
  p.customer_id = h.customer_id;
  p.items = h.items;
  p.categories = h.categories;
  p.countries = h.countries;
  p.first_item = h.first_item;
  p.last_item = h.last_item;
  p.favourite_item = h.favourite_item;
  p.favourite_category = h.favourite_category;
  p.country = h.country;
  for (auto* column : {&p.spend, &p.spend_12m, &p.average_basket, &p.returned_share, &p.expected_gap, &p.expected_orders,
                       &p.expected_basket, &p.basket_sd, &p.expected_year, &p.loss_90, &p.value_percentile}) {
    column->assign(n, 0);
  }
  p.first_day.resize(n);
  p.last_day.resize(n);
  p.purchase_days.resize(n);
  p.segment.resize(n);
  p.stage.resize(n);
  p.lapsed_on.resize(n);
  p.flags.assign(n, 0);
  p.birthday.assign(n, 0);
  std::vector<double> recency(n), frequency(n);
  for (std::size_t i = 0; i < n; ++i) {
    p.first_day[i] = h.first_day(i);
    p.last_day[i] = h.last_day(i);
    p.purchase_days[i] = static_cast<std::uint32_t>(h.purchases(i));
    double bought = 0, year = 0;
    for (std::size_t k = h.begin(i); k < h.end(i); ++k) {
      bought += h.amount[k];
      if (h.day[k] > today - 365) year += h.amount[k];
    }
    p.spend[i] = bought;
    p.spend_12m[i] = year;
    p.average_basket[i] = bought / static_cast<double>(h.purchases(i));
    p.returned_share[i] = h.returned[i] > 0 ? h.returned[i] / (bought + h.returned[i]) : 0;
    recency[i] = h.last_day(i);
    frequency[i] = static_cast<double>(h.purchases(i));
  }
  p.r = quintiles(recency);
  p.f = quintiles(frequency);
  p.m = quintiles(p.spend);
  for (std::size_t i = 0; i < n; ++i) p.segment[i] = segment_of(p.r[i], p.f[i], p.m[i]);
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return p.spend[a] != p.spend[b] ? p.spend[a] < p.spend[b] : a < b; });
  for (std::size_t rank = 0; rank < n; ++rank) {
    p.value_percentile[order[rank]] = (static_cast<double>(rank) + 1) / static_cast<double>(n);
  }
}

/// The pace of a customer still in rhythm: the last two gaps against the ones before.
Stage pace_of(const Histories& h, std::size_t i, double silent, double gap) {
  const std::size_t n = h.purchases(i);
  if (n == 1) return Stage::fresh;
  const std::size_t end = h.end(i);
  const auto day = [&](std::size_t back) { return static_cast<double>(h.day[end - 1 - back]); };
  if (silent > 1.5 * gap) return Stage::declining;
  if (n < 4) return Stage::growing;
  const double recent = (day(0) - day(2)) / 2;
  const double before = (day(2) - static_cast<double>(h.first_day(i))) / static_cast<double>(n - 3);
  if (recent > 1.5 * before && recent > gap) return Stage::declining;
  if (recent < before / 1.5) return Stage::growing;
  return Stage::mature;
}

void fill_stages(const AnalyzeRequest& request, const Histories& h, const Rhythm& rhythm, Profiles& p, Shop& shop) {
  const double lost_after = shop.lost_after_days.value_or(std::numeric_limits<std::int32_t>::max());
  for (std::size_t i = 0; i < h.size(); ++i) {
    const double gap = rhythm.expected_gap(h.purchases(i), h.last_day(i) - h.first_day(i), h.favourite_category[i]);
    const LapseDays lapse = lapse_days(request.business, gap);
    const double silent = p.silent(i);
    p.expected_gap[i] = gap;
    p.lapsed_on[i] = p.last_day[i] + static_cast<std::int32_t>(std::ceil(std::min(lapse.light, 1e6)));
    if (silent < lapse.light) {
      p.stage[i] = pace_of(h, i, silent, gap);
    } else if (silent < lapse.heavy) {
      p.stage[i] = Stage::lapsed_light;
    } else {
      p.stage[i] = silent >= lost_after && silent >= lapse.heavy ? Stage::lost : Stage::lapsed_heavy;
    }
  }
}

void count_up(const Histories& h, const Profiles& p, Shop& shop) {
  shop.customers = h.size();
  shop.first_day = base::day_from_number(*std::min_element(p.first_day.begin(), p.first_day.end()));
  shop.last_day = base::day_from_number(*std::max_element(p.last_day.begin(), p.last_day.end()));
  for (std::size_t i = 0; i < h.size(); ++i) {
    shop.one_order += p.purchase_days[i] == 1;
    shop.spend += p.spend[i];
    const auto segment = static_cast<std::size_t>(p.segment[i]);
    ++shop.segment_count[segment];
    shop.segment_spend[segment] += p.spend[i];
    const auto stage = static_cast<std::size_t>(p.stage[i]);
    ++shop.stage_count[stage];
    shop.stage_spend[stage] += p.spend[i];
    const auto row = static_cast<std::size_t>(p.r[i] - 1);
    const auto column = static_cast<std::size_t>((p.f[i] + p.m[i] + 1) / 2 - 1);
    ++shop.rfm_count[row][column];
    shop.rfm_spend[row][column] += p.spend[i];
    // Already lost customers and those in rhythm lose nothing more by waiting.
    if (p.stage[i] == Stage::declining || p.stage[i] == Stage::lapsed_light || p.stage[i] == Stage::lapsed_heavy) {
      shop.loss_90 += p.loss_90[i];
    }
  }
  double rate = 0, months = 0;
  for (std::size_t m = shop.flows.size() > 6 ? shop.flows.size() - 6 : 0; m < shop.flows.size(); ++m) {
    if (shop.flows[m].active_at_start == 0) continue;
    rate += static_cast<double>(shop.flows[m].lost) / static_cast<double>(shop.flows[m].active_at_start);
    months += 1;
  }
  shop.churn_rate = months > 0 ? rate / months : 0;
}

void warn(Shop& shop, const Rhythm& rhythm) {
  if (!shop.season_known) shop.warnings.emplace_back("season_unknown");
  if (!shop.amounts_known) shop.warnings.emplace_back("amounts_unknown");
  if (!rhythm.known) shop.warnings.emplace_back("no_repeat_purchases");
  if (shop.return_model == "btyd" || shop.return_model == "base_rate") shop.warnings.emplace_back("short_history");
  if (!shop.purchase_model.empty() && !shop.purchase_model_judged) shop.warnings.push_back("model_not_judged." + shop.purchase_model);
  for (const auto& fit : shop.fits) {
    if (!fit.converged) shop.warnings.push_back("not_converged." + fit.name);
    if (!fit.dropout_identified) shop.warnings.push_back("no_dropout." + fit.name);
  }
}

}  // namespace

namespace {

/// Both ways share what follows from days and money alone; `events` is null for businesses with orders.
Analysis analyze_days(const AnalyzeRequest& request, const Histories& h, const business::Events* events, const EventHistories* made) {
  Analysis analysis;
  Shop& shop = analysis.shop;
  Profiles& profiles = analysis.profiles;
  const std::int32_t today = base::day_number(h.as_of);
  const std::int32_t horizon = request.business.horizon_days;
  shop.as_of = h.as_of;
  shop.currency = request.currency;
  shop.business = request.business.name;
  shop.horizon_days = horizon;
  fill_facts(h, profiles);

  const Rhythm rhythm = learn_rhythm(h, today);
  shop.expected_gap = rhythm.mean_gap;
  shop.first_to_second = rhythm.first_to_second;
  shop.by_silence = returns_by_silence(h, horizon);
  shop.lost_after_days = lost_after(shop.by_silence);
  fill_stages(request, h, rhythm, profiles, shop);

  const bool subscriptions = events != nullptr && request.business.model == model::BusinessModel::subscription;
  profiles.return_chance.assign(h.size(), 0);
  const bool owners =
      events == nullptr && request.business.model == model::BusinessModel::durables && fill_owners(request.business, h, profiles, shop);
  if (subscriptions || owners) {
    shop.season_known = today - *std::min_element(profiles.first_day.begin(), profiles.first_day.end()) >= 730;
  } else {
    const ReturnModel returns = ReturnModel::learn(h, rhythm, today, horizon);
    profiles.return_chance = returns.chances(h, rhythm, today);
    shop.return_model = returns.method();
    shop.season_known = returns.season_known();
  }
  if (events != nullptr) {
    fill_by_events(request.business, *events, *made, profiles, shop);
  } else if (!owners) {
    fill_gift_buyers(request.business, h, profiles, shop);
    fill_value(h, horizon, profiles, shop);
  }

  shop.retention = first_retention(h);
  shop.cohorts = monthly_cohorts(h);
  std::vector<std::int32_t> lapse(h.size());
  for (std::size_t i = 0; i < h.size(); ++i) lapse[i] = std::max(0, profiles.lapsed_on[i] - h.last_day(i));
  shop.flows = monthly_flows(h, lapse);
  count_up(h, profiles, shop);
  if (request.check) {
    shop.check = subscriptions ? check_subscriptions(*events, today - horizon, horizon)
                 : owners      ? check_owners(h, today - horizon, horizon)
                               : check_out_of_time(h, today - horizon, horizon);
  }
  warn(shop, rhythm);
  double fingerprint = shop.spend;
  for (std::size_t i = 0; i < h.size(); ++i) fingerprint += profiles.return_chance[i] + profiles.expected_year[i];
  profiles.snapshot_id = fmt::format("{}-{:016x}", base::to_string(h.as_of),
                                     base::stable_hash(fmt::format("{}|{}|{}|{}", shop.business, h.size(), h.day.size(), fingerprint)));
  return analysis;
}

}  // namespace

Analysis analyze_histories(const AnalyzeRequest& request, const Histories& h) { return analyze_days(request, h, nullptr, nullptr); }

Analysis analyze_events(const AnalyzeRequest& request, const business::Events& events) {
  const EventHistories made = histories_of(events, request.business.model);
  return analyze_days(request, made.histories, &events, &made);
}

Result<void> ensure_tables(port::Warehouse& warehouse) {
  WB_TRY(warehouse.execute({gen::warehouse::create_profiles.name, gen::warehouse::create_profiles.text}));
  return warehouse.execute({gen::warehouse::widen_profiles.name, gen::warehouse::widen_profiles.text});
}

Result<Analysis> analyze(const AnalyzeRequest& request, port::Warehouse& warehouse) {
  WB_TRY(ensure_tables(warehouse));
  WB_ASSIGN(const Extent extent, order_extent(warehouse));
  const bool wants_events = request.business.model == model::BusinessModel::subscription ||
                            request.business.model == model::BusinessModel::game || request.business.model == model::BusinessModel::course;
  base::Day last_event{};
  if (wants_events) {
    WB_ASSIGN(last_event, business::last_event_day(warehouse));
  }
  const bool any_event = base::day_number(last_event) > 0;
  if (extent.lines == 0 && !any_event) {
    return wants_events
               ? fail(Code::not_found, "there are no events of a {} business and no orders yet; bring events in with `winback import events FILE`",
                      request.business.name)
               : fail(Code::not_found, "there are no orders yet; bring some in with `winback import orders FILE`");
  }
  const base::Day last = extent.lines == 0 ? last_event : any_event ? std::max(last_event, extent.last_day) : extent.last_day;
  const base::Day as_of = request.as_of.value_or(last + std::chrono::days{1});
  Histories histories;
  if (extent.lines > 0) {
    WB_ASSIGN(histories, load_histories(warehouse, as_of));
  }
  business::Events events;
  if (any_event) {
    WB_ASSIGN(events, business::load_events(warehouse, as_of));
  }
  Analysis analysis;
  if (wants_events && carries(events, request.business.model)) {
    add_payments(histories, events);
    analysis = analyze_events(request, events);
  } else {
    if (histories.size() == 0) {
      return fail(Code::not_found, "no customer bought anything up to {}; the last order is of {}", base::to_string(as_of), base::to_string(last));
    }
    analysis = analyze_histories(request, histories);
    // The type asks for events that are not there: the shop's rule is used, and the reader is told.
    if (wants_events) analysis.shop.warnings.push_back(fmt::format("business.no_events_{}", name_of(request.business.model)));
  }
  analysis.shop.lines_without_customer = extent.without_customer;
  WB_TRY(load_signals(warehouse, analysis.profiles));
  fill_price_sensitivity(histories, analysis.profiles);
  for (std::size_t i = 0; i < analysis.profiles.size(); ++i) {
    if ((analysis.profiles.flags[i] & model::flag_natural_end) == 0) continue;
    Stage& stage = analysis.profiles.stage[i];
    const auto move = [&](Stage to) {
      const auto from_index = static_cast<std::size_t>(stage), to_index = static_cast<std::size_t>(to);
      --analysis.shop.stage_count[from_index];
      analysis.shop.stage_spend[from_index] -= analysis.profiles.spend[i];
      ++analysis.shop.stage_count[to_index];
      analysis.shop.stage_spend[to_index] += analysis.profiles.spend[i];
      stage = to;
    };
    move(Stage::natural_end);
  }
  WB_TRY(store_snapshot(analysis.profiles, warehouse));
  return analysis;
}

}  // namespace understand
