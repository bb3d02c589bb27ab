#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/journey.h"

namespace act::journey {

/// An offer as far as a journey's check needs it.
struct KnownOffer {
  std::string id;
  double generosity = 0;   ///< money it gives a usual customer: what "better" compares
  bool in_stock = true;    ///< budget and codes are left
};

/// What exists around a journey.
struct Known {
  std::span<const std::string> letters;
  std::span<const KnownOffer> offers;
  std::optional<std::span<const std::string>> events;  ///< names that came in so far; none = not known, nothing is said
  std::span<const std::string> channels;               ///< configured ones
};

/// Something wrong with a journey.
struct Problem {
  std::int32_t line = 0;
  std::string sentence;   ///< what is wrong and what to do, without file and line
  bool refuses = true;    ///< it may not be launched; false = only said
};

/// Everything wrong with the journey, in the order of its lines: steps nobody reaches, loops without a wait or an end,
/// letters, offers and fields that do not exist, an offer without stock, a better offer within 60 days after one called
/// the last, shares that do not sum to 1, tasks without a script, no exit for those who buy. A journey without a refusing
/// problem ends for every customer, whatever happens.
std::vector<Problem> check(const model::Journey& journey, const Known& known);

/// Events the program itself reports.
std::span<const std::string_view> own_events();

/// No better offer for so long after one called the last.
inline constexpr std::chrono::days kLastOfferRest{60};

/// More steps than this are refused.
inline constexpr std::size_t kMostSteps = 100;

}  // namespace act::journey
