#include "understand/reasons/topics.h"

#include "base/words.h"

namespace understand::reasons {

using base::Result;

namespace {

constexpr double kSeedsAreWorth = 40;
constexpr double kOwnWeight = 1.5;

/// Content words only: what carries meaning in both scripts.
const base::WordForms kForms{.words = true, .word_pairs = true, .han_pairs = true, .shortest = 2};

}  // namespace

TopicNames TopicNames::of(const model::ReasonRules& rules, std::string_view business) {
  TopicNames names;
  for (const model::Reason& reason : rules.reasons) {
    if (reason.id == "unclear") continue;
    if (!reason.business.empty() && std::ranges::find(reason.business, business) == reason.business.end()) continue;
    names.id.push_back(reason.id);
    names.also.push_back(reason.also);
  }
  names.id.push_back("content");
  names.also.emplace_back();
  return names;
}

std::optional<std::size_t> TopicNames::find(std::string_view name) const {
  for (std::size_t t = 0; t < id.size(); ++t) {
    if (id[t] == name || std::ranges::find(also[t], name) != also[t].end()) return t;
  }
  return std::nullopt;
}

Result<Topics> Topics::learn(const model::ReasonRules& rules, const TopicNames& names, const std::vector<OwnText>& own) {
  std::vector<double> own_of(names.id.size(), 0);
  for (const OwnText& one : own) own_of[one.topic] += 1;
  stats::LabelledTexts texts;
  for (const model::SeedText& seed : rules.seeds) {
    const auto topic = names.find(seed.topic);
    if (!topic) continue;
    texts.add(base::words(seed.text, kForms), static_cast<std::uint32_t>(*topic), kSeedsAreWorth / (kSeedsAreWorth + own_of[*topic]));
  }
  for (const OwnText& one : own) texts.add(base::words(one.text, kForms), static_cast<std::uint32_t>(one.topic), kOwnWeight);
  texts.classes = static_cast<std::uint32_t>(names.id.size());
  Topics topics;
  topics.topics_ = names.id.size();
  WB_ASSIGN(topics.model_, stats::TextModel::learn(texts, {.strength = 6, .balanced = true, .folds = 4, .precision = 0.8}));
  // Seeds are shorter than what people write, so that confidence learned on them is modest; never demand certainty.
  topics.threshold_ = std::min(topics.model_->threshold(), 0.6);
  return topics;
}

std::vector<double> Topics::about(std::string_view text) const {
  const std::vector<std::string> terms = base::words(text, kForms);
  if (model_->known(terms) <= 0) return std::vector<double>(topics_, 1 / static_cast<double>(topics_));
  return model_->probabilities(terms);
}

}  // namespace understand::reasons
