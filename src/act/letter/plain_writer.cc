#include "act/letter/plain_writer.h"

#include <algorithm>

namespace act::letter {
namespace {

bool between(std::uint32_t code, std::uint32_t first, std::uint32_t last) { return code >= first && code <= last; }

/// Characters that take two columns: Chinese, Japanese and Korean ones, full-width forms, pictures.
bool is_wide(std::uint32_t c) {
  return between(c, 0x1100, 0x115F) || between(c, 0x2E80, 0xA4CF) || between(c, 0xAC00, 0xD7A3) || between(c, 0xF900, 0xFAFF) ||
         between(c, 0xFE30, 0xFE4F) || between(c, 0xFF00, 0xFF60) || between(c, 0xFFE0, 0xFFE6) || between(c, 0x1F300, 0x1FAFF) ||
         between(c, 0x20000, 0x3FFFD);
}

bool never_first(std::uint32_t c) {
  constexpr std::uint32_t kMarks[] = {0x2019, 0x201D, 0x2026, 0x3001, 0x3002, 0x3009, 0x300B, 0x300D, 0x300F, 0x3011,
                                      0x3015, 0xFF01, 0xFF05, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B, 0xFF1F, 0xFF5D};
  return std::ranges::binary_search(kMarks, c);
}

bool never_last(std::uint32_t c) {
  constexpr std::uint32_t kMarks[] = {0x2018, 0x201C, 0x3008, 0x300A, 0x300C, 0x300E, 0x3010, 0x3014, 0xFF08, 0xFF5B, 0xFFE5};
  return std::ranges::binary_search(kMarks, c);
}

std::uint32_t code_at(std::string_view text, std::size_t at, std::size_t& bytes) {
  const auto c = static_cast<unsigned char>(text[at]);
  bytes = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
  bytes = std::min(bytes, text.size() - at);
  if (bytes == 1) return c;
  std::uint32_t code = c & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 63U);
  return code;
}

}  // namespace

void PlainWriter::text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c <= ' ') {
      flush();
      if (column_ > indent_ && breaks_ == 0) spaces_ = std::max<std::size_t>(spaces_, 1);
      ++at;
    } else if (c < 0x80) {
      word_ += text[at++];
      ++word_width_;
    } else {
      std::size_t bytes = 1;
      const std::uint32_t code = code_at(text, at, bytes);
      character(text.substr(at, bytes), code);
      at += bytes;
    }
  }
}

void PlainWriter::character(std::string_view bytes, std::uint32_t code) {
  if (code == 0x200B || code == 0xFEFF || code == 0xAD || code == 0x200C) return;
  if (!is_wide(code) && !never_first(code) && !never_last(code)) {
    word_ += bytes;
    ++word_width_;
    return;
  }
  const std::size_t width = is_wide(code) ? 2 : 1;
  if (never_first(code)) {  // goes with what stands before it, even past the edge
    if (!word_.empty() || spaces_ != 0 || breaks_ != 0 || column_ == 0) {
      word_ += bytes;
      word_width_ += width;
      return;
    }
    out_ += bytes;
    column_ += width;
    return;
  }
  if (!glued_) flush();
  word_ += bytes;
  word_width_ += width;
  glued_ = never_last(code);
  if (!glued_) flush();
}

void PlainWriter::unbroken(std::string_view word) {
  flush();
  if (column_ > indent_ && breaks_ == 0) spaces_ = 1;
  std::size_t width = 0;
  for (const char c : word) width += (c & 0xC0) != 0x80 ? 1 : 0;
  put(word, width);
}

void PlainWriter::flush() {
  glued_ = false;
  if (word_.empty()) return;
  put(word_, word_width_);
  word_.clear();
  word_width_ = 0;
}

void PlainWriter::put(std::string_view unit, std::size_t width) {
  if (breaks_ != 0 && !out_.empty()) {
    out_.append(static_cast<std::size_t>(breaks_), '\n');
    column_ = 0;
  }
  breaks_ = 0;
  if (column_ > indent_ && column_ + spaces_ + width > kColumns) {
    out_ += '\n';
    column_ = 0;
    spaces_ = 0;
  }
  if (column_ == 0 && indent_ != 0) {
    out_.append(indent_, ' ');
    column_ = indent_;
    spaces_ = 0;
  }
  if (column_ > indent_) {
    out_.append(spaces_, ' ');
    column_ += spaces_;
  }
  spaces_ = 0;
  out_ += unit;
  column_ += width;
}

void PlainWriter::break_lines(int count) {
  flush();
  if (out_.empty()) return;
  breaks_ = std::max(breaks_, count);
  spaces_ = 0;
}

void PlainWriter::gap() {
  flush();
  if (column_ > indent_ && breaks_ == 0) spaces_ = 2;
}

void PlainWriter::item(std::string_view mark) {
  break_lines(1);
  indent_ = 0;
  put(mark, mark.size());
  indent_ = mark.size();
}

std::string PlainWriter::finish() {
  flush();
  if (!out_.empty()) out_ += '\n';
  return std::move(out_);
}

}  // namespace act::letter
