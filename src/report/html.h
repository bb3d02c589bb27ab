#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace report {

/// text::escape_html; everything that comes from data goes through here.
std::string escape(std::string_view text);

/// Markup that is already safe; only code of this folder makes it, never data.
struct Markup {
  std::string html;
};

/// What stands in a table's cell: text (escaped) or markup.
class Cell {
 public:
  Cell(std::string_view text) : html_(escape(text)) {}
  Cell(const std::string& text) : html_(escape(text)) {}
  Cell(const char* text) : html_(escape(text)) {}
  Cell(Markup markup) : html_(std::move(markup.html)) {}
  const std::string& html() const { return html_; }

 private:
  std::string html_;
};

struct Head {
  std::string text;
  bool number = false;  ///< right-aligned, tabular figures
  bool whole = false;   ///< on a phone's card it takes the whole line
};

/// What becomes of a table on a phone: it stays one, or each row becomes a card, one fact or two a line.
enum class Phone { table, card, paired_card };

/// A table; every cell carries its heading for the phone's card.
class Table {
 public:
  Table(std::vector<Head> heads, Phone phone);
  void row(const std::vector<Cell>& cells, bool total = false);
  std::string str() const;
  bool empty() const { return rows_.empty(); }

 private:
  std::vector<Head> heads_;
  std::string rows_;
  Phone phone_;
};

}  // namespace report
