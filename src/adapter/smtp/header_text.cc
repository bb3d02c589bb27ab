#include "adapter/smtp/header_text.h"

#include "base/base64.h"
#include "base/charset.h"

namespace adapter::smtp {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kMostSource = 2000;
constexpr std::size_t kMostLine = 76;  // RFC 2047 §2, for lines with encoded words
constexpr std::size_t kMostWord = 75;
constexpr std::string_view kOpen = "=?UTF-8?", kClose = "?=";
constexpr std::size_t kWordFrame = 12;  // "=?UTF-8?B?" and "?="

bool is_plain(std::string_view text) {
  const bool visible = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
  if (!visible || text.find("=?") != std::string_view::npos || text.starts_with(' ') || text.ends_with(' '))
    return false;
  std::size_t run = 0;  // a word too long to be folded
  for (const char c : text) {
    run = c == ' ' ? 0 : run + 1;
    if (run > 60) return false;
  }
  return true;
}

/// Characters an encoded word may hold anywhere, phrases included (RFC 2047 §5 (3)).
bool stands_in_q(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '!' || c == '*' ||
         c == '+' || c == '-' || c == '/';
}

std::size_t q_size(std::string_view text) {
  std::size_t size = 0;
  for (const char c : text) size += stands_in_q(c) || c == ' ' ? 1 : 3;
  return size;
}

std::size_t b_size(std::string_view text) { return (text.size() + 2) / 3 * 4; }

void append_q(std::string& out, std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  for (const char c : text) {
    if (stands_in_q(c)) {
      out += c;
    } else if (c == ' ') {
      out += '_';
    } else {
      out += '=';
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
}

std::size_t code_point_size(char first) {
  const auto c = static_cast<unsigned char>(first);
  return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/// Encoded words, each on a line of its own but the first, which follows `column` characters.
void append_encoded(std::string& out, std::string_view text, std::size_t column) {
  const bool quoted = q_size(text) <= b_size(text);
  while (!text.empty()) {
    const std::size_t room = std::min(kMostWord, kMostLine - column) - kWordFrame;
    std::size_t taken = 0;
    while (taken < text.size()) {
      const std::size_t next = taken + code_point_size(text[taken]);
      const std::string_view piece = text.substr(0, next);
      if (taken > 0 && (quoted ? q_size(piece) : b_size(piece)) > room) break;
      taken = next;
    }
    out += kOpen;
    out += quoted ? "Q?" : "B?";
    if (quoted) {
      append_q(out, text.substr(0, taken));
    } else {
      out += base::to_base64(text.substr(0, taken));
    }
    out += kClose;
    text.remove_prefix(taken);
    if (!text.empty()) out += "\r\n ";
    column = 1;
  }
}

/// Plain text folded at its blanks.
void append_folded(std::string& out, std::string_view text, std::size_t column) {
  while (!text.empty()) {
    const std::size_t word = std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = std::min(text.find(' ', word), text.size());
    if (column + end > kMostLine && word > 0) {
      out += "\r\n";
      column = 0;
    }
    out += text.substr(0, end);
    column += end;
    text.remove_prefix(end);
  }
}

std::size_t column_of(std::string_view out) {
  const std::size_t line = out.rfind('\n');
  return line == std::string_view::npos ? out.size() : out.size() - line - 1;
}

}  // namespace

bool is_visible_ascii(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

Result<void> check_header_source(std::string_view what, std::string_view text) {
  if (text.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos)
    return fail(Code::invalid_input, "{} holds a line break or a zero byte; put it on one line", what);
  if (!base::is_utf8(text)) return fail(Code::invalid_input, "{} is not UTF-8", what);
  if (text.size() > kMostSource)
    return fail(Code::invalid_input, "{} is longer than {} bytes; shorten it", what, kMostSource);
  return {};
}

Result<std::string> text_header(std::string_view name, std::string_view text) {
  WB_TRY(check_header_source(name, text));
  std::string out{name};
  out += ": ";
  if (is_plain(text)) {
    append_folded(out, text, out.size());
  } else {
    append_encoded(out, text, out.size());
  }
  out += "\r\n";
  return out;
}

Result<std::string> phrase_header(std::string_view name, std::string_view phrase, std::string_view inside) {
  WB_TRY(check_header_source(name, phrase));
  std::string out{name};
  out += ": ";
  if (!phrase.empty()) {
    if (is_plain(phrase) && phrase.size() <= 60) {
      out += '"';
      for (const char c : phrase) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
      }
      out += '"';
    } else {
      append_encoded(out, phrase, out.size());
    }
    out += column_of(out) + inside.size() + 3 > kMostLine ? "\r\n " : " ";
  }
  out += '<';
  out += inside;
  out += ">\r\n";
  return out;
}

}  // namespace adapter::smtp
