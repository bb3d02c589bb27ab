#include "adapter/smtp/body_text.h"

#include "base/base64.h"

namespace adapter::smtp {
namespace {

constexpr std::size_t kMostLine = 76;

template <class Each>
void each_line(std::string_view text, const Each& each) {
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    each(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 2);
  }
}

/// Old mailboxes put '>' before such a line, and a lone dot ends a letter.
bool is_risky_start(std::string_view line) { return line.starts_with("From ") || line.starts_with('.'); }

bool is_seven_bit(std::string_view text) {
  if (text.find("=_") != std::string_view::npos) return false;  // our boundaries begin so
  bool good = true;
  each_line(text, [&](std::string_view line) {
    good = good && line.size() <= kMostLine && !is_risky_start(line) && !line.ends_with(' ') && !line.ends_with('\t') &&
           std::ranges::all_of(line, [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; });
  });
  return good;
}

void append_hex(std::string& out, char c) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  out += '=';
  out += kDigits[static_cast<unsigned char>(c) >> 4];
  out += kDigits[static_cast<unsigned char>(c) & 15];
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  each_line(text, [&](std::string_view line) {
    std::size_t column = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      const bool last = i + 1 == line.size();
      const bool blank = c == ' ' || c == '\t';
      const bool plain = (c > ' ' && c <= '~' && c != '=') || (blank && !last);
      if (column + (plain ? 1U : 3U) + (last ? 0U : 1U) > kMostLine) {
        out += "=\r\n";
        column = 0;
      }
      if (plain && !(column == 0 && is_risky_start(line.substr(i)))) {
        out += c;
        ++column;
      } else {
        append_hex(out, c);
        column += 3;
      }
    }
    out += "\r\n";
  });
  return out;
}

std::string base64_lines(std::string_view text) {
  const std::string whole = base::to_base64(text);
  std::string out;
  out.reserve(whole.size() + whole.size() / 38 + 2);
  for (std::size_t i = 0; i < whole.size(); i += kMostLine) {
    out.append(whole, i, kMostLine);
    out += "\r\n";
  }
  return out;
}

}  // namespace

std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32 + 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r' || c == '\n') {
      out += "\r\n";
      if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
    } else {
      out += c;
    }
  }
  if (!out.empty() && !out.ends_with("\r\n")) out += "\r\n";
  return out;
}

EncodedBody encode_body(std::string_view text) {
  if (is_seven_bit(text)) return {"7bit", std::string{text}};
  const auto wide = static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80 || c == '='; }));
  if (2 * wide > text.size() / 3) return {"base64", base64_lines(text)};
  return {"quoted-printable", quoted_printable(text)};
}

}  // namespace adapter::smtp
