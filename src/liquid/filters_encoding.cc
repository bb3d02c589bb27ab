// Filters between text and HTML, URLs and Base64.
#include <array>
#include <cstdint>

#include "base/charset.h"
#include "liquid/filter.h"

namespace liquid {
namespace {

using Arguments = std::span<const Cell>;

std::string_view input_text(FilterContext& c, const Cell& input) {
  const std::string_view text = c.text(input);
  c.charge(text.size() / 32);
  return text;
}

std::string_view entity_of(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
  }
}

/// Whether an entity begins here: "&amp;", "&#39;", "&#x1F600;".
bool is_entity(std::string_view text) {
  std::size_t at = 1;
  const auto run = [&](auto&& belongs) {
    const std::size_t from = at;
    while (at < text.size() && at < 12 && belongs(text[at])) ++at;
    return at > from && at < text.size() && text[at] == ';';
  };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (text.size() < 2 || text[1] != '#') return run([&](char c) { return letter(c) || digit(c); });
  at = 2;
  if (at < text.size() && (text[at] == 'x' || text[at] == 'X')) {
    ++at;
    return run([&](char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
  }
  return run(digit);
}

/// As HTML; `once` leaves entities, `breaks` puts a tag before line ends.
Cell html(FilterContext& c, std::string_view text, bool escape, bool once, bool breaks) {
  const auto piece = [&](std::size_t at) -> std::string_view {
    if (breaks && text[at] == '\n') return "<br />\n";
    if (breaks && text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') return std::string_view("", 0);
    if (!escape || (once && text[at] == '&' && is_entity(text.substr(at)))) return text.substr(at, 1);
    const std::string_view entity = entity_of(text[at]);
    return entity.empty() ? text.substr(at, 1) : entity;
  };
  std::size_t size = 0;
  for (std::size_t at = 0; at < text.size(); ++at) size += piece(at).size();
  char* const start = c.arena.text(size);
  char* to = start;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string_view p = piece(at);
    std::memcpy(to, p.data(), p.size());
    to += p.size();
  }
  return Cell::of_text({start, size}, true);
}

Cell escape(FilterContext& c, const Cell& input, Arguments) {
  if (input.is_nil() || (input.safe && c.options.autoescape)) return input;
  return html(c, input_text(c, input), true, false, false);
}
Cell escape_once(FilterContext& c, const Cell& input, Arguments) {
  if (input.is_nil() || (input.safe && c.options.autoescape)) return input;
  return html(c, input_text(c, input), true, true, false);
}
Cell newline_to_br(FilterContext& c, const Cell& input, Arguments) {
  return html(c, input_text(c, input), c.options.autoescape && !input.safe, false, true);
}

/// Shown as it is, without escaping: only for HTML that the shop itself wrote.
Cell raw(FilterContext& c, const Cell& input, Arguments) { return Cell::of_text(c.text(input), true); }

Cell strip_html(FilterContext& c, const Cell& input, Arguments) {
  const std::string_view text = input_text(c, input);
  struct Element {
    std::string_view open, close;
    bool gone = false;  ///< there is no further end of it
  };
  Element elements[] = {{"<script", "</script>"}, {"<!--", "-->"}, {"<style", "</style>"}, {"<", ">"}};
  char* const start = c.arena.text(text.size());
  char* to = start;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::string_view::npos;
    if (text[at] == '<') {
      for (Element& element : elements) {
        if (element.gone || !text.substr(at).starts_with(element.open)) continue;
        const std::size_t close = text.find(element.close, at);
        element.gone = close == std::string_view::npos;
        if (element.gone) continue;
        end = close + element.close.size();
        break;
      }
    }
    if (end == std::string_view::npos) {
      *to++ = text[at++];
    } else {
      at = end;
    }
  }
  return Cell::of_text({start, static_cast<std::size_t>(to - start)});
}

Cell url_encode(FilterContext& c, const Cell& input, Arguments) {
  if (input.is_nil()) return input;
  const std::string_view text = input_text(c, input);
  char* const start = c.arena.text(text.size() * 3);
  char* to = start;
  for (const char character : text) {
    const bool plain = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
                       (character >= '0' && character <= '9') || std::string_view("-_.~").find(character) != std::string_view::npos;
    if (plain) {
      *to++ = character;
    } else if (character == ' ') {
      *to++ = '+';
    } else {
      constexpr char kDigits[] = "0123456789ABCDEF";
      *to++ = '%';
      *to++ = kDigits[static_cast<unsigned char>(character) >> 4];
      *to++ = kDigits[static_cast<unsigned char>(character) & 15];
    }
  }
  return Cell::of_text({start, static_cast<std::size_t>(to - start)});
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Cell url_decode(FilterContext& c, const Cell& input, Arguments) {
  if (input.is_nil()) return input;
  const std::string_view text = input_text(c, input);
  char* const start = c.arena.text(text.size());
  char* to = start;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = at + 2 < text.size() && text[at] == '%' ? hex_digit(text[at + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
    if (low >= 0) {
      *to++ = static_cast<char>(high * 16 + low);
      at += 2;
    } else {
      *to++ = text[at] == '+' ? ' ' : text[at];
    }
  }
  const std::string_view decoded(start, static_cast<std::size_t>(to - start));
  return Cell::of_text(base::is_utf8(decoded) ? decoded : text);
}

constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kForUrls = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

Cell encode64(FilterContext& c, const Cell& input, std::string_view alphabet) {
  const std::string_view text = input_text(c, input);
  char* const start = c.arena.text((text.size() + 2) / 3 * 4);
  char* to = start;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U; };
    const unsigned bits = byte(0) << 16 | byte(1) << 8 | byte(2);
    *to++ = alphabet[bits >> 18];
    *to++ = alphabet[bits >> 12 & 63];
    *to++ = at + 1 < text.size() ? alphabet[bits >> 6 & 63] : '=';
    *to++ = at + 2 < text.size() ? alphabet[bits & 63] : '=';
  }
  return Cell::of_text({start, static_cast<std::size_t>(to - start)});
}

Cell decode64(FilterContext& c, const Cell& input, std::string_view alphabet) {
  std::string_view text = input_text(c, input);
  char* const start = c.arena.text(text.size());
  char* to = start;
  while (text.ends_with('=')) text.remove_suffix(1);
  unsigned bits = 0;
  int held = 0;
  for (const char character : text) {
    const std::size_t digit = alphabet.find(character);
    if (digit == std::string_view::npos)
      throw Failure{base::Code::invalid_input, "the text to decode is not Base64", Failure::kHere};
    bits = bits << 6 | static_cast<unsigned>(digit);
    held += 6;
    if (held >= 8) {
      held -= 8;
      *to++ = static_cast<char>(bits >> held & 255U);
    }
  }
  const std::string_view decoded(start, static_cast<std::size_t>(to - start));
  if (!base::is_utf8(decoded))
    throw Failure{base::Code::invalid_input, "the decoded Base64 is no text in UTF-8", Failure::kHere};
  return Cell::of_text(decoded);
}

Cell base64_encode(FilterContext& c, const Cell& input, Arguments) { return encode64(c, input, kPlain); }
Cell base64_decode(FilterContext& c, const Cell& input, Arguments) { return decode64(c, input, kPlain); }
Cell base64_url_safe_encode(FilterContext& c, const Cell& input, Arguments) { return encode64(c, input, kForUrls); }
Cell base64_url_safe_decode(FilterContext& c, const Cell& input, Arguments) { return decode64(c, input, kForUrls); }

constexpr std::array kFilters{
    Filter{"escape", escape, 0, 0},
    Filter{"escape_once", escape_once, 0, 0},
    Filter{"newline_to_br", newline_to_br, 0, 0},
    Filter{"raw", raw, 0, 0},
    Filter{"safe", raw, 0, 0},
    Filter{"strip_html", strip_html, 0, 0},
    Filter{"url_encode", url_encode, 0, 0},
    Filter{"url_decode", url_decode, 0, 0},
    Filter{"base64_encode", base64_encode, 0, 0},
    Filter{"base64_decode", base64_decode, 0, 0},
    Filter{"base64_url_safe_encode", base64_url_safe_encode, 0, 0},
    Filter{"base64_url_safe_decode", base64_url_safe_decode, 0, 0},
};

}  // namespace

std::span<const Filter> encoding_filters() { return kFilters; }

}  // namespace liquid
