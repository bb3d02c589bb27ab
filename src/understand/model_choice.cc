#include "understand/model_choice.h"

#include <algorithm>

#include "understand/features.h"

namespace understand {
namespace {

constexpr double kLeastRepeats = 100;
constexpr double kLeastHeldOut = 50;

}  // namespace

stats::Holdout holdout_at(const Histories& histories, std::int32_t cut, std::int32_t until, std::size_t most) {
  stats::Holdout out;
  Summaries known = summaries_at(histories, cut, most);
  out.known = std::move(known.data);
  out.t = static_cast<double>(until - cut);
  for (const std::uint32_t i : known.row) {
    const auto first = histories.day.begin() + static_cast<std::ptrdiff_t>(histories.begin(i));
    const auto last = histories.day.begin() + static_cast<std::ptrdiff_t>(histories.end(i));
    out.bought.push_back(static_cast<double>(std::upper_bound(first, last, until) - std::upper_bound(first, last, cut)));
  }
  return out;
}

ModelChoice choose_model(const Histories& histories, std::int32_t day, std::size_t most) {
  ModelChoice choice;
  if (histories.size() == 0) return choice;
  std::int32_t start = day;
  for (std::size_t i = 0; i < histories.size(); ++i) start = std::min(start, histories.first_day(i));
  const std::int32_t length = day - start;
  std::vector<std::vector<stats::Judgement>> rounds;
  for (const int eighths : {4, 5, 6}) {
    const std::int32_t cut = start + length * eighths / 8;
    const stats::Holdout holdout = holdout_at(histories, cut, day, most);
    double repeats = 0, held_out = 0;
    for (const double x : holdout.known.x) repeats += x;
    for (const double x : holdout.bought) held_out += x;
    if (repeats < kLeastRepeats || held_out < kLeastHeldOut) return choice;
    auto judged = stats::judge_models(holdout, stats::continuous_families());
    if (!judged) return choice;
    rounds.push_back(*std::move(judged));
    choice.cuts.push_back(cut);
  }
  choice.table = stats::together(rounds);
  choice.judged = !choice.table.empty();
  if (choice.judged) choice.family = choice.table.front().fit.family;
  return choice;
}

}  // namespace understand
