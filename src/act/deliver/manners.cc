#include "act/deliver/manners.h"

#include <algorithm>
#include <array>
#include <vector>

namespace act::deliver {
namespace {

using namespace std::chrono;
using base::Instant;
using base::Zone;
using model::Cap;
using model::Contact;
using model::Manners;
using model::Person;
using model::Purpose;

constexpr std::int32_t kDayMinutes = 24 * 60;

std::int32_t local_minute(Instant at, const Zone& zone) {
  const auto local = floor<minutes>(at + milliseconds{zone.offset_millis(at)});
  return static_cast<std::int32_t>((local - floor<days>(local)).count());
}

bool is_quiet(std::int32_t minute, std::int32_t from, std::int32_t to) {
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/// Whether one more contact at `at` would make some window hold more than the cap allows.
bool breaks(const Cap& cap, std::span<const Contact> contacts, std::string_view channel, Instant at) {
  if (!cap.channel.empty() && cap.channel != channel) return false;
  if (cap.most == 0) return true;
  std::vector<Instant> times{at};
  for (const Contact& contact : contacts) {
    if (contact.purpose != Purpose::marketing || (!cap.channel.empty() && contact.channel != cap.channel)) continue;
    if (abs(contact.at - at) < days{cap.days}) times.push_back(contact.at);
  }
  std::ranges::sort(times);
  for (std::size_t i = 0; i + cap.most < times.size(); ++i) {
    const Instant first = times[i];
    const Instant last = times[i + cap.most];
    if (first <= at && at <= last && last - first < days{cap.days}) return true;
  }
  return false;
}

/// The first moment of Monday where `at` lies on a Saturday or Sunday.
Instant after_weekend(Instant at, const Zone& zone) {
  base::Day day = zone.local_day(at);
  const unsigned of_week = weekday{day}.iso_encoding();
  if (of_week < 6) return at;
  day += days{8 - static_cast<int>(of_week)};
  return zone.to_utc(local_time<milliseconds>{day.time_since_epoch()});
}

Instant polite_time(Instant at, const Zone& zone, const Manners& manners) {
  for (int round = 0; round < 8; ++round) {
    const Instant before = at;
    if (manners.quiet_weekends) at = after_weekend(at, zone);
    // Only a quiet moment moves: a message due within an open minute goes in it.
    if (is_quiet(local_minute(at, zone), manners.quiet_from, manners.quiet_to))
      at = outside_quiet_hours(at, zone, manners.quiet_from, manners.quiet_to);
    if (at == before) break;
  }
  return at;
}

std::optional<Instant> sign_of_life(const Person& person) {
  if (!person.last_order) return person.last_click;
  if (!person.last_click) return person.last_order;
  return std::max(*person.last_order, *person.last_click);
}

Instant plus_months(Instant at, std::int32_t count) {
  const base::Day day = floor<days>(at);
  year_month_day date = year_month_day{day} + months{count};
  if (!date.ok()) date = date.year() / date.month() / last;
  return Instant{base::Day{date}} + (at - day);
}

/// Everything that stops marketing for good, before any question of time.
Refusal stopped(const Question& question, const Person& person, const Zone& zone, const Manners& manners, Instant now) {
  using model::ConsentState;
  if (question.consent == ConsentState::withdrawn) return Refusal::opted_out;
  if (question.suppressed) return Refusal::suppressed;
  const bool needs_consent =
      manners.opt_in || std::ranges::find(manners.opt_in_channels, question.channel) != manners.opt_in_channels.end();
  if (needs_consent && question.consent != ConsentState::granted) {
    const bool own_customer = manners.existing_customers && person.last_order.has_value() &&
                              (question.channel == "email" || question.channel == "in_app");
    if (!own_customer) return Refusal::no_consent;
  }
  if (person.do_not_disturb) return Refusal::do_not_disturb;
  const std::optional<Instant> life = sign_of_life(person);
  if (manners.end_months > 0 && life && plus_months(*life, manners.end_months) <= now) return Refusal::ended;
  if (manners.sunset_after > 0 && person.unanswered >= manners.sunset_after &&
      (!life || now - *life >= days{manners.sunset_days})) {
    return Refusal::sunset;
  }
  if (question.gives_money && is_minor(person, zone, manners, now)) return Refusal::minor;
  return Refusal::none;
}

std::vector<Cap> caps_for(const Person& person, const Manners& manners) {
  std::vector<Cap> caps = manners.caps;
  std::uint32_t divisor = 1;
  if (manners.fatigue_after > 0 && person.unanswered >= manners.fatigue_after) divisor *= 2;
  if (person.less_often) divisor *= 2;
  for (Cap& cap : caps) {
    if (cap.most > 0) cap.most = std::max(1U, cap.most / divisor);
  }
  return caps;
}

}  // namespace

std::string_view name_of(Refusal refusal) {
  constexpr std::array<std::string_view, 10> kNames = {"none",  "opted_out", "suppressed", "no_consent", "do_not_disturb",
                                                       "ended", "sunset",    "minor",      "expired",    "paused_too_long"};
  return kNames[static_cast<std::size_t>(refusal)];
}

bool is_minor(const Person& person, const Zone& zone, const Manners& manners, Instant now) {
  if (person.birth_year == 0) return manners.unknown_age_is_minor;
  // Only the year is known: whoever turns adult this year may still be a minor today.
  const auto year_now = static_cast<int>(year_month_day{zone.local_day(now)}.year());
  return year_now - person.birth_year <= manners.adult_age;
}

Ruling judge(const Question& question, const Manners& manners, Instant now) {
  static const Person kNobodyKnown;
  static const Zone kUtc = Zone::utc();
  const Person& person = question.person == nullptr ? kNobodyKnown : *question.person;
  const Zone& zone = question.zone == nullptr ? kUtc : *question.zone;
  const bool marketing = question.purpose == Purpose::marketing;

  const Refusal stop = marketing ? stopped(question, person, zone, manners, now)
                                 : (question.suppressed ? Refusal::suppressed : Refusal::none);
  if (stop != Refusal::none) return {stop, now};
  const auto too_late = [&](Instant at) { return question.last_by && at > *question.last_by; };
  if (too_late(now)) return {Refusal::expired, now};

  Instant at = now;
  if (marketing && person.paused_until && *person.paused_until > at) {
    at = *person.paused_until;
    if (too_late(at)) return {Refusal::paused_too_long, now};
  }
  if (question.purpose == Purpose::service) at = polite_time(at, zone, manners);
  if (marketing) {
    const std::vector<Cap> caps = caps_for(person, manners);
    for (Instant before = Instant::min(); at != before;) {  // each only moves it on, so this ends
      before = at;
      at = under_caps(question.contacts, question.channel, caps, at);
      if (at == Instant::max()) return {Refusal::expired, now};  // a cap of nothing at all
      at = polite_time(at, zone, manners);
    }
  }
  if (too_late(at)) return {Refusal::expired, now};
  return {Refusal::none, at};
}

Instant outside_quiet_hours(Instant due, const Zone& zone, std::int32_t from, std::int32_t to) {
  Instant at = ceil<minutes>(due);
  if (from == to) return at;
  for (;;) {
    const std::int32_t minute = local_minute(at, zone);
    if (!is_quiet(minute, from, to)) return at;
    const Instant end = at + minutes{(to - minute + kDayMinutes) % kDayMinutes};
    const std::int64_t offset = zone.offset_millis(at);
    if (zone.offset_millis(end) == offset) return end;
    // The clock is changed before then: go on from the first minute under the new one.
    Instant old_clock = at;
    Instant new_clock = end;
    while (new_clock - old_clock > minutes{1}) {
      const Instant middle = old_clock + floor<minutes>((new_clock - old_clock) / 2);
      (zone.offset_millis(middle) == offset ? old_clock : new_clock) = middle;
    }
    at = new_clock;
  }
}

Instant under_caps(std::span<const Contact> contacts, std::string_view channel, std::span<const Cap> caps, Instant now) {
  const auto allowed = [&](Instant at) {
    return std::ranges::none_of(caps, [&](const Cap& cap) { return breaks(cap, contacts, channel, at); });
  };
  if (allowed(now)) return now;
  // A window frees itself only when a contact leaves it.
  std::vector<Instant> candidates;
  for (const Contact& contact : contacts) {
    for (const Cap& cap : caps) {
      if (contact.at + days{cap.days} > now) candidates.push_back(contact.at + days{cap.days});
    }
  }
  std::ranges::sort(candidates);
  const auto first = std::ranges::find_if(candidates, allowed);
  return first == candidates.end() ? Instant::max() : *first;
}

}  // namespace act::deliver
