#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace base {

/// Text in the one form words are compared in: NFKC with case folded, Chinese in simplified characters, without HTML
/// tags, web and mail addresses, numbers of five digits and more (they say who, not what), and control characters. Only
/// the first 64 KB are read; bytes that are not UTF-8 become spaces. Any thread; never fails.
std::string plain_text(std::string_view text);

/// What is taken from a text.
struct WordForms {
  bool words = true;        ///< single words, Chinese ones as ICU's dictionary parts them
  bool word_pairs = true;   ///< two words that follow each other in one sentence, "a b"
  bool han_pairs = true;    ///< single Chinese characters and two that follow each other
  std::size_t shortest = 1; ///< letters of a word that is not Chinese
  bool operator==(const WordForms&) const = default;
};

/// The terms of a text in the order they occur, each as often as it occurs. Safe from any thread (each keeps a segmenter
/// of its own). At most 20,000.
std::vector<std::string> words(std::string_view text, const WordForms& forms = {});

/// The first `most` characters (not bytes) of the text on one line, with "…" when something was cut: for showing what
/// somebody wrote. Control characters become spaces, direction marks go.
std::string excerpt(std::string_view text, std::size_t most);

}  // namespace base
