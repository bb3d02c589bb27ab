#include "app/terminal.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include <fmt/core.h>
#include <unistd.h>

namespace app {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

Character next_character(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (at + bytes > text.size()) return {0xFFFD, 1};
  char32_t code = bytes == 1 ? lead : lead & (0x7F >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) code = (code << 6) | (byte(at + i) & 0x3F);
  return {code, bytes};
}

/// Wide by Unicode's East Asian Width, in the blocks that occur in names and messages.
std::size_t width_of(char32_t c) {
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                    (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE4F) || (c >= 0xFF00 && c <= 0xFF60) ||
                    (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
  return wide ? 2 : 1;
}

std::int64_t now_millis() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const Character c = next_character(utf8, at);
    width += width_of(c.code);
    at += c.bytes;
  }
  return width;
}

std::string fitted(std::string_view utf8, std::size_t width) {
  if (display_width(utf8) <= width) return std::string{utf8};
  if (width == 0) return {};
  std::string result;
  std::size_t used = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const Character c = next_character(utf8, at);
    if (used + width_of(c.code) > width - 1) break;
    result += utf8.substr(at, c.bytes);
    used += width_of(c.code);
    at += c.bytes;
  }
  return result + "…";
}

std::string TextTable::str() const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < heads_.size(); ++c) {
    std::size_t width = display_width(heads_[c].title);
    for (const auto& row : rows_) width = std::max(width, display_width(row[c]));
    widths.push_back(std::min(width, heads_[c].most));
  }
  std::string out;
  const auto line = [&](const auto& cell_of) {
    std::string text;
    for (std::size_t c = 0; c < heads_.size(); ++c) {
      const std::string cell = fitted(cell_of(c), widths[c]);
      const std::string space(widths[c] - display_width(cell), ' ');
      text += (c > 0 ? "  " : "") + (heads_[c].right ? space + cell : cell + space);
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    out += text + "\n";
  };
  line([&](std::size_t c) { return heads_[c].title; });
  for (std::size_t c = 0; c < heads_.size(); ++c) {
    if (c > 0) out += "  ";
    for (std::size_t k = 0; k < widths[c]; ++k) out += "─";
  }
  out += "\n";
  for (const auto& row : rows_) line([&](std::size_t c) { return row[c]; });
  return out;
}

bool on_terminal() { return isatty(STDERR_FILENO) != 0; }

ProgressBar::ProgressBar(std::string what) : what_(std::move(what)), started_(now_millis()) {}

ProgressBar::~ProgressBar() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void ProgressBar::show(std::uint64_t done, std::uint64_t total, std::uint64_t rows) {
  const std::int64_t now = now_millis();
  if (!on_terminal() || now - drawn_ < 100) return;
  drawn_ = now;
  shown_ = true;
  const double share = total > 0 ? std::min(1.0, static_cast<double>(done) / static_cast<double>(total)) : 0;
  const double seconds = static_cast<double>(now - started_) / 1000;
  std::string bar;
  for (int k = 0; k < 24; ++k) bar += k < static_cast<int>(share * 24) ? "█" : "░";
  const double rate = seconds > 0 ? static_cast<double>(rows) / seconds : 0;
  std::fputs(fmt::format("\r{} {} {:3.0f} %  {:.2f} M rows/s\033[K", what_, bar, share * 100, rate / 1e6).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace app
