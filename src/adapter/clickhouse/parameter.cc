#include "adapter/clickhouse/parameter.h"

namespace adapter::clickhouse {

namespace {

/// The type in `{name:Type}`; empty when the statement has no such place.
std::string_view type_of(std::string_view sql, std::string_view name) {
  for (std::size_t at = sql.find('{'); at != sql.npos; at = sql.find('{', at + 1)) {
    std::string_view rest = sql.substr(at + 1);
    const auto trim = [&] { rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(" \t\n"))); };
    trim();
    if (!rest.starts_with(name)) continue;
    rest.remove_prefix(name.size());
    trim();
    if (!rest.starts_with(':')) continue;
    rest.remove_prefix(1);
    trim();
    return rest.substr(0, rest.find('}'));
  }
  return {};
}

}  // namespace

std::string parameter_text(std::string_view sql, const port::Parameter& parameter) {
  const std::string_view type = type_of(sql, parameter.name);
  if (type.starts_with("Array(") || type.starts_with("Tuple(") || type.starts_with("Map(")) return parameter.value;
  std::string text;
  text.reserve(parameter.value.size());
  for (const char c : parameter.value) {
    switch (c) {
      case '\\': text += "\\\\"; break;
      case '\t': text += "\\t"; break;
      case '\n': text += "\\n"; break;
      case '\r': text += "\\r"; break;
      case '\b': text += "\\b"; break;
      case '\f': text += "\\f"; break;
      case '\0': text += "\\0"; break;
      default: text += c;
    }
  }
  return text;
}

}  // namespace adapter::clickhouse
