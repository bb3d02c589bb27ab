#include "decide/filters.h"

namespace decide {

using model::Filter;

namespace {

constexpr std::int32_t kMarketingEnds = 36 * 30 + 15;  // 36 months, in days

bool outside_window(const Preset& preset, std::int32_t silent) {
  return silent < preset.silent_from.value_or(silent) || silent > preset.silent_to.value_or(silent);
}

Filter filter_of(const model::Profiles& profiles, std::size_t i, const Preset& preset, const Contacts& contacts,
                 const Condition& where) {
  const std::uint8_t flags = profiles.flags[i];
  const std::int32_t silent = profiles.silent(i);
  if (where && !where(profiles, i)) return Filter::not_asked_for;
  switch (profiles.situation_of(i)) {
    case model::Situation::payment_failed: return Filter::payment_failed;
    case model::Situation::paused: return Filter::paused;
    case model::Situation::newcomer: return Filter::newcomer;
    default: break;
  }
  // Who buys once a year is met before the occasion, whatever the silence.
  const bool by_occasion = profiles.situation_of(i) == model::Situation::gift_buyer;
  const std::int32_t today = base::day_number(profiles.as_of);
  if (by_occasion && (today < profiles.approach_from[i] || today > profiles.approach_to[i])) return Filter::out_of_season;
  const bool in_rhythm = profiles.lapsed_on[i] > today;
  if (!by_occasion && (preset.silent_from ? silent < *preset.silent_from : in_rhythm)) return Filter::not_lapsed;
  if (!by_occasion && outside_window(preset, silent)) return Filter::outside_window;
  if (profiles.value_percentile[i] < 1 - preset.top_spend) return Filter::not_top_spend;
  if (!preset.quality_leavers && (flags & model::flag_quality_leaver) != 0) return Filter::quality_leaver;
  if ((flags & model::flag_natural_end) != 0) return Filter::natural_end;
  if ((flags & model::flag_open_return) != 0) return Filter::open_return;
  const bool known = !contacts.reachable.empty();
  if ((flags & model::flag_opted_out) != 0 || (known && contacts.opted_out[i] != 0)) return Filter::opted_out;
  if (known && contacts.reachable[i] == 0) return Filter::unreachable;
  if (silent > kMarketingEnds) return Filter::ended_36_months;
  return Filter::none;
}

}  // namespace

void apply_filters(const model::Profiles& profiles, const Preset& preset, const Contacts& contacts,
                   const Condition& where, model::Decisions& decisions) {
  const std::int32_t today = base::day_number(profiles.as_of);
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    const Filter filter = filter_of(profiles, i, preset, contacts, where);
    decisions.filter[i] = filter;
    if (filter == Filter::out_of_season) {
      decisions.verdict[i] = model::Verdict::wait;
      decisions.wait_until[i] = std::max(profiles.approach_from[i], today + 1);
    }
    if (filter != Filter::not_lapsed) continue;
    decisions.verdict[i] = model::Verdict::wait;
    const std::int32_t due = preset.silent_from ? profiles.last_day[i] + *preset.silent_from : profiles.lapsed_on[i];
    decisions.wait_until[i] = std::max(due, today + 1);
  }
}

}  // namespace decide
