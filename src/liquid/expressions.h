#pragma once

#include <cstdint>

#include "liquid/program.h"
#include "liquid/template.h"
#include "liquid/words.h"

namespace liquid {

/// Reads values, filters and conditions into a program; results are indexes into its tables. Throws Failure.
class Expressions {
 public:
  Expressions(Program& program, const ParseOptions& options) : program_(program), options_(options) {}

  /// A literal, a range or a variable with its path.
  std::uint32_t value(Words& words);
  /// A value and its filters.
  std::uint32_t chain(Words& words);
  /// Comparisons joined by "and" and "or"; the first of how many.
  std::pair<std::uint32_t, std::uint32_t> condition(Words& words);
  /// A name that is assigned to; digits are names here.
  Key target(Words& words, std::string_view tag);

 private:
  Expr constant(const Word& word, Cell cell) const;
  Expr literal(const Word& word) const;
  void path(Words& words, Expr& expr);
  FilterCall filter(Words& words);
  Comparison comparison(Words& words);

  Program& program_;
  const ParseOptions& options_;
  std::size_t depth_ = 0;
};

}  // namespace liquid
