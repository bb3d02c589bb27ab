#include "act/letter/entities.h"

#include <algorithm>
#include <array>
#include <utility>

namespace act::letter {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 29> kNamed{{
    {"amp", "&"},        {"lt", "<"},         {"gt", ">"},         {"quot", "\""},      {"apos", "'"},      {"nbsp", " "},
    {"ensp", " "},       {"emsp", " "},       {"thinsp", " "},     {"zwnj", ""},        {"zwj", ""},        {"shy", ""},
    {"ndash", "–"},      {"mdash", "—"},      {"hellip", "…"},     {"middot", "·"},     {"bull", "•"},      {"copy", "©"},
    {"reg", "®"},        {"trade", "™"},      {"lsquo", "‘"},      {"rsquo", "’"},      {"ldquo", "“"},     {"rdquo", "”"},
    {"euro", "€"},       {"pound", "£"},      {"yen", "¥"},        {"times", "×"},      {"rarr", "→"},
}};

void append_code(unsigned code, std::string& out) {
  if (code == 0xA0) code = ' ';
  if (code == 0xAD || code == 0x200B || code == 0x200C || code == 0x200D || code == 0xFEFF) return;  // seen by nobody
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 63));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | (code >> 6 & 63));
    out += static_cast<char>(0x80 | (code & 63));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | (code >> 12 & 63));
    out += static_cast<char>(0x80 | (code >> 6 & 63));
    out += static_cast<char>(0x80 | (code & 63));
  }
}

}  // namespace

std::size_t decode_entity(std::string_view text, std::string& out) {
  const std::size_t end = text.substr(0, 12).find(';');
  if (end == std::string_view::npos || end < 2) return 0;
  const std::string_view name = text.substr(1, end - 1);
  if (name[0] != '#') {
    const auto found = std::ranges::find(kNamed, name, &std::pair<std::string_view, std::string_view>::first);
    if (found == kNamed.end()) return 0;
    out += found->second;
    return end + 1;
  }
  const bool hex = name.size() > 1 && (name[1] | 32) == 'x';
  unsigned code = 0;
  const std::string_view digits = name.substr(hex ? 2 : 1);
  if (digits.empty()) return 0;
  for (const char c : digits) {
    const char lower = static_cast<char>(c | 32);
    const unsigned digit = c >= '0' && c <= '9' ? static_cast<unsigned>(c - '0')
                           : hex && lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a' + 10) : 99;
    if (digit == 99 || code > 0x10FFFF) return 0;
    code = code * (hex ? 16 : 10) + digit;
  }
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return 0;
  append_code(code, out);
  return end + 1;
}

std::string decode_entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = std::min(text.find('&', at), text.size());
    out += text.substr(at, next - at);
    at = next;
    if (at == text.size()) break;
    const std::size_t length = decode_entity(text.substr(at), out);
    if (length == 0) out += '&';
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

}  // namespace act::letter
