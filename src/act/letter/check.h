#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "act/letter/letter.h"
#include "base/time.h"

namespace act::letter {

/// Something wrong with a letter.
struct Problem {
  std::string file;
  std::size_t line = 0;
  std::string sentence;  ///< what is wrong and what to do, without file and line
};

/// A claim of facts.yaml.
struct KnownFact {
  std::string key;
  std::optional<base::Day> expires;  ///< the last day it holds
};

/// What exists around a letter.
struct Known {
  std::span<const std::string> more_variables;  ///< paths beside the contract's, in the same writing
  std::span<const KnownFact> facts;
  base::Day today;
};

/// Mail services cut a letter off past this many bytes.
inline constexpr std::size_t kMostHtmlBytes = 100 * 1024;

/// Everything wrong with the letter, by file and line: variables, partials and facts that do not exist, facts that have
/// expired, plain words that hurry the reader, a marketing letter without its links for leaving and for choosing, one
/// that is too long or goes over a limit when it is rendered for an invented customer.
std::vector<Problem> check(const Letters& letters, const Letter& letter, const Known& known);

}  // namespace act::letter
