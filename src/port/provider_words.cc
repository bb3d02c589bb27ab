#include "port/provider_words.h"

#include <algorithm>

namespace port {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string header(const HttpClient::Fields& headers, std::string_view name) {
  const auto found = std::ranges::find_if(headers, [&](const auto& field) { return std::ranges::equal(field.first, name, {}, lower, lower); });
  return found == headers.end() ? std::string{} : found->second;
}

std::string without_addresses(std::string_view text) {
  std::string out;
  const auto breaks = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  for (std::size_t at = 0; at < text.size();) {
    if (breaks(text[at])) {
      if (!out.empty() && out.back() != ' ') out += ' ';
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !breaks(text[end])) ++end;
    const std::string_view word = text.substr(at, end - at);
    at = end;
    if (word.find('@') != word.npos) {
      out += "…";
      continue;
    }
    for (std::size_t i = 0; i < word.size();) {
      // Digits with what stands between them in a written number.
      std::size_t stop = i, digits = 0;
      while (stop < word.size() && (is_digit(word[stop]) || (digits > 0 && (word[stop] == '-' || word[stop] == '.')))) digits += is_digit(word[stop++]) ? 1U : 0U;
      if (digits >= 6) {
        if (out.ends_with('+')) out.pop_back();
        out += "…";
        i = stop;
      } else {
        out += word[i++];
      }
    }
  }
  if (out.size() > 200) {
    std::size_t end = 200;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;  // no half of a character
    out.resize(end);
  }
  return out;
}

}  // namespace port
