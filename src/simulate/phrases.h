#pragma once

#include <array>
#include <span>
#include <string_view>

#include "simulate/texts.h"

namespace simulate {

/// The fragments of one topic. {p} stands for a product, {c} for its category, {n} for a small number.
struct TopicPhrases {
  std::span<const std::string_view> what;    ///< the matter itself
  std::span<const std::string_view> detail;  ///< how it showed
  std::span<const std::string_view> wish;    ///< what would have helped, or what comes of it
};

/// One language's fragments, made for `words_about` alone.
struct Phrases {
  std::array<TopicPhrases, kReasons> topic;
  std::array<std::span<const std::string_view>, 4> opening;  ///< by occasion
  std::span<const std::string_view> closing;
  std::string_view between;  ///< sentences
};

const Phrases& english_phrases();
const Phrases& simplified_phrases();
const Phrases& traditional_phrases();

}  // namespace simulate
