#include "understand/shop_facts.h"

#include <algorithm>

#include "stats/interval.h"

namespace understand {
namespace {

using std::chrono::months;
using std::chrono::year_month;
using std::chrono::year_month_day;

year_month month_of(std::int32_t day) {
  const year_month_day date{base::day_from_number(day)};
  return date.year() / date.month();
}

/// Months since the year 0: months in a row are numbers in a row.
int month_number(year_month month) { return static_cast<int>(month.year()) * 12 + static_cast<int>(static_cast<unsigned>(month.month())) - 1; }

base::Day first_of(int month) {
  return base::Day{std::chrono::year{month / 12} / std::chrono::month{static_cast<unsigned>(month % 12) + 1} / 1};
}

/// The last month that lies wholly before or at the as-of day.
int last_whole_month(base::Day as_of) {
  const int month = month_number(month_of(base::day_number(as_of)));
  return month_number(month_of(base::day_number(as_of) + 1)) > month ? month : month - 1;
}

}  // namespace

model::Share share_of(std::uint64_t k, std::uint64_t n) {
  model::Share share;
  share.of = n;
  if (n == 0) {
    share.high = 1;
    return share;
  }
  const stats::Interval interval = stats::wilson(static_cast<double>(k), static_cast<double>(n), 0.95);
  share.value = static_cast<double>(k) / static_cast<double>(n);
  share.low = interval.low;
  share.high = interval.high;
  return share;
}

std::vector<model::Shop::Retention> first_retention(const Histories& histories) {
  std::vector<model::Shop::Retention> result;
  const std::int32_t today = base::day_number(histories.as_of);
  for (const std::int32_t days : {1, 3, 30, 90}) {
    std::uint64_t of = 0, again = 0;
    for (std::size_t i = 0; i < histories.size(); ++i) {
      if (histories.first_day(i) + days > today) continue;
      ++of;
      if (histories.purchases(i) > 1 && histories.day[histories.begin(i) + 1] - histories.first_day(i) <= days) ++again;
    }
    result.push_back({days, share_of(again, of)});
  }
  return result;
}

std::vector<model::Cohort> monthly_cohorts(const Histories& histories) {
  std::vector<model::Cohort> cohorts;
  if (histories.size() == 0) return cohorts;
  const int last = last_whole_month(histories.as_of);
  int first = last;
  for (std::size_t i = 0; i < histories.size(); ++i) first = std::min(first, month_number(month_of(histories.first_day(i))));
  first = std::max(first, last - 23);
  if (first > last) return cohorts;
  const auto span = static_cast<std::size_t>(last - first + 1);
  std::vector<std::vector<std::uint64_t>> active(span, std::vector<std::uint64_t>(span, 0));
  std::vector<std::uint64_t> size(span, 0);
  for (std::size_t i = 0; i < histories.size(); ++i) {
    const int joined = month_number(month_of(histories.first_day(i)));
    if (joined < first || joined > last) continue;
    const auto row = static_cast<std::size_t>(joined - first);
    ++size[row];
    int before = -1;
    for (std::size_t k = histories.begin(i); k < histories.end(i); ++k) {
      const int month = month_number(month_of(histories.day[k]));
      if (month > last) break;
      if (month != before) ++active[row][static_cast<std::size_t>(month - joined)];
      before = month;
    }
  }
  for (std::size_t row = 0; row < span; ++row) {
    if (size[row] == 0) continue;
    model::Cohort cohort{first_of(first + static_cast<int>(row)), size[row], {}};
    for (std::size_t k = 0; row + k < span; ++k) {
      cohort.active.push_back(static_cast<double>(active[row][k]) / static_cast<double>(size[row]));
    }
    cohorts.push_back(std::move(cohort));
  }
  return cohorts;
}

std::vector<model::MonthFlow> monthly_flows(const Histories& histories, const std::vector<std::int32_t>& lapse_days) {
  std::vector<model::MonthFlow> flows;
  if (histories.size() == 0) return flows;
  const int last = last_whole_month(histories.as_of);
  int first = last;
  for (std::size_t i = 0; i < histories.size(); ++i) first = std::min(first, month_number(month_of(histories.first_day(i))));
  if (first > last) return flows;
  flows.resize(static_cast<std::size_t>(last - first + 1));
  std::vector<std::int64_t> change(flows.size() + 1, 0);  // of the active at the start of each month
  for (std::size_t m = 0; m < flows.size(); ++m) flows[m].month = first_of(first + static_cast<int>(m));
  const std::int32_t end = base::day_number(first_of(last + 1));
  const auto slot = [&](std::int32_t day) { return static_cast<std::size_t>(month_number(month_of(day)) - first); };
  for (std::size_t i = 0; i < histories.size(); ++i) {
    bool lapsed = true;  // before the first purchase there is nobody to lose
    for (std::size_t k = histories.begin(i); k < histories.end(i) && histories.day[k] < end; ++k) {
      const std::int32_t day = histories.day[k];
      if (k == histories.begin(i)) {
        ++flows[slot(day)].gained;
      } else if (lapsed) {
        ++flows[slot(day)].returned;
      }
      if (lapsed) ++change[slot(day) + 1];
      lapsed = false;
      const std::int32_t gone = day + lapse_days[i];
      const std::int32_t next = k + 1 < histories.end(i) ? histories.day[k + 1] : end;
      if (gone < std::min(next, end)) {
        ++flows[slot(gone)].lost;
        --change[slot(gone) + 1];
        lapsed = true;
      }
    }
  }
  std::int64_t active = 0;
  for (std::size_t m = 0; m < flows.size(); ++m) {
    active += change[m];
    flows[m].active_at_start = static_cast<std::uint64_t>(active);
  }
  return flows;
}

std::vector<model::ReturnBySilence> returns_by_silence(const Histories& histories, std::int32_t horizon) {
  constexpr std::int32_t kStep = 28, kBin = 7;
  std::vector<model::ReturnBySilence> bins;
  if (histories.size() == 0) return bins;
  std::int32_t start = histories.first_day(0);
  for (std::size_t i = 0; i < histories.size(); ++i) start = std::min(start, histories.first_day(i));
  const std::int32_t last = base::day_number(histories.as_of) - horizon;
  if (last <= start) return bins;
  std::vector<std::uint64_t> seen(static_cast<std::size_t>((last - start) / kBin) + 1, 0);
  std::vector<std::uint64_t> came(seen.size(), 0);
  for (std::size_t i = 0; i < histories.size(); ++i) {
    std::size_t k = histories.begin(i);
    for (std::int32_t date = last - (last - histories.first_day(i)) / kStep * kStep; date <= last; date += kStep) {
      if (date < histories.first_day(i)) continue;
      while (k + 1 < histories.end(i) && histories.day[k + 1] <= date) ++k;
      const auto bin = static_cast<std::size_t>((date - histories.day[k]) / kBin);
      ++seen[bin];
      if (k + 1 < histories.end(i) && histories.day[k + 1] <= date + horizon) ++came[bin];
    }
  }
  std::uint64_t of = 0, returned = 0;
  std::size_t from = 0;
  for (std::size_t b = 0; b < seen.size(); ++b) {
    of += seen[b];
    returned += came[b];
    if (of < 50) continue;
    // Wider bins where silence is long: the question there is coarse and the data thin.
    if (b >= 26 && b + 1 - from < 4 && b + 1 < seen.size()) continue;
    bins.push_back({static_cast<std::int32_t>(from) * kBin, static_cast<std::int32_t>(b + 1) * kBin, share_of(returned, of)});
    of = returned = 0;
    from = b + 1;
  }
  return bins;
}

}  // namespace understand
