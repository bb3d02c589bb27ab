#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace act::letter {

/// Lays words out in lines of at most kColumns.
class PlainWriter {
 public:
  static constexpr std::size_t kColumns = 78;

  /// Text whose white space separates words; control characters count as white space.
  void text(std::string_view text);
  /// A word that is never broken, after a space.
  void unbroken(std::string_view word);
  /// At least so many line ends before what follows: 1 a new line, 2 an empty one.
  void break_lines(int count);
  /// Cells of a row stand two spaces apart.
  void gap();
  /// What the next line begins with; later lines of the paragraph are set in by as much.
  void item(std::string_view mark);
  void end_item() { indent_ = 0; }

  /// Whether anything was written since the last line end.
  bool in_line() const { return column_ > indent_ || word_width_ != 0; }
  /// Whether what was written last, with the word being gathered, ends so.
  bool ends_with(std::string_view text) const { return (out_.size() > 200 ? out_.substr(out_.size() - 200) + word_ : out_ + word_).ends_with(text); }
  /// Bytes so far, including the word being gathered: for telling whether something was written since.
  std::size_t written() const { return out_.size() + word_.size(); }
  /// The text, ending in one line end; empty when there was nothing.
  std::string finish();

 private:
  void character(std::string_view bytes, std::uint32_t code);
  void flush();
  void put(std::string_view unit, std::size_t width);

  std::string out_;
  std::string word_;
  std::size_t word_width_ = 0;
  std::size_t column_ = 0;
  std::size_t indent_ = 0;
  int breaks_ = 0;          ///< line ends owed
  std::size_t spaces_ = 0;  ///< spaces owed
  bool glued_ = false;      ///< what follows stays with what was just written
};

}  // namespace act::letter
