#include "collect/csv_writer.h"

#include "base/decimal.h"

namespace collect {
namespace {

/// Without what a spreadsheet may skip or cut away before it looks for a formula.
std::string_view bare(std::string_view cell) {
  for (;;) {
    if (cell.empty()) return cell;
    const auto c = static_cast<unsigned char>(cell.front());
    if (c <= ' ' || c == '\'' || c == '"' || c == ';' || c == ',' || c == '|') {
      cell.remove_prefix(1);
    } else if (cell.starts_with("\xC2\xA0")) {
      cell.remove_prefix(2);
    } else if (cell.starts_with("\xEF\xBB\xBF") || cell.starts_with("　")) {
      cell.remove_prefix(3);
    } else {
      return cell;
    }
  }
}

bool is_plain_number(std::string_view text) {
  for (const char c : text) {
    if ((c < '0' || c > '9') && c != '.' && c != ',' && c != '-' && c != '+' && c != ' ' && c != 'e' && c != 'E')
      return false;
  }
  return base::parse_decimal(text, base::DecimalMark::unknown).has_value();
}

bool is_name(std::string_view text) {
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    const bool letter =
        (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || (u >= '0' && u <= '9') || c == '_' || c == '.' || u >= 0x80;
    if (!letter) return false;
  }
  return !text.empty();
}

}  // namespace

bool is_formula(std::string_view cell) {
  if (cell.empty()) return false;
  const auto first = static_cast<unsigned char>(cell.front());
  const bool letter =
      (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || (first >= '0' && first <= '9');
  if (letter) return false;
  const std::string_view text = bare(cell);
  char sign = text.empty() ? '\0' : text.front();
  std::string_view rest = text.empty() ? text : text.substr(1);
  for (const auto& [wide, narrow] : {std::pair{std::string_view{"＝"}, '='},
                                     {std::string_view{"＋"}, '+'},
                                     {std::string_view{"－"}, '-'},
                                     {std::string_view{"＠"}, '@'}}) {
    if (text.starts_with(wide)) {
      sign = narrow;
      rest = text.substr(wide.size());
    }
  }
  switch (sign) {
    case '=': return true;
    case '+':
    case '-': return !rest.empty() && !(text.size() == cell.size() && is_plain_number(text));
    case '@': return !(text.size() == cell.size() && is_name(rest));
    default: return false;
  }
}

std::string guard(std::string_view cell) {
  std::string text;
  if (is_formula(cell)) text += '\'';
  text += cell;
  return text;
}

std::string_view unguard(std::string_view cell) {
  if (cell.size() > 1 && cell.front() == '\'' && is_formula(cell.substr(1))) cell.remove_prefix(1);
  return cell;
}

void append_csv_row(std::string& out, std::span<const std::string_view> cells, char delimiter) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += delimiter;
    const bool guarded = is_formula(cells[i]);
    const std::string_view cell = cells[i];
    const bool quoted =
        cell.find_first_of("\"\r\n") != std::string_view::npos || cell.find(delimiter) != std::string_view::npos ||
        (!cell.empty() && (cell.front() == ' ' || cell.back() == ' ')) || (cells.size() == 1 && cell.empty());
    if (quoted) out += '"';
    if (guarded) out += '\'';
    if (!quoted) {
      out += cell;
      continue;
    }
    for (const char c : cell) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }
  out += '\n';
}

}  // namespace collect
