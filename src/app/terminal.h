#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace app {

/// Columns a text takes on a terminal: two for East Asian wide characters.
std::size_t display_width(std::string_view utf8);

/// At most `width` columns, cut with "…".
std::string fitted(std::string_view utf8, std::size_t width);

/// A table of text cells, aligned, for a terminal of 100 columns; numbers to the right.
class TextTable {
 public:
  struct Head {
    std::string title;
    bool right = false;
    std::size_t most = 40;  ///< widest, in columns
  };
  explicit TextTable(std::vector<Head> heads) : heads_(std::move(heads)) {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string str() const;

 private:
  std::vector<Head> heads_;
  std::vector<std::vector<std::string>> rows_;
};

/// Whether a person is looking: standard error is a terminal.
bool on_terminal();

/// A progress bar on standard error, drawn at most ten times a second and only on a terminal.
class ProgressBar {
 public:
  explicit ProgressBar(std::string what);
  ~ProgressBar();
  void show(std::uint64_t done, std::uint64_t total, std::uint64_t rows);

 private:
  std::string what_;
  std::int64_t started_ = 0;
  std::int64_t drawn_ = 0;
  bool shown_ = false;
};

}  // namespace app
