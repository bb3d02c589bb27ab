#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "liquid/failure.h"

namespace liquid {

enum class WordKind : std::uint8_t { end, name, integer, real, string, symbol };

/// A word of a tag's markup.
struct Word {
  WordKind kind = WordKind::end;
  std::string_view text;  ///< of a string: what stands between the quotes
  std::uint32_t at = 0;
};

/// Reads the words of one tag, one after another. Throws Failure at what is no word.
class Words {
 public:
  Words(std::string_view source, std::string_view markup)
      : source_(source), markup_(markup) { advance(); }

  const Word& peek() const { return word_; }
  Word take() {
    const Word taken = word_;
    advance();
    return taken;
  }
  bool is(std::string_view symbol) const { return word_.kind == WordKind::symbol && word_.text == symbol; }
  bool is_name(std::string_view name) const { return word_.kind == WordKind::name && word_.text == name; }
  bool at_end() const { return word_.kind == WordKind::end; }
  bool accept(std::string_view symbol) {
    if (!is(symbol)) return false;
    advance();
    return true;
  }
  bool accept_name(std::string_view name) {
    if (!is_name(name)) return false;
    advance();
    return true;
  }
  void expect(std::string_view symbol);
  /// Throws unless the markup is used up.
  void expect_end();
  [[noreturn]] void fail(std::string_view sentence) const;
  /// The markup from the present word on.
  std::string_view rest() const;

 private:
  void advance();
  void number();

  std::string_view source_;
  std::string_view markup_;
  std::size_t position_ = 0;
  Word word_;
};

}  // namespace liquid
