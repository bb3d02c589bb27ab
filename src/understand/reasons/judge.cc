#include "understand/reasons/judge.h"

#include <cmath>
#include <unordered_map>

#include "base/words.h"
#include "stats/keyness.h"
#include "understand/reasons/combine.h"

namespace understand::reasons {

using base::Result;

namespace {

constexpr std::size_t kKeyWords = 8;
constexpr std::uint32_t kFewestPeople = 3;  ///< a word fewer have used may name somebody
constexpr std::int32_t kTrendDays = 90;
constexpr double kSpeechWeight = 20;        ///< stated reasons the assumed chance is worth

/// Whether a term can stand for itself: two Chinese characters or three letters.
bool tells(const std::string& term) {
  return static_cast<unsigned char>(term.front()) >= 0xE0 ? term.size() >= 6 : term.size() >= 3;
}

std::vector<std::string> telling_words(std::string_view text) {
  std::vector<std::string> found = base::words(text, {.words = true, .word_pairs = false, .han_pairs = false});
  std::erase_if(found, [](const std::string& term) { return !tells(term); });
  return found;
}

/// Nine or ten of ten, four or five stars.
bool is_happy(const Speech& speech) {
  return (speech.kind == "nps" && speech.score >= 9) || (speech.kind == "review" && speech.score >= 4 && speech.score <= 5);
}

/// What a leaver's texts are about, with the topic where it is clear.
struct Heard {
  std::vector<double> about;
  std::optional<std::size_t> topic;
};

class Judging {
 public:
  Judging(const model::ReasonRules& rules, const TopicNames& names, const model::Profiles& profiles, Gathered&& gathered)
      : rules_(rules), names_(names), profiles_(profiles), gathered_(std::move(gathered)), reasons_(names.reasons()) {}

  Result<Findings> run() {
    WB_ASSIGN(topics_, Topics::learn(rules_, names_, gathered_.own));
    found_.looked = true;
    found_.own_texts = gathered_.own.size();
    found_.text_check = topics_->check();
    hear();
    learn();
    count_words();
    for (std::size_t i = 0; i < gathered_.leavers.size(); ++i) {
      const Leaver& leaver = gathered_.leavers[i];
      if (leaver.moved) {
        ++found_.moved;
        continue;
      }
      found_.verdicts.push_back(verdict_on(leaver, heard_[i]));
    }
    sum_up();
    found_.breaking = std::move(gathered_.breaking);
    found_.unused = std::move(gathered_.unused);
    return std::move(found_);
  }

 private:
  void hear() {
    heard_.resize(gathered_.leavers.size());
    for (std::size_t i = 0; i < gathered_.leavers.size(); ++i) {
      for (const Speech& speech : gathered_.leavers[i].said) {
        Heard heard;
        if (!speech.text.empty()) {
          heard.about = topics_->about(speech.text);
          if (is_happy(speech)) {  // whatever the words are about, they are no complaint
            std::ranges::fill(heard.about, 0.0);
            heard.about[names_.content()] = 1;
          }
          const auto top = static_cast<std::size_t>(std::ranges::max_element(heard.about) - heard.about.begin());
          if (heard.about[top] >= topics_->threshold()) heard.topic = top;
        }
        heard_[i].push_back(std::move(heard));
      }
    }
  }

  double assumed_alpha(const std::string& kind) const {
    const auto found = rules_.speech.find(kind);
    if (found != rules_.speech.end()) return found->second;
    const auto other = rules_.speech.find("other");
    return other != rules_.speech.end() ? other->second : 0.5;
  }

  void learn() {
    std::vector<double> assumed_shares, answers(reasons_, 0);
    for (std::size_t t = 0; t < reasons_; ++t) {
      const auto rule = std::ranges::find_if(rules_.reasons, [&](const model::Reason& one) { return one.id == names_.id[t]; });
      assumed_shares.push_back(rule->share);
    }
    std::vector<std::vector<double>> assumed;
    for (const model::Signal& signal : rules_.signals) {
      std::vector<double>& ratios = assumed.emplace_back(reasons_, 1.0);
      for (std::size_t t = 0; t < reasons_; ++t) {
        if (const auto one = signal.ratios.find(names_.id[t]); one != signal.ratios.end()) ratios[t] = one->second;
      }
    }
    std::vector<double> shares(rules_.signals.size(), 0);
    std::vector<Known> known;
    std::map<std::string, std::pair<double, double>> speech;  // kind: weight of "about the reason", texts
    double leavers = 0;
    for (std::size_t i = 0; i < gathered_.leavers.size(); ++i) {
      const Leaver& leaver = gathered_.leavers[i];
      if (leaver.moved) continue;
      leavers += 1;
      for (const std::uint32_t s : leaver.signals) shares[s] += 1;
      if (!leaver.stated) continue;
      answers[*leaver.stated] += 1;
      known.push_back({*leaver.stated, leaver.signals});
      for (std::size_t k = 0; k < leaver.said.size(); ++k) {
        if (heard_[i][k].about.empty()) continue;
        const double alpha = assumed_alpha(leaver.said[k].kind);
        const double about = alpha * heard_[i][k].about[*leaver.stated] * static_cast<double>(names_.id.size());
        auto& [weight, texts] = speech[leaver.said[k].kind];
        weight += about / (about + 1 - alpha);
        texts += 1;
      }
    }
    for (double& share : shares) share = leavers > 0 ? share / leavers : 0;
    shares_ = learn_shares(assumed_shares, answers, rules_.prior_weight);
    ratios_ = learn_ratios(assumed, shares, known, rules_.ratio_weight);
    for (const auto& [kind, seen] : speech) {
      alpha_[kind] = std::min(0.95, (kSpeechWeight * assumed_alpha(kind) + seen.first) / (kSpeechWeight + seen.second));
    }
    for (std::size_t s = 0; s < ratios_.size(); ++s) {
      if (ratios_[s].learned) found_.learned_signals.push_back(rules_.signals[s].id);
    }
  }

  double alpha_of(const std::string& kind) const {
    const auto found = alpha_.find(kind);
    return found != alpha_.end() ? found->second : assumed_alpha(kind);
  }

  /// How often each word stands in texts about each topic, and how many people used it.
  void count_words() {
    std::unordered_map<std::string, std::size_t> ids;
    std::vector<std::vector<double>> count(names_.id.size());
    std::vector<std::vector<std::uint32_t>> people(names_.id.size());
    std::vector<std::string> words;
    for (std::size_t i = 0; i < gathered_.leavers.size(); ++i) {
      std::map<std::pair<std::size_t, std::size_t>, bool> used;
      for (std::size_t k = 0; k < heard_[i].size(); ++k) {
        if (!heard_[i][k].topic) continue;
        const std::size_t topic = *heard_[i][k].topic;
        for (std::string& word : telling_words(gathered_.leavers[i].said[k].text)) {
          const auto [entry, fresh] = ids.try_emplace(std::move(word), words.size());
          if (fresh) {
            words.push_back(entry->first);
            for (auto& one : count) one.push_back(0);
            for (auto& one : people) one.push_back(0);
          }
          if (std::exchange(used[{topic, entry->second}], true)) continue;  // a word counts once for a person
          count[topic][entry->second] += 1;
          ++people[topic][entry->second];
        }
      }
    }
    std::vector<double> all(words.size(), 0);
    for (const auto& one : count) {
      for (std::size_t w = 0; w < words.size(); ++w) all[w] += one[w];
    }
    key_words_.resize(names_.id.size());
    for (std::size_t t = 0; t < names_.id.size(); ++t) {
      std::vector<double> rest(words.size());
      for (std::size_t w = 0; w < words.size(); ++w) rest[w] = all[w] - count[t][w];
      std::vector<stats::Keyness> keys = stats::keyness(count[t], rest);
      std::erase_if(keys, [&](const stats::Keyness& one) { return one.z < 1.96 || one.g2 < 3.84 || people[t][one.term] < kFewestPeople; });
      std::ranges::sort(keys, [](const stats::Keyness& a, const stats::Keyness& b) { return std::pair{b.z, a.term} < std::pair{a.z, b.term}; });
      for (const stats::Keyness& one : keys) {
        if (key_words_[t].size() == kKeyWords) break;
        // Words that hold sentences together are key by chance; those the classifier reads as this topic speak of it.
        const std::vector<double> about = topics_->about(words[one.term]);
        if (about[t] >= *std::ranges::max_element(about)) key_words_[t].push_back(words[one.term]);
      }
    }
  }

  /// What was written speaks for the topic through these words.
  std::vector<std::string> speaking_words(const Leaver& leaver, const std::vector<Heard>& heard, std::size_t topic) const {
    std::vector<std::pair<double, std::string>> ranked;
    for (std::size_t k = 0; k < heard.size(); ++k) {
      if (heard[k].about.empty() || heard[k].about[topic] * static_cast<double>(names_.id.size()) <= 1.5) continue;
      for (std::string& word : telling_words(leaver.said[k].text)) {
        const double speaks = topics_->about(word)[topic];
        const bool there = std::ranges::any_of(ranked, [&](const auto& one) { return one.second == word; });
        if (!there && speaks * static_cast<double>(names_.id.size()) > 1.5) ranked.emplace_back(speaks, std::move(word));
      }
    }
    std::ranges::sort(ranked, [](const auto& a, const auto& b) { return std::pair{b.first, std::string_view{a.second}} < std::pair{a.first, std::string_view{b.second}}; });
    std::vector<std::string> words;
    for (std::size_t k = 0; k < std::min(ranked.size(), std::size_t{5}); ++k) words.push_back(std::move(ranked[k].second));
    return words;
  }

  Verdict verdict_on(const Leaver& leaver, const std::vector<Heard>& heard) {
    Verdict verdict{.row = leaver.row, .manner = leaver.manner};
    verdict.active = leaver.manner == "cancelled" || leaver.manner == "unsubscribed" || leaver.manner == "complained" || leaver.manner == "uninstalled";
    std::vector<Piece> pieces;
    std::vector<Evidence> evidence;
    for (const std::uint32_t s : leaver.signals) {
      pieces.push_back({ratios_[s].ratio});
      evidence.push_back({rules_.signals[s].id, rules_.signals[s].source, 1, ratios_[s].learned});
    }
    bool wrote = false;
    std::map<std::string, bool> kinds;
    for (std::size_t k = 0; k < heard.size(); ++k) {
      if (heard[k].about.empty()) continue;
      wrote = true;
      if (std::exchange(kinds[leaver.said[k].kind], true)) continue;  // the first of its kind: they repeat themselves
      pieces.push_back({speech_ratio(heard[k].about, alpha_of(leaver.said[k].kind))});
      evidence.push_back({"wrote_" + leaver.said[k].kind, model::EvidenceSource::words, 1, alpha_.contains(leaver.said[k].kind)});
    }
    if (leaver.stated) {
      const double alpha = assumed_alpha("stated");
      std::vector<double> ratio(reasons_, 1 - alpha);
      ratio[*leaver.stated] += alpha / std::max(shares_[*leaver.stated], 1e-6);
      pieces.push_back({std::move(ratio)});
      evidence.push_back({"stated", model::EvidenceSource::words, 1, false});
      ++found_.told;
    }
    found_.wrote += wrote ? 1 : 0;
    const std::vector<double> chance = combine(shares_, pieces, rules_.cap);
    std::vector<std::size_t> order(reasons_);
    for (std::size_t t = 0; t < reasons_; ++t) order[t] = t;
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return chance[a] > chance[b]; });
    const std::size_t top = order.front();
    for (const std::size_t t : order) {
      if (t != top && chance[t] < rules_.listed) break;
      verdict.likely.push_back({names_.id[t], chance[t]});
    }
    const bool clear = !pieces.empty() && chance[top] >= rules_.least;
    verdict.reason = clear ? names_.id[top] : "unclear";
    verdict.probability = clear ? chance[top] : 1 - chance[top];
    for (std::size_t p = 0; p < pieces.size(); ++p) {
      double mean = 0;
      for (std::size_t t = 0; t < reasons_; ++t) mean += shares_[t] * std::max(pieces[p].ratio[t], 1e-9);
      evidence[p].ratio = std::clamp(std::max(pieces[p].ratio[top], 1e-9) / mean, 1 / rules_.cap, rules_.cap);
    }
    std::erase_if(evidence, [](const Evidence& one) { return one.ratio < 1.05; });
    std::ranges::stable_sort(evidence, [](const Evidence& a, const Evidence& b) { return a.ratio > b.ratio; });
    verdict.evidence = std::move(evidence);
    if (wrote) verdict.words = speaking_words(leaver, heard, top);
    chances_.push_back(clear ? chance : std::vector<double>{});
    return verdict;
  }

  void sum_up() {
    found_.leavers = found_.verdicts.size();
    const std::int32_t today = base::day_number(profiles_.as_of);
    std::vector<ReasonCount> counts(reasons_ + 1);
    std::vector<double> variance(reasons_ + 1, 0);
    for (std::size_t t = 0; t < reasons_; ++t) {
      counts[t].reason = names_.id[t];
      counts[t].words = key_words_[t];
    }
    counts.back().reason = "unclear";
    for (std::size_t v = 0; v < found_.verdicts.size(); ++v) {
      const Verdict& verdict = found_.verdicts[v];
      ++found_.manner[verdict.manner];
      found_.active += verdict.active ? 1 : 0;
      const std::int32_t since = today - profiles_.lapsed_on[verdict.row];
      const auto add = [&](std::size_t at, double weight) {
        ReasonCount& one = counts[at];
        one.customers += weight;
        variance[at] += weight * (1 - weight);
        one.loss_90 += weight * profiles_.loss_90[verdict.row];
        one.expected_year += weight * profiles_.expected_year[verdict.row];
        if (since <= kTrendDays) {
          one.recent += weight;
        } else if (since <= 2 * kTrendDays) {
          one.before += weight;
        }
        one.verdicts += counts[at].reason == verdict.reason ? 1 : 0;
      };
      if (chances_[v].empty()) {
        add(reasons_, 1);
      } else {
        for (std::size_t t = 0; t < reasons_; ++t) add(t, chances_[v][t]);
      }
    }
    for (std::size_t t = 0; t < counts.size(); ++t) {
      const double spread = 1.96 * std::sqrt(variance[t]);
      counts[t].low = std::max({0.0, counts[t].customers - spread});
      counts[t].high = std::min(static_cast<double>(found_.leavers), counts[t].customers + spread);
    }
    std::stable_sort(counts.begin(), counts.end() - 1, [](const ReasonCount& a, const ReasonCount& b) { return a.customers > b.customers; });
    std::erase_if(counts, [](const ReasonCount& one) { return one.customers < 0.05; });
    found_.reasons = std::move(counts);
  }

  const model::ReasonRules& rules_;
  const TopicNames& names_;
  const model::Profiles& profiles_;
  Gathered gathered_;
  std::size_t reasons_;
  std::optional<Topics> topics_;
  std::vector<std::vector<Heard>> heard_;
  std::vector<double> shares_;
  std::vector<Ratios> ratios_;
  std::map<std::string, double> alpha_;
  std::vector<std::vector<std::string>> key_words_;
  std::vector<std::vector<double>> chances_;  ///< of each verdict; empty = unclear
  Findings found_;
};

}  // namespace

Result<Findings> judge(const model::ReasonRules& rules, const TopicNames& names, const model::Profiles& profiles, Gathered&& gathered) {
  return Judging{rules, names, profiles, std::move(gathered)}.run();
}

}  // namespace understand::reasons
