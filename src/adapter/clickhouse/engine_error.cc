#include "adapter/clickhouse/engine_error.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace adapter::clickhouse {

namespace {

using base::Code;

constexpr std::string_view kStart = "Code: ";
constexpr std::string_view kException = "DB::Exception: ";

int code_in(std::string_view text) {
  int code = 0;
  if (const auto at = text.find(kStart); at != text.npos) {
    std::from_chars(text.data() + at + kStart.size(), text.data() + text.size(), code);
  }
  return code;
}

/// The sentence in the report: no number, no version, no stack, one line.
std::string sentence(std::string_view text) {
  while (true) {
    const auto at = text.find(kException);
    if (at == text.npos || at > 40) break;
    text.remove_prefix(at + kException.size());
  }
  for (const std::string_view tail : {" (version ", "Stack trace:"}) text = text.substr(0, text.find(tail));
  std::string line{text.substr(0, 400)};
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  while (!line.empty() && (line.back() == ' ' || line.back() == '.')) line.pop_back();
  return line.empty() ? "it gave no reason" : line;
}

}  // namespace

base::Error engine_error(std::string_view statement, int code, int http_status, std::string_view text) {
  if (code == 0) code = code_in(text);
  const std::string why = sentence(text);
  const auto error = [](Code kind, std::string message) { return base::Error{kind, std::move(message)}; };
  if (text.find("No space left on device") != text.npos) code = 243;
  switch (code) {
    case 173:  // CANNOT_ALLOCATE_MEMORY
    case 241:
      return error(Code::exhausted, fmt::format("'{}' needs more memory than the warehouse may use; raise `memory` in "
                                                "winback.yaml, or ask for less at once ({})",
                                                statement, why));
    case 243:
      return error(Code::exhausted, fmt::format("the warehouse's disk is full ('{}' was not done, everything stored "
                                                "before is safe); free space and run the same command again ({})",
                                                statement, why));
    case 252:
      return error(Code::exhausted, fmt::format("'{}' was refused because too many parts wait to be merged; wait a "
                                                "minute and run the same command again ({})",
                                                statement, why));
    case 60:
    case 81: return error(Code::not_found, fmt::format("'{}': {}; import or analyze first", statement, why));
    case 57:
    case 82: return error(Code::conflict, fmt::format("'{}': {}", statement, why));
    case 159:
    case 160:
      return error(
          Code::timeout,
          fmt::format("'{}' took longer than allowed; ask for less at once, or allow more time ({})", statement, why));
    case 164: return error(Code::invalid_input, fmt::format("'{}' may only read: {}", statement, why));
    case 192:
    case 193:
    case 194:
    case 516:
      return error(
          Code::invalid_input,
          fmt::format("the warehouse refused the user or the password ({}); correct them in winback.yaml", why));
    case 202:
    case 209:
    case 210:
    case 394: return error(Code::unavailable, fmt::format("'{}' was not finished: {}; try again", statement, why));
    case 40:
    case 228:
    case 271:
    case 354:
      return error(
          Code::corrupt,
          fmt::format(
              "'{}' met damaged data in the warehouse: {}; restore the data folder from a backup, or import again",
              statement, why));
    case 48:
    case 344: return error(Code::unsupported, fmt::format("'{}': {}", statement, why));
    default: break;
  }
  if (code == 0 && http_status >= 500)
    return error(Code::unavailable, fmt::format("the warehouse could not answer '{}': {}; try again", statement, why));
  return error(Code::invalid_input, fmt::format("the warehouse refused '{}': {}", statement, why));
}

std::optional<std::string_view> report_in_tail(std::string_view tail) {
  // Newer servers mark it, older ones just write it.
  constexpr std::string_view kMark = "__exception__\r\n";
  if (const auto last = tail.rfind(kMark); last != tail.npos && last != 0) {
    if (const auto first = tail.rfind(kMark, last - 1); first != tail.npos) {
      return tail.substr(first + kMark.size(), last - first - kMark.size());
    }
  }
  if (const auto at = tail.rfind("Code: "); at != tail.npos && tail.find(kException, at) != tail.npos)
    return tail.substr(at);
  return std::nullopt;
}

}  // namespace adapter::clickhouse
