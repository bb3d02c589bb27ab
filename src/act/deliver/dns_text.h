#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "act/deliver/domain_check.h"

namespace act::deliver {

/// In lower case, ASCII only.
inline std::string lowered(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

/// Without blanks on either side.
inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Calls `each` with every piece between the separators that is not blank.
template <class Each>
void each_piece(std::string_view text, char separator, const Each& each) {
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    if (const std::string_view piece = trimmed(text.substr(0, end)); !piece.empty()) each(piece);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
}

/// The finding when the DNS itself did not answer.
inline DomainFinding silent(std::string check, std::string name, std::string type, const base::Error& error) {
  return {std::move(check), false, DomainProblem::dns_silent, error.message, std::move(name), std::move(type), {}};
}

}  // namespace act::deliver
