#include "app/recommend_words.h"

#include <cmath>

namespace app {

using text::say;
using text::Word;
using understand::recommend::Why;

std::string say_why(const understand::recommend::Recommendation& one, const understand::recommend::Lists& lists, text::Language l) {
  const auto n = [&](double value) { return fmt::arg("n", text::whole(l, std::round(value))); };
  const auto because = [&] { return fmt::arg("product", lists.products()[one.because].name); };
  switch (one.why) {
    case Why::usual:
      if (one.every_days < 1.5) return std::string{say(l, Word::recommend_why_usual_often)};
      if (one.every_days < 6) return say(l, Word::recommend_why_usual_days, n(one.every_days));
      if (one.every_days < 10.5) return std::string{say(l, Word::recommend_why_usual_week)};
      if (one.every_days < 60) return say(l, Word::recommend_why_usual_weeks, n(one.every_days / 7));
      return say(l, Word::recommend_why_usual_months, n(one.every_days / 30.4));
    case Why::again:
      if (one.times <= 2) return std::string{say(l, one.times == 2 ? Word::recommend_why_again_twice : Word::recommend_why_again_once)};
      return say(l, Word::recommend_why_again_often, n(one.times));
    case Why::goes_with: return say(l, Word::recommend_why_goes_with, because());
    case Why::after: return say(l, Word::recommend_why_after, because());
    case Why::popular: return std::string{say(l, Word::recommend_why_popular)};
  }
  return "";
}

}  // namespace app
