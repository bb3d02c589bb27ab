#include "tests/support/table_sql.h"

#include <cstdlib>

namespace tests {
namespace {

std::string without_comments(std::string_view sql) {
  std::string text;
  while (!sql.empty()) {
    const std::string_view line = sql.substr(0, sql.find('\n'));
    sql.remove_prefix(std::min(sql.size(), line.size() + 1));
    text += std::string{line.substr(0, line.find("--"))} + '\n';
  }
  return text;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \n");
  return begin == text.npos ? std::string_view{} : text.substr(begin, text.find_last_not_of(" \n") - begin + 1);
}

/// Takes the next word of letters, digits and underscores off the text.
std::string_view take_word(std::string_view& text) {
  text = text.substr(std::min(text.size(), text.find_first_not_of(" \n({=")));
  const auto end = std::min(text.size(), text.find_first_of(" \n(){}:=,"));
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

bool take(std::string_view& text, std::string_view words) {
  text = trimmed(text);
  if (!text.starts_with(words)) return false;
  text.remove_prefix(words.size());
  return true;
}

/// The text inside the pair of parentheses it begins with, taken off with them.
std::string_view take_parentheses(std::string_view& text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    if (depth == 0) {
      const std::string_view inside = text.substr(1, i - 1);
      text.remove_prefix(i + 1);
      return inside;
    }
  }
  return {};
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == ',' && depth == 0)) {
      parts.push_back(trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
    } else {
      depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    }
  }
  return parts;
}

base::ColumnKind kind_of(std::string_view type) {
  using enum base::ColumnKind;
  for (const std::string_view wrapper : {"LowCardinality(", "Nullable("}) {
    if (type.starts_with(wrapper)) return kind_of(type.substr(wrapper.size(), type.size() - wrapper.size() - 1));
  }
  constexpr std::pair<std::string_view, base::ColumnKind> kKinds[] = {{"UInt8", u8},
                                                                      {"UInt32", u32},
                                                                      {"UInt64", u64},
                                                                      {"Int32", i32},
                                                                      {"Int64", i64},
                                                                      {"Float64", f64},
                                                                      {"Date32", day},
                                                                      {"DateTime64", instant},
                                                                      {"Decimal", amount},
                                                                      {"String", text},
                                                                      {"Enum8", u8},
                                                                      {"Array(Int32)", i32_list},
                                                                      {"Array(Int64)", i64_list},
                                                                      {"Array(Float64)", f64_list},
                                                                      {"Array(String)", text_list}};
  for (const auto& [name, kind] : kKinds) {
    if (type == name || type.substr(0, type.find('(')) == name) return kind;
  }
  fmt::print(stderr, "the fake warehouse knows no type '{}'\n", type);
  std::abort();
}

}  // namespace

std::optional<TableSql> read_create_table(std::string_view sql) {
  const std::string bare = without_comments(sql);
  std::string_view text = bare;
  if (!take(text, "CREATE TABLE")) return std::nullopt;
  take(text, "IF NOT EXISTS");
  TableSql table{.name = std::string{take_word(text)}, .columns = {}, .key = {}};
  text = trimmed(text);
  for (std::string_view column : split(take_parentheses(text))) {
    const std::string_view name = take_word(column);
    table.columns.push_back({std::string{name}, kind_of(trimmed(column))});
  }
  const auto order = text.find("ORDER BY");
  if (order == text.npos) return table;
  text = trimmed(text.substr(order + 8));
  if (text.starts_with('(')) {
    for (const std::string_view name : split(take_parentheses(text))) table.key.emplace_back(name);
  } else {
    table.key.emplace_back(take_word(text));
  }
  return table;
}

std::optional<DeleteSql> read_delete(std::string_view sql) {
  const std::string bare = without_comments(sql);
  std::string_view text = bare;
  if (!take(text, "ALTER TABLE")) return std::nullopt;
  DeleteSql result;
  result.table = take_word(text);
  if (!take(text, "DELETE WHERE")) return std::nullopt;
  result.column = take_word(text);
  if (!take(text, "= {")) return std::nullopt;
  result.parameter = take_word(text);
  return result;
}

}  // namespace tests
