#include "understand/recommend/recommender.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "stats/logistic.h"

namespace understand::recommend {
namespace {

constexpr std::size_t kPopularCandidates = 100;
constexpr std::size_t kLookBack = 60;        // own items whose neighbours are looked at, latest first
constexpr std::size_t kTeachers = 4000;      // customers the weights are learned from
constexpr std::size_t kJudges = 4000;        // others the lists are checked on
constexpr std::size_t kLeastTeachers = 100;
constexpr double kFreshKept = 0.7, kLastingKept = 0.95;  // what a purchase counts after one more basket
constexpr std::uint32_t kSkipped = 6;        // of products the customer never had, one in so many teaches, and counts for all
constexpr double kRidge = 1;
constexpr std::int32_t kDurableDays = 365;
constexpr double kDurableAgain = 0.03;

/// Log-odds of the assumed weights, until enough customers came twice: by how often they bought it, then by sales.
constexpr std::array<double, Recommender::kFeatures + 1> kAssumed{-7.0, 0.8, 1.2, 1.0, 0, 2.0, 0.3, 0.3, 0, 0.3, 0.2, 0.5, 0.5, 0.3};

using Scratch = Recommender::Scratch;
using Candidate = Scratch::Candidate;

std::uint64_t lot_of(std::size_t customer) { return base::mix(customer ^ 0x5EEDULL); }

}  // namespace

std::string_view name_of(Why why) {
  constexpr std::array<std::string_view, kWhys> kNames{"usual", "again", "goes_with", "after", "popular"};
  return kNames[static_cast<std::size_t>(why)];
}

Recommender Recommender::learn(const Baskets& baskets, Shelf shelf, std::int32_t today) {
  Recommender made;
  made.shelf_ = std::move(shelf);
  made.today_ = today;
  made.weights_ = kAssumed;
  const std::size_t items = made.shelf_.hidden.size();
  made.durable_.assign(items, 0);
  made.affinity_ = Affinity::count(baskets, items, today, true);
  made.learned_ = made.learn_weights(baskets);
  made.check_lists(baskets);
  made.affinity_ = Affinity::count(baskets, items, today, false);
  for (std::size_t i = 0; i < items; ++i) {
    const auto item = static_cast<Item>(i);
    made.durable_[i] = stats::wilson(made.affinity_.again(item), made.affinity_.buyers(item), 0.95).high < kDurableAgain;
  }
  return made;
}

/// Fills the candidates: own products, what sells, what is close to the latest own products.
void Recommender::gather(const HistoryView& history, Scratch& scratch) const {
  if (scratch.place.size() < affinity_.items()) scratch.place.resize(affinity_.items(), 0);
  for (const Candidate& old : scratch.candidates) scratch.place[old.item] = 0;
  scratch.candidates.clear();
  scratch.category.clear();
  const auto candidate = [&](Item item) -> Candidate& {
    std::uint32_t& place = scratch.place[item];
    if (place == 0) {
      scratch.candidates.emplace_back().item = item;
      place = static_cast<std::uint32_t>(scratch.candidates.size());
    }
    return scratch.candidates[place - 1];
  };
  std::size_t at = history.items.size(), looked = 0;
  float fresh = 1, lasting = 1;
  for (std::size_t b = history.baskets(); b-- > 0;) {
    at -= history.sizes[b];
    for (const Item item : history.items.subspan(at, history.sizes[b])) {
      Candidate& own = candidate(item);
      if (own.times == 0) own.last_day = history.days[b];
      own.first_day = history.days[b];
      own.times += 1;
      own.fresh += fresh;
      own.lasting += lasting;
      own.in_last = own.in_last || b + 1 == history.baskets();
    }
    fresh *= static_cast<float>(kFreshKept);
    lasting *= static_cast<float>(kLastingKept);
  }
  float reach = 1;
  at = history.items.size();
  for (std::size_t b = history.baskets(); b-- > 0 && looked < kLookBack;) {
    at -= history.sizes[b];
    for (const Item item : history.items.subspan(at, history.sizes[b])) {
      if (++looked > kLookBack) break;
      for (const auto& near : affinity_.together(item)) {
        Candidate& one = candidate(near.item);
        const float part = reach * near.closeness;
        one.together += part;
        if (part > one.best_together) one.best_together = part, one.because_together = item;
      }
      for (const auto& near : affinity_.after(item)) {
        Candidate& one = candidate(near.item);
        const float part = reach * near.closeness;
        one.after += part;
        if (part > one.best_after) one.best_after = part, one.because_after = item;
      }
    }
    reach *= static_cast<float>(kFreshKept);
  }
  const auto popular = affinity_.popular();
  for (const Item item : popular.first(std::min(popular.size(), kPopularCandidates))) candidate(item);
  if (shelf_.category.empty() || history.items.empty()) return;
  for (const Item item : history.items) {
    const std::uint32_t category = shelf_.category[item];
    if (category == 0) continue;
    const auto known = std::ranges::find(scratch.category, category, &std::pair<std::uint32_t, float>::first);
    if (known == scratch.category.end()) {
      scratch.category.emplace_back(category, 1.0F);
    } else {
      known->second += 1;
    }
  }
  for (auto& [category, share] : scratch.category) share /= static_cast<float>(history.items.size());
}

void Recommender::features(const HistoryView& history, const Scratch& scratch, const Candidate& c, double* out) const {
  const bool own = c.times > 0;
  const double baskets = static_cast<double>(history.baskets());
  const double sold = std::log((affinity_.sold(c.item) + 1.0) / (affinity_.baskets() + 1.0)) + 6;
  double category = 0;
  if (!scratch.category.empty()) {
    const auto known = std::ranges::find(scratch.category, shelf_.category[c.item], &std::pair<std::uint32_t, float>::first);
    if (known != scratch.category.end()) category = known->second;
  }
  out[0] = std::log1p(c.times);
  out[1] = c.fresh;
  out[2] = std::log1p(c.lasting);
  out[3] = own ? c.times / baskets : 0;
  out[4] = own ? 1 : 0;
  out[5] = c.in_last ? 1 : 0;
  out[6] = own ? affinity_.staying(c.item) : 0;
  out[7] = own ? std::log(baskets) : 0;
  out[8] = sold;
  out[9] = own ? sold : 0;
  out[10] = std::log1p(20 * c.together);
  out[11] = std::log1p(20 * c.after);
  out[12] = category;
}

bool Recommender::learn_weights(const Baskets& baskets) {
  std::vector<std::size_t> teachers;
  for (std::size_t c = 0; c < baskets.customers(); ++c) {
    if (baskets[c].baskets() >= 2 && lot_of(c) % 2 == 0) teachers.push_back(c);
  }
  if (teachers.size() < kLeastTeachers / 2) return false;
  std::ranges::sort(teachers, {}, lot_of);
  teachers.resize(std::min(teachers.size(), kTeachers));
  std::vector<double> rows, outcome, weight;
  Scratch scratch;
  for (const std::size_t teacher : teachers) {
    const HistoryView history = baskets[teacher].before_last();
    const auto truth = baskets[teacher].last();
    gather(history, scratch);
    for (const Candidate& one : scratch.candidates) {
      const bool bought = std::ranges::find(truth, one.item) != truth.end();
      const bool taught = bought || one.times > 0 || base::mix(teacher * 0x10001ULL + one.item) % kSkipped == 0;
      if (!taught) continue;
      rows.resize(rows.size() + kFeatures);
      features(history, scratch, one, rows.data() + rows.size() - kFeatures);
      outcome.push_back(bought ? 1 : 0);
      weight.push_back(bought || one.times > 0 ? 1 : kSkipped);
    }
  }
  const auto fitted = stats::fit_logistic(stats::dense_rows(rows, kFeatures, outcome, weight), kRidge);
  // Nobody bought anything that could be foreseen, or nothing else: then nothing is learned.
  if (!fitted || !std::ranges::all_of(fitted->beta, [](double b) { return std::isfinite(b); })) return false;
  teachers_ = teachers.size();
  std::ranges::copy(fitted->beta, weights_.begin());
  return true;
}

void Recommender::rank(const HistoryView& history, Scratch& scratch) const {
  std::array<double, kFeatures> x{};
  for (Candidate& one : scratch.candidates) {
    features(history, scratch, one, x.data());
    double score = weights_[0];
    for (std::size_t k = 0; k < kFeatures; ++k) score += weights_[k + 1] * x[k];
    one.score = score;
  }
}

void Recommender::check_lists(const Baskets& baskets) {
  std::vector<std::size_t> judges;
  for (std::size_t c = 0; c < baskets.customers(); ++c) {
    if (baskets[c].baskets() >= 2 && lot_of(c) % 2 == 1) judges.push_back(c);
  }
  if (judges.size() < kLeastTeachers / 2) return;
  std::ranges::sort(judges, {}, lot_of);
  judges.resize(std::min(judges.size(), kJudges));
  std::size_t ours = 0, habit = 0, sales = 0;
  Scratch scratch;
  for (const std::size_t judge : judges) {
    const HistoryView history = baskets[judge].before_last();
    const auto truth = baskets[judge].last();
    gather(history, scratch);
    rank(history, scratch);
    std::vector<const Candidate*> list;
    for (const Candidate& one : scratch.candidates) list.push_back(&one);
    const auto hit = [&](const auto& before) {
      const auto most = static_cast<std::ptrdiff_t>(std::min(list.size(), check_.length));
      std::partial_sort(list.begin(), list.begin() + most, list.end(), before);
      return std::any_of(list.begin(), list.begin() + most, [&](const Candidate* one) { return std::ranges::find(truth, one->item) != truth.end(); });
    };
    ours += hit([](const Candidate* a, const Candidate* b) { return a->score != b->score ? a->score > b->score : a->item < b->item; });
    const auto sold = [&](const Candidate* one) { return affinity_.sold(one->item); };
    const auto by_sales = [&](const Candidate* a, const Candidate* b) { return sold(a) != sold(b) ? sold(a) > sold(b) : a->item < b->item; };
    habit += hit([&](const Candidate* a, const Candidate* b) { return a->times != b->times ? a->times > b->times : by_sales(a, b); });
    sales += hit(by_sales);
  }
  const auto n = static_cast<double>(judges.size());
  check_.customers = judges.size();
  check_.hits = static_cast<double>(ours) / n;
  check_.interval = stats::wilson(static_cast<double>(ours), n, 0.95);
  check_.hits_by_habit = static_cast<double>(habit) / n;
  check_.hits_by_sales = static_cast<double>(sales) / n;
}

void Recommender::recommend(const HistoryView& history, std::span<const Item> sent_back, std::size_t most, Scratch& scratch,
                            std::vector<Recommendation>& out) const {
  out.clear();
  gather(history, scratch);
  rank(history, scratch);
  std::vector<Candidate>& all = scratch.candidates;
  // Places no longer hold after this; they are wiped by item when the next customer comes.
  const auto end = std::partition(all.begin(), all.end(), [&](const Candidate& one) {
    if (shelf_.hidden[one.item] != 0) return false;
    if (durable(one.item) && one.times > 0 && one.last_day > today_ - kDurableDays) return false;
    return std::ranges::find(sent_back, one.item) == sent_back.end();
  });
  const auto count = std::min<std::ptrdiff_t>(end - all.begin(), static_cast<std::ptrdiff_t>(most));
  std::partial_sort(all.begin(), all.begin() + count, end, [](const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : a.item < b.item;
  });
  for (const Candidate& one : std::span{all}.first(static_cast<std::size_t>(count))) {
    Recommendation& made = out.emplace_back();
    made.item = one.item;
    made.chance = 1 / (1 + std::exp(-one.score));
    made.times = one.times;
    const double together = weights_[11] * std::log1p(20 * one.together), after = weights_[12] * std::log1p(20 * one.after);
    if (one.times >= 3 && one.last_day > one.first_day) {
      made.why = Why::usual;
      made.every_days = static_cast<double>(one.last_day - one.first_day) / (one.times - 1);
    } else if (one.times > 0) {
      made.why = Why::again;
    } else if (together > 0 && together >= after) {
      made.why = Why::goes_with;
      made.because = one.because_together;
    } else if (after > 0) {
      made.why = Why::after;
      made.because = one.because_after;
    }
  }
}

}  // namespace understand::recommend
