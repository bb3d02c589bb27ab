#include "simulate/texts.h"

#include "simulate/phrases.h"

namespace simulate {
namespace {

std::string_view one_of(std::span<const std::string_view> list, base::Rng& rng) { return list[rng.below(list.size())]; }

void append(std::string& out, std::string_view phrase, const Phrases& phrases, const Subject& subject, base::Rng& rng) {
  if (phrase.empty()) return;
  if (!out.empty()) out += phrases.between;
  for (std::size_t i = 0; i < phrase.size(); ++i) {
    if (phrase[i] != '{' || i + 2 >= phrase.size()) {
      out += phrase[i];
      continue;
    }
    const char slot = phrase[i + 1];
    if (slot == 'p') out += subject.product;
    if (slot == 'c') out += subject.category;
    if (slot == 'n') out += fmt::format("{}", 2 + rng.below(9));
    i += 2;
  }
}

}  // namespace

std::string_view name_of(Occasion occasion) {
  static constexpr std::array<std::string_view, 4> kNames = {"survey", "nps", "ticket", "review"};
  return kNames[static_cast<std::size_t>(occasion)];
}

std::string words_about(Tongue language, Reason topic, Occasion occasion, const Subject& subject, base::Rng& rng) {
  const Phrases& phrases = language == Tongue::en      ? english_phrases()
                           : language == Tongue::zh_cn ? simplified_phrases()
                                                       : traditional_phrases();
  const TopicPhrases& about = phrases.topic[static_cast<std::size_t>(topic)];
  std::string out;
  if (rng.chance(0.6))
    append(out, one_of(phrases.opening[static_cast<std::size_t>(occasion)], rng), phrases, subject, rng);
  append(out, one_of(about.what, rng), phrases, subject, rng);
  if (rng.chance(0.8)) append(out, one_of(about.detail, rng), phrases, subject, rng);
  if (rng.chance(0.6)) append(out, one_of(about.wish, rng), phrases, subject, rng);
  if (rng.chance(0.4)) append(out, one_of(phrases.closing, rng), phrases, subject, rng);
  return out;
}

}  // namespace simulate
