#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace report {

/// Text as it may stand between tags and in quoted attributes: & < > " ' escaped, control characters dropped, a space
/// before "%" made unbreakable. Everything that comes from data goes through here.
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
};

/// A table. Wide ones become one card a row on a phone, each cell with its heading; `compact` ones stay tables.
class Table {
 public:
  Table(std::vector<Head> heads, bool compact);
  void row(const std::vector<Cell>& cells, bool total = false);
  std::string str() const;
  bool empty() const { return rows_.empty(); }

 private:
  std::vector<Head> heads_;
  std::string rows_;
  bool compact_;
};

}  // namespace report
