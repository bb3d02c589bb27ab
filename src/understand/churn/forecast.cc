#include "understand/churn/forecast.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "understand/churn/features.h"
#include "understand/churn/leak.h"
#include "understand/churn/reasons.h"
#include "understand/churn/validate.h"
#include "understand/features.h"
#include "understand/history.h"
#include "understand/rhythm.h"
#include "stats/scores.h"

namespace understand::churn {
namespace {

using base::Day;
using base::Result;
using std::chrono::days;

constexpr std::int32_t kHorizon = 30;
constexpr std::size_t kMostRowsOfACut = 40000;
constexpr double kDearest = 0.02;  // of the active, by money at stake

std::int32_t median_gap(const Histories& h) {
  std::vector<std::int32_t> gaps;
  for (std::size_t i = 0; i < h.size(); ++i) {
    for (std::size_t k = h.begin(i) + 1; k < h.end(i); ++k) gaps.push_back(h.day[k] - h.day[k - 1]);
  }
  if (gaps.size() < 20) return 0;
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::ranges::nth_element(gaps, middle);
  return *middle;
}

/// Cuts in the past, ascending, each with a whole horizon behind it and two of history before it; half a horizon apart,
/// so that every second one is a horizon before the next.
std::vector<Day> past_cuts(Day first, Day as_of, std::int32_t horizon, std::size_t most) {
  std::vector<Day> cuts;
  const std::int32_t step = std::max(1, horizon / 2);
  for (Day cut = as_of - days{horizon}; cut >= first + days{2 * horizon} && cuts.size() < most; cut -= days{step}) cuts.push_back(cut);
  std::ranges::reverse(cuts);
  return cuts;
}

/// An even sample of a past cut, the same customers at every cut.
void thin(Snapshot& s) {
  const std::size_t every = s.rows() / kMostRowsOfACut + 1;
  if (every == 1) return;
  Snapshot kept{.cut = s.cut, .columns = s.columns, .known = s.known};
  const std::size_t columns = s.columns.size();
  for (std::size_t i = 0; i < s.rows(); ++i) {
    if (base::stable_hash(s.ids[i]) % every != 0) continue;
    kept.customer.push_back(s.customer[i]);
    kept.ids.push_back(s.ids[i]);
    kept.x.insert(kept.x.end(), s.x.begin() + static_cast<std::ptrdiff_t>(i * columns), s.x.begin() + static_cast<std::ptrdiff_t>((i + 1) * columns));
    kept.left.push_back(s.left[i]);
    kept.silent.push_back(s.silent[i]);
    kept.gap.push_back(s.gap[i]);
    kept.btyd.push_back(s.btyd[i]);
  }
  s = std::move(kept);
}

/// The better of recency alone and BTYD alone on one cut, each as the raw ranking.
double honest_area(const Snapshot& s) {
  const std::vector<double> y(s.left.begin(), s.left.end()), silent(s.silent.begin(), s.silent.end()), btyd(s.btyd.begin(), s.btyd.end());
  return std::max(stats::area_under_curve(silent, y), stats::area_under_curve(btyd, y));
}

/// The guards, in the order they are cheap. Columns of histories are cut off by construction and not asked about.
Result<std::vector<model::ChurnRefusal>> refuse(port::Warehouse& warehouse, std::span<const Snapshot> past, Day present, bool by_activity,
                                                const std::vector<std::string>& columns) {
  std::vector<model::ChurnRefusal> refused;
  const Snapshot* before = nullptr;
  const Snapshot* after = nullptr;
  for (const Snapshot& s : past) {
    if (s.rows() < 100) continue;
    if (before == nullptr) before = &s;
    after = &s;
  }
  if (before == nullptr || before == after) return refused;
  // What is learned from must have ended before what it is tried on begins; the middle cut has seen enough for 20 groups.
  const Snapshot* middle = before;
  const Day end = after->cut - (after->cut - before->cut) / 2;
  for (const Snapshot& s : past) {
    if (s.rows() >= 100 && s.cut <= end) middle = &s;
  }
  WB_ASSIGN(const auto ahead, changes_with_future(warehouse, middle->cut, present, by_activity));
  for (const std::string& column : ahead) refused.push_back({column, "changes_with_future", area_alone(*middle, *after, static_cast<std::size_t>(std::ranges::find(columns, column) - columns.begin())), 0});
  WB_ASSIGN(const FeatureTable earlier, features_at(warehouse, after->cut - days{7}, present, by_activity));
  for (auto& one : implausible(*middle, *after, earlier, honest_area(*after))) {
    if (std::ranges::find(refused, one.column, &model::ChurnRefusal::column) == refused.end()) refused.push_back(std::move(one));
  }
  return refused;
}

/// Chances of today's rows in log-odds, and what each column adds where a model of columns was chosen.
struct Today {
  std::vector<double> log_odds;
  std::vector<float> contributions;
  std::vector<std::string> columns;
};

Result<Today> score_today(const Snapshot& today, std::span<const Snapshot> past, const Validation& v, const std::vector<bool>& keep,
                          RiskOptions options, port::Learner& learner) {
  Today result;
  std::vector<const Snapshot*> known;
  for (const Snapshot& s : past) {
    if (s.rows() > 0) known.push_back(&s);
  }
  if (v.chosen == "recency" || v.chosen == "btyd") {
    WB_ASSIGN(const auto model, SimpleModel::fit(v.chosen == "btyd" ? SimpleModel::Of::btyd : SimpleModel::Of::silence, known));
    for (std::size_t i = 0; i < today.rows(); ++i) result.log_odds.push_back(model.log_odds(today, i));
    return result;
  }
  options.kind = v.chosen == "trees" ? Kind::trees : v.chosen == "blend" ? Kind::blend : Kind::logistic;
  const Stack rows = stack(known, keep);
  WB_ASSIGN(const auto model, RiskModel::fit(learner, rows.rows(), options));
  const auto x = kept_columns(today, keep);
  WB_ASSIGN(result.log_odds, model.log_odds({x, rows.columns}));
  WB_ASSIGN(result.contributions, model.contributions({x, rows.columns}));
  for (std::size_t k = 0; k < keep.size(); ++k) {
    if (keep[k]) result.columns.push_back(today.columns[k]);
  }
  return result;
}

/// The interval of one chance: its tenth's share of leavers with sampling and drift between windows, moved to the chance.
void set_interval(model::Churn::Row& row, const std::vector<model::ChurnDecile>& deciles) {
  row.low = 0;
  row.high = 1;
  if (deciles.empty()) return;
  const auto nearest = std::ranges::min_element(deciles, {}, [&](const auto& d) { return std::abs(d.predicted - row.chance); });
  row.low = std::clamp(row.chance + std::min(nearest->low - nearest->predicted, 0.0), 0.0, 1.0);
  row.high = std::clamp(row.chance + std::max(nearest->high - nearest->predicted, 0.0), 0.0, 1.0);
}

void fill_rows(const ForecastRequest& request, const Snapshot& today, const std::vector<double>& chance, const Today& scored, model::Churn& churn) {
  const auto column = std::ranges::find(today.columns, "spend_365");
  const auto spend = static_cast<std::size_t>(column - today.columns.begin());
  const Medians medians = medians_of(today);
  const double usual = churn.active > 0 ? churn.expected_leavers / static_cast<double>(churn.active) : 0;
  std::vector<double> stake(today.rows(), 0);
  for (std::size_t i = 0; i < today.rows(); ++i) {
    const float money = column != today.columns.end() ? today.x[i * today.columns.size() + spend] : 0;
    stake[i] = std::isfinite(money) ? chance[i] * std::max(0.0, static_cast<double>(money)) * request.business.margin : 0;
  }
  std::vector<std::size_t> order(today.rows());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return stake[a] != stake[b] ? stake[a] > stake[b] : chance[a] > chance[b]; });
  const auto dearest = static_cast<std::size_t>(kDearest * static_cast<double>(order.size()));
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const std::size_t i = order[rank];
    model::Churn::Row row;
    row.customer_id = today.ids[i];
    row.chance = chance[i];
    set_interval(row, churn.deciles);
    row.at_stake = stake[i];
    row.silent = static_cast<std::int32_t>(today.silent[i]);
    row.gap = static_cast<double>(today.gap[i]);
    row.spend_12m = chance[i] > 0 && request.business.margin > 0 ? stake[i] / chance[i] / request.business.margin : 0;
    if (!scored.columns.empty()) {
      const std::size_t wide = scored.columns.size() + 1;
      row.drivers = drivers_of(today, i, scored.columns, std::span{scored.contributions}.subspan(i * wide, wide), medians, churn.horizon_days);
    } else if (row.chance > usual && row.silent >= 0.7 * row.gap) {
      row.drivers.push_back({model::ChurnReason::silence, log_odds_of(row.chance) - log_odds_of(usual), static_cast<double>(row.silent), row.gap});
    }
    row.action = action_for(row.drivers, row.chance, usual, rank < dearest && stake[i] > 0);
    churn.rows.push_back(std::move(row));
  }
  std::ranges::stable_partition(churn.rows, [](const auto& row) { return row.action != model::ChurnAction::watch; });
}

}  // namespace

Result<model::Churn> forecast(const ForecastRequest& request, port::Warehouse& warehouse, port::Learner& learner) {
  model::Churn churn;
  churn.currency = request.currency;
  WB_ASSIGN(const Extent extent, order_extent(warehouse));
  churn.by_activity = extent.lines == 0;
  const Day far = base::day_from_number(80000);  // beyond any record
  Day last = extent.last_day;
  if (churn.by_activity) {
    WB_ASSIGN(const Histories all, load_activity(warehouse, request.as_of.value_or(far)));
    if (all.size() == 0) return base::fail(base::Code::not_found, "nothing is known of any customer: import orders, or events with a customer_id, first");
    last = base::day_from_number(*std::ranges::max_element(all.day));
  }
  churn.as_of = request.as_of.value_or(last + days{1});
  WB_ASSIGN(const Histories now, load_known(warehouse, churn.as_of, churn.by_activity));
  if (now.size() == 0) return base::fail(base::Code::not_found, "no customer had bought before {}; name a later day with --as-of", base::to_string(churn.as_of));
  const std::int32_t usual = median_gap(now);
  churn.usual_gap_longer = usual > kHorizon;
  churn.horizon_days = std::max(kHorizon, usual);
  churn.customers = now.size();

  SnapshotRequest at{churn.as_of, churn.horizon_days, request.business, churn.by_activity, churn.as_of};
  WB_ASSIGN(const Snapshot today, snapshot_at(warehouse, at, nullptr));
  churn.active = today.rows();

  const Day first = base::day_from_number(*std::ranges::min_element(now.day));
  std::vector<Snapshot> past;
  for (const Day cut : past_cuts(first, churn.as_of, churn.horizon_days, request.most_cuts)) {
    at.cut = cut;
    WB_ASSIGN(Snapshot snapshot, snapshot_at(warehouse, at, &now));
    thin(snapshot);
    past.push_back(std::move(snapshot));
  }
  WB_ASSIGN(churn.refused, refuse(warehouse, past, churn.as_of, churn.by_activity, today.columns));
  std::vector<bool> keep;
  for (const std::string& column : today.columns) keep.push_back(std::ranges::find(churn.refused, column, &model::ChurnRefusal::column) == churn.refused.end());

  WB_ASSIGN(Validation v, validate(learner, past, churn.horizon_days, keep, request.options));
  Today scored;
  std::vector<double> chance;
  if (v.done) {
    churn.measured = true;
    churn.model = v.chosen;
    churn.why = v.why;
    churn.against = v.against;
    churn.gain = v.gain;
    churn.gain_error = v.gain_error;
    churn.scores = v.scores;
    churn.folds = v.folds;
    churn.deciles = v.deciles;
    WB_ASSIGN(scored, score_today(today, past, v, keep, request.options, learner));
    for (const double x : scored.log_odds) chance.push_back(v.calibration(x));
  } else {
    churn.why = "short_history";
    const bool btyd = today.rows() > 0 && std::ranges::all_of(today.btyd, [](float p) { return p >= 0; });
    churn.model = btyd ? "btyd" : "rhythm";
    for (std::size_t i = 0; i < today.rows(); ++i) {
      chance.push_back(btyd ? static_cast<double>(today.btyd[i]) : std::exp(-churn.horizon_days / std::max(1.0, static_cast<double>(today.gap[i]))));
    }
  }
  churn.expected_leavers = std::accumulate(chance.begin(), chance.end(), 0.0);
  fill_rows(request, today, chance, scored, churn);
  churn.snapshot_id = fmt::format("{}-{:016x}", base::to_string(churn.as_of),
                                  base::stable_hash(fmt::format("{}|{}|{}|{}", churn.model, churn.active, churn.expected_leavers, churn.horizon_days)));
  return churn;
}

}  // namespace understand::churn
