#include "report/explain.h"

#include <algorithm>
#include <cmath>

#include "report/names.h"

namespace report {

using model::Class;
using model::Verdict;
using text::Language;
using text::say;
using text::Word;

namespace {

/// Catalogue entries of one family stand in the order of the enumeration they name.
template <class Enum>
std::string_view in_family(Language language, Word first, Enum value) {
  return say(language, static_cast<Word>(static_cast<std::size_t>(first) + static_cast<std::size_t>(value)));
}

std::string lower_first(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z' && (text.size() < 2 || text[1] < 'A' || text[1] > 'Z')) {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

std::string item_of(const Explained& what, std::size_t row, Language language) {
  const auto& p = what.profiles;
  const std::uint32_t index = p.favourite_item[row];
  if (index >= p.items.size() || p.items[index].empty()) return std::string{say(language, Word::some_item)};
  const std::string item = calm(p.items[index]);
  if (language == Language::en) return item;
  return language == Language::zh_cn ? "“" + item + "”" : "「" + item + "」";
}

/// Amounts inside the sentence have at most three significant digits.
std::string spoken(Language language, std::string_view currency, double value) {
  return text::money_brief(language, currency, value);
}

std::string loyalty(const Explained& what, std::size_t row, Language language) {
  const auto& p = what.profiles;
  const std::string item = item_of(what, row, language);
  const std::string silent = duration(language, p.silent(row));
  const std::uint32_t n = p.purchase_days[row];
  if (n == 1) return say(language, Word::loyalty_once, fmt::arg("item", item), fmt::arg("silent", silent));
  const double days = p.last_day[row] - p.first_day[row];
  const std::string span = duration(language, days);
  if (n < 4) {
    return say(language, Word::loyalty_few, fmt::arg("count", n), fmt::arg("span", span), fmt::arg("item", item),
               fmt::arg("silent", silent));
  }
  return say(language, Word::loyalty_regular, fmt::arg("item", item),
             fmt::arg("gap", duration(language, days / (n - 1))), fmt::arg("span", span), fmt::arg("silent", silent));
}

std::string value(const Explained& what, std::size_t row, Language language) {
  const auto& p = what.profiles;
  if (std::abs(p.spend[row]) < 0.005 && p.returned_share[row] > 0)
    return std::string{say(language, Word::value_nothing)};
  const double years = (p.last_day[row] - p.first_day[row]) / 365.25;
  if (years < 0.5)
    return say(language, Word::value_so_far, fmt::arg("money", spoken(language, what.currency, p.spend[row])));
  return say(language, Word::value_year,
             fmt::arg("money", spoken(language, what.currency, p.spend[row] / std::max(1.0, years))));
}

std::string satisfaction(const Explained& what, std::size_t row, Language language) {
  const auto& p = what.profiles;
  if ((p.flags[row] & model::flag_quality_leaver) != 0) return std::string{say(language, Word::satisfaction_quality)};
  if (p.returned_share[row] >= 0.995) return std::string{say(language, Word::satisfaction_all)};
  if (p.returned_share[row] < 0.005) return std::string{say(language, Word::satisfaction_fine)};
  return say(language, Word::satisfaction_returns, fmt::arg("share", text::percent(language, p.returned_share[row])));
}

std::string cost(const Explained& what, std::size_t row, Language language) {
  const auto& d = what.decisions;
  const auto money = [&](double x) { return spoken(language, what.currency, x); };
  const auto offer_name = [&](std::uint8_t index) {
    const std::string name =
        index < what.offers.size() ? what.offers[index].name[static_cast<std::size_t>(language)] : std::string{};
    return language == Language::en ? lower_first(name) : name;
  };
  const std::uint8_t index = d.offer[row] != model::kNoOffer ? d.offer[row] : d.best_offer[row];
  const std::string offer = offer_name(index);
  const std::string worth = money(static_cast<double>(d.worth[row]));
  const std::string low = money(static_cast<double>(d.worth_low[row]));
  const std::string high = money(static_cast<double>(d.worth_high[row]));
  const std::string chance = text::percent(language, static_cast<double>(d.return_chance[row]));
  switch (d.verdict[row]) {
    case Verdict::approach: {
      const double spent = static_cast<double>(d.cost[row]);
      const Word word = spent < 0.05 ? Word::cost_approach_free : Word::cost_approach;
      const std::string spent_text = money(spent);
      return say(language, word, fmt::arg("offer", offer), fmt::arg("cost", spent_text), fmt::arg("worth", worth),
                 fmt::arg("low", low), fmt::arg("high", high));
    }
    case Verdict::explore:
      return say(language, Word::cost_explore, fmt::arg("offer", offer), fmt::arg("worth", worth), fmt::arg("low", low),
                 fmt::arg("high", high));
    case Verdict::hold_out:
      if (d.offer[row] == model::kNoOffer) return std::string{say(language, Word::cost_hold_out)};
      return say(language, Word::cost_hold_out_would, fmt::arg("offer", offer), fmt::arg("worth", worth));
    case Verdict::wait:
      return say(language, Word::cost_wait,
                 fmt::arg("date", text::date(language, base::day_from_number(d.wait_until[row]))));
    case Verdict::filtered:
      return say(language, Word::cost_filtered, fmt::arg("filter", say_filter(language, d.filter[row])));
    case Verdict::leave: break;
  }
  if (index == model::kNoOffer) return std::string{say(language, Word::cost_no_offer)};
  switch (d.kind[row]) {
    case Class::sure_thing:
      return say(language, Word::cost_sure_thing, fmt::arg("chance", chance), fmt::arg("days", what.horizon_days));
    case Class::lost_cause:
      return say(language, Word::cost_lost_cause, fmt::arg("chance", chance), fmt::arg("days", what.horizon_days));
    case Class::do_not_disturb:
      return say(language, Word::cost_do_not_disturb,
                 fmt::arg("attention", money(static_cast<double>(d.attention[row]))));
    case Class::unknown:
      return say(language, Word::cost_unknown, fmt::arg("offer", offer), fmt::arg("worth", worth),
                 fmt::arg("sure", text::percent(language, static_cast<double>(d.chance_if_works[row]))));
    case Class::persuadable:
      return say(language, Word::cost_over_budget, fmt::arg("offer", offer), fmt::arg("worth", worth));
    case Class::none: break;
  }
  return std::string{say(language, Word::cost_no_offer)};
}

}  // namespace

std::string duration(Language language, double days) {
  const auto whole = [](double value) { return std::max(1L, std::lround(value)); };
  if (days < 1.5) return std::string{say(language, Word::duration_day)};
  if (days < 20) return say(language, Word::duration_days, fmt::arg("n", whole(days)));
  if (days < 84) return say(language, Word::duration_weeks, fmt::arg("n", whole(days / 7)));
  if (days < 700) return say(language, Word::duration_months, fmt::arg("n", whole(days / 30.44)));
  const double years = std::round(days / 36.525) / 10;
  return say(language, Word::duration_years, fmt::arg("n", fmt::format("{}", days < 1400 ? years : std::round(years))));
}

std::string amount(Language language, std::string_view currency, double value) {
  return text::money(language, currency, value, std::abs(value) < 9.995 && std::abs(value) >= 0.005 ? 2 : 0);
}

std::string_view say_verdict(Language language, Verdict verdict) {
  return in_family(language, Word::verdict_approach, verdict);
}
std::string_view say_class(Language language, Class kind) { return in_family(language, Word::class_persuadable, kind); }
std::string_view say_filter(Language language, model::Filter filter) {
  return in_family(language, Word::filter_none, filter);
}

Grounds explain(const Explained& what, std::size_t row, Language language) {
  Grounds g{loyalty(what, row, language), value(what, row, language), satisfaction(what, row, language),
            cost(what, row, language), ""};
  g.sentence = say(language, Word::sentence, fmt::arg("loyalty", g.loyalty), fmt::arg("value", g.value),
                   fmt::arg("satisfaction", g.satisfaction),
                   fmt::arg("cost", language == Language::en ? lower_first(g.cost) : g.cost));
  return g;
}

}  // namespace report
