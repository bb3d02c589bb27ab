#include "adapter/chdb/sql_text.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace adapter::chdb {

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0; }

/// The end of the quoted text that begins at `at`.
std::size_t end_of_quote(std::string_view sql, std::size_t at) {
  const char quote = sql[at];
  for (std::size_t i = at + 1; i < sql.size(); ++i) {
    if (sql[i] == '\\') {
      ++i;
    } else if (sql[i] == quote) {
      return i + 1;
    }
  }
  return sql.size();
}

std::size_t end_of_line(std::string_view sql, std::size_t at) { return std::min(sql.find('\n', at), sql.size()); }

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

SqlText read_sql(std::string_view sql) {
  SqlText text{.head = {}, .format = {}, .before_format = sql, .after_format = {}};
  int depth = 0;
  std::size_t format_at = sql.npos;  // a FORMAT word whose name is still to come
  for (std::size_t i = 0; i < sql.size();) {
    const char c = sql[i];
    if (c == '\'' || c == '"' || c == '`') {
      i = end_of_quote(sql, i);
      format_at = sql.npos;
    } else if (sql.substr(i).starts_with("--") || c == '#') {
      i = end_of_line(sql, i);
    } else if (sql.substr(i).starts_with("/*")) {
      const std::size_t end = sql.find("*/", i + 2);
      i = end == sql.npos ? sql.size() : end + 2;
    } else if (is_word(c)) {
      std::size_t end = i;
      while (end < sql.size() && is_word(sql[end])) ++end;
      const std::string_view word = sql.substr(i, end - i);
      if (text.head.empty()) text.head = word;
      if (same_word(word, "outfile")) text.has_outfile = true;
      if (format_at != sql.npos) {
        text.format = word;
        text.before_format = sql.substr(0, format_at);
        text.after_format = sql.substr(end);
        // What follows the format of an INSERT is data, not SQL.
        if (same_word(text.head, "insert")) return text;
        format_at = sql.npos;
      } else if (depth == 0 && same_word(word, "format") && !text.head.empty() && i > 0) {
        format_at = i;
      }
      i = end;
    } else {
      if (c == '(') ++depth;
      if (c == ')') --depth;
      if (std::isspace(static_cast<unsigned char>(c)) == 0) format_at = sql.npos;
      ++i;
    }
  }
  return text;
}

std::string_view created_if_absent(std::string_view sql) {
  const auto trim = [&] { sql.remove_prefix(std::min(sql.size(), sql.find_first_not_of(" \t\r\n"))); };
  for (const std::string_view word : {"create", "table", "if", "not", "exists"}) {
    trim();
    if (!same_word(sql.substr(0, word.size()), word)) return {};
    sql.remove_prefix(word.size());
  }
  trim();
  std::size_t end = 0;
  while (end < sql.size() && (is_word(sql[end]) || sql[end] == '.')) ++end;
  return sql.substr(0, end);
}

int heading_lines(std::string_view format) {
  static constexpr std::array kPlain = {"Native",
                                        "CSV",
                                        "TSV",
                                        "TabSeparated",
                                        "TSVRaw",
                                        "TabSeparatedRaw",
                                        "JSONEachRow",
                                        "JSONLines",
                                        "NDJSON",
                                        "JSONStringsEachRow",
                                        "JSONCompactEachRow",
                                        "JSONCompactStringsEachRow",
                                        "RowBinary",
                                        "LineAsString",
                                        "RawBLOB",
                                        "TSKV",
                                        "Null"};
  for (const char* plain : kPlain) {
    if (same_word(format, plain)) return 0;
  }
  if (same_word(format, "RowBinaryWithNames") || same_word(format, "RowBinaryWithNamesAndTypes")) return -1;
  const auto ends = [&](std::string_view ending) {
    return format.size() > ending.size() && same_word(format.substr(format.size() - ending.size()), ending);
  };
  const bool lines =
      format.size() > 2 && (same_word(format.substr(0, 3), "CSV") || same_word(format.substr(0, 3), "TSV") ||
                            same_word(format.substr(0, 3), "Tab") || same_word(format.substr(0, 3), "JSO"));
  if (lines && ends("WithNames")) return 1;
  if (lines && ends("WithNamesAndTypes")) return 2;
  return -1;
}

std::size_t heading_size(std::string_view output, std::string_view format, int lines) {
  const bool quoted = format.size() > 2 && same_word(format.substr(0, 3), "CSV");
  bool inside = false;
  for (std::size_t i = 0; i < output.size(); ++i) {
    if (quoted && output[i] == '"') inside = !inside;
    if (output[i] == '\n' && !inside && --lines == 0) return i + 1;
  }
  return output.size();
}

}  // namespace adapter::chdb
