#pragma once

#include <span>
#include <string>

#include "model/decision.h"
#include "model/offer.h"
#include "model/profile.h"
#include "text/language.h"

namespace report {

/// "3 weeks", "11 个月": a length of time as people say it.
std::string duration(text::Language language, double days);

/// An amount as it stands in running text: pence below 10, whole above, sign and currency in place.
std::string amount(text::Language language, std::string_view currency, double value);

std::string_view say_verdict(text::Language language, model::Verdict verdict);
std::string_view say_class(text::Language language, model::Class kind);
std::string_view say_filter(text::Language language, model::Filter filter);

/// Everything a sentence about one customer's decision needs; references live with the caller.
struct Explained {
  const model::Profiles& profiles;
  const model::Decisions& decisions;
  std::span<const model::Offer> offers;
  std::string_view currency;
  std::int32_t horizon_days;
};

/// The four grounds one by one, and the whole sentence.
struct Grounds {
  std::string loyalty, value, satisfaction, cost, sentence;
};
Grounds explain(const Explained& what, std::size_t row, text::Language language);

}  // namespace report
