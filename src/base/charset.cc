#include "base/charset.h"

#include <unicode/ucnv.h>

#include <cstring>

namespace base {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

unsigned char byte(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

/// The length of the leading run of ASCII.
std::size_t ascii_prefix(std::string_view text) {
  std::size_t i = 0;
  for (; i + 32 <= text.size(); i += 32) {
    std::uint64_t words[4];
    std::memcpy(words, text.data() + i, sizeof words);
    if (((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080ULL) != 0) break;
  }
  while (i < text.size() && byte(text, i) < 0x80) ++i;
  return i;
}

enum class Step : std::uint8_t { good, wrong, cut };

/// Looks at the one character (not ASCII) at the start; `length` is its size, or how much to skip when wrong.
Step utf8_character(std::string_view text, std::size_t& length) {
  const unsigned char lead = byte(text, 0);
  std::size_t wanted = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    wanted = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    wanted = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    wanted = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    length = 1;
    return Step::wrong;
  }
  for (length = 1; length < wanted; ++length) {
    if (length == text.size()) return Step::cut;
    const unsigned char next = byte(text, length);
    if (next < low || next > high) return Step::wrong;
    low = 0x80;
    high = 0xBF;
  }
  return Step::good;
}

/// How many leading bytes are good UTF-8.
std::size_t utf8_prefix(std::string_view text, Step& why, std::size_t& length) {
  std::size_t at = 0;
  for (;;) {
    at += ascii_prefix(text.substr(at));
    while (at < text.size() && byte(text, at) >= 0x80) {
      why = utf8_character(text.substr(at), length);
      if (why != Step::good) return at;
      at += length;
    }
    if (at >= text.size()) {
      why = Step::good;
      return at;
    }
  }
}

const char* icu_name(Charset charset) {
  switch (charset) {
    case Charset::utf8: return "UTF-8";
    case Charset::utf16_le: return "UTF-16LE";
    case Charset::utf16_be: return "UTF-16BE";
    case Charset::gb18030: return "gb18030";
    case Charset::big5: return "windows-950";
    case Charset::windows_1252: return "windows-1252";
  }
  return "UTF-8";
}

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

Converter open_converter(Charset charset) {
  UErrorCode status = U_ZERO_ERROR;
  Converter converter{ucnv_open(icu_name(charset), &status)};
  WB_CHECK(U_SUCCESS(status));
  return converter;
}

}  // namespace

std::string_view name_of(Charset charset) {
  switch (charset) {
    case Charset::utf8: return "UTF-8";
    case Charset::utf16_le:
    case Charset::utf16_be: return "UTF-16";
    case Charset::gb18030: return "GB18030";
    case Charset::big5: return "Big5";
    case Charset::windows_1252: return "Windows-1252";
  }
  return "UTF-8";
}

Result<Charset> charset_named(std::string_view name) {
  std::string key;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      key += static_cast<char>(c + 32);
    } else if (c != '-' && c != '_' && c != ' ') {
      key += c;
    }
  }
  if (key == "utf8" || key == "ascii") return Charset::utf8;
  if (key == "utf16" || key == "utf16le") return Charset::utf16_le;
  if (key == "utf16be") return Charset::utf16_be;
  if (key == "gb18030" || key == "gbk" || key == "gb2312" || key == "cp936") return Charset::gb18030;
  if (key == "big5" || key == "cp950") return Charset::big5;
  if (key == "latin1" || key == "iso88591" || key == "windows1252" || key == "cp1252") return Charset::windows_1252;
  return fail(Code::invalid_input, "'{}' is no charset known here; use utf-8, utf-16, gb18030, big5 or windows-1252",
              name);
}

bool is_utf8(std::string_view bytes, bool may_be_cut) {
  Step why = Step::good;
  std::size_t length = 0;
  utf8_prefix(bytes, why, length);
  return why == Step::good || (why == Step::cut && may_be_cut);
}

Charset guess_charset(std::string_view piece) {
  // In Chinese text pairs of bytes follow each other; in Western text high bytes stand alone between letters. In
  // GB18030 nearly every pair is of two high bytes (the GB2312 plane); in Big5 about half of the second bytes are ASCII
  // and nearly every first byte is in A1-C6 (the frequent characters).
  std::size_t pairs = 0;
  std::size_t adjacent = 0;
  std::size_t high_pairs = 0;
  std::size_t big5_leads = 0;
  std::size_t broken = 0;
  std::size_t last_end = 0;
  for (std::size_t i = ascii_prefix(piece); i + 1 < piece.size();) {
    const unsigned char a = byte(piece, i);
    const unsigned char b = byte(piece, i + 1);
    if (a < 0x80) {
      ++i;
    } else if (a >= 0x81 && a <= 0xFE && b >= 0x40 && b != 0x7F && b != 0xFF) {
      ++pairs;
      if (a >= 0xA1 && b >= 0xA1) ++high_pairs;
      if (a >= 0xA1 && a <= 0xC6) ++big5_leads;
      if (last_end == i) ++adjacent;
      i += 2;
      last_end = i;
    } else if (b >= 0x30 && b <= 0x39 && i + 3 < piece.size() && byte(piece, i + 2) >= 0x81 &&
               byte(piece, i + 3) >= 0x30 && byte(piece, i + 3) <= 0x39) {
      i += 4;  // a four-byte character of GB18030
    } else {
      ++broken;
      ++i;
    }
  }
  if (pairs == 0 || broken * 20 > pairs) return Charset::windows_1252;
  if (high_pairs * 100 >= pairs * 90) return Charset::gb18030;
  if (adjacent * 3 < pairs) return Charset::windows_1252;
  return big5_leads * 100 >= pairs * 85 ? Charset::big5 : Charset::gb18030;
}

struct TextDecoder::State {
  bool at_start = true;
  bool decided = false;
  Charset charset = Charset::utf8;
  std::string held;  ///< the cut character, or the first bytes while a byte order mark may still come
  Converter converter;
  std::uint64_t replaced = 0;

  void decide(Charset what) {
    charset = what;
    decided = true;
    if (what != Charset::utf8) converter = open_converter(what);
  }

  void from_utf8(std::string_view text, bool last, std::string& out) {
    while (!text.empty()) {
      Step why = Step::good;
      std::size_t length = 0;
      const std::size_t good = utf8_prefix(text, why, length);
      out.append(text.substr(0, good));
      text.remove_prefix(good);
      if (why == Step::good) return;
      if (why == Step::cut && !last) {
        held = text;
        return;
      }
      out.append(kReplacement);
      ++replaced;
      text.remove_prefix(std::min(length, text.size()));
    }
  }

  void from_other(std::string_view text, bool last, std::string& out) {
    // windows of UTF-16 between the two charsets; the converter itself keeps a cut character
    const char* source = text.data();
    const char* const source_end = source + text.size();
    UChar window[4096];
    for (;;) {
      UErrorCode status = U_ZERO_ERROR;
      UChar* target = window;
      ucnv_toUnicode(converter.get(), &target, window + 4096, &source, source_end, nullptr, last, &status);
      append_utf16(window, static_cast<std::size_t>(target - window), out);
      if (status != U_BUFFER_OVERFLOW_ERROR) break;
    }
  }

  void append_utf16(const UChar* units, std::size_t count, std::string& out) {
    for (std::size_t i = 0; i < count; ++i) {
      std::uint32_t c = units[i];
      if (c == 0xFFFD) ++replaced;
      if (c >= 0xD800 && c <= 0xDBFF) {
        high_surrogate = c;
        continue;
      }
      if (c >= 0xDC00 && c <= 0xDFFF) c = 0x10000 + ((high_surrogate - 0xD800) << 10) + (c - 0xDC00);
      if (c < 0x80) {
        out += static_cast<char>(c);
      } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | (c >> 6));
        out += static_cast<char>(0x80 | (c & 0x3F));
      } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | (c >> 12));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
      } else {
        out += static_cast<char>(0xF0 | (c >> 18));
        out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
      }
    }
  }
  std::uint32_t high_surrogate = 0xD800;
};

TextDecoder::TextDecoder() : state_(std::make_unique<State>()) {}
TextDecoder::TextDecoder(Charset told) : TextDecoder() { state_->decide(told); }
TextDecoder::~TextDecoder() = default;
TextDecoder::TextDecoder(TextDecoder&&) noexcept = default;
TextDecoder& TextDecoder::operator=(TextDecoder&&) noexcept = default;

Charset TextDecoder::charset() const { return state_->charset; }
std::uint64_t TextDecoder::replaced() const { return state_->replaced; }

void TextDecoder::decode(std::string_view piece, bool last, std::string& out) {
  State& state = *state_;
  std::string joined;
  if (!state.held.empty()) {
    joined = std::move(state.held);
    state.held.clear();
    joined.append(piece);
    piece = joined;
  }
  if (state.at_start) {
    if (piece.size() < 3 && !last) {
      state.held = piece;
      return;
    }
    state.at_start = false;
    if (piece.starts_with("\xEF\xBB\xBF") && (!state.decided || state.charset == Charset::utf8)) {
      piece.remove_prefix(3);
    } else if (piece.starts_with("\xFF\xFE") && (!state.decided || state.charset == Charset::utf16_le)) {
      state.decide(Charset::utf16_le);
      piece.remove_prefix(2);
    } else if (piece.starts_with("\xFE\xFF") &&
               (!state.decided || state.charset == Charset::utf16_be || state.charset == Charset::utf16_le)) {
      state.decide(Charset::utf16_be);
      piece.remove_prefix(2);
    }
  }
  if (!state.decided) {
    const std::size_t ascii = ascii_prefix(piece);
    out.append(piece.substr(0, ascii));
    piece.remove_prefix(ascii);
    if (piece.empty()) return;
    if (piece.size() < 4 && !last) {  // too little to tell
      state.held = piece;
      return;
    }
    state.decide(is_utf8(piece, !last) ? Charset::utf8 : guess_charset(piece));
  }
  if (state.charset == Charset::utf8) {
    state.from_utf8(piece, last, out);
  } else {
    state.from_other(piece, last, out);
  }
}

}  // namespace base
