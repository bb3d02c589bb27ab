#pragma once

#include <charconv>
#include <cstring>
#include <string>
#include <string_view>

#include "liquid/failure.h"

namespace liquid {

/// The end of a growing string, written without a check per byte. The string's size is right only after `finish`.
class Output {
 public:
  Output(std::string& out, std::size_t limit, std::size_t expected) : out_(out), start_(out.size()), limit_(limit) {
    // Bytes past the start are only ever written before they are read, so none are cleared first.
    const std::size_t wanted = std::max(out.capacity(), start_ + std::min(limit, expected) + kSlack);
    out_.resize_and_overwrite(wanted, [](char*, std::size_t n) { return n; });
    set(out_.data() + start_);
  }

  void append(std::string_view text) {
    if (text.empty()) return;
    if (text.size() > room()) grow(text.size());
    std::memcpy(cursor_, text.data(), text.size());
    cursor_ += text.size();
  }
  void append(char c) {
    if (room() == 0) grow(1);
    *cursor_++ = c;
  }
  void append_int(std::int64_t value) {
    if (room() < 24) grow(24);
    cursor_ = std::to_chars(cursor_, cursor_ + 24, value).ptr;
  }
  /// With & < > " ' as entities.
  void append_escaped(std::string_view text);

  /// Bytes written so far, a mark to return to.
  std::size_t mark() const { return static_cast<std::size_t>(cursor_ - out_.data()); }
  std::string_view since(std::size_t mark) const { return {out_.data() + mark, this->mark() - mark}; }
  void rewind(std::size_t mark) { cursor_ = out_.data() + mark; }
  std::size_t start() const { return start_; }

  /// Throws when more was written than is allowed; while it is written the limit is kept to some bytes only.
  void check_length() const {
    if (mark() - start_ > limit_) throw_too_long();
  }
  void finish() { out_.resize(mark()); }
  void cancel() { out_.resize(start_); }

 private:
  static constexpr std::size_t kSlack = 32;

  std::size_t room() const { return static_cast<std::size_t>(end_ - cursor_); }
  void set(char* cursor) {
    cursor_ = cursor;
    const std::size_t most = std::min(out_.size(), start_ + limit_ + kSlack);
    end_ = out_.data() + most;
  }
  void grow(std::size_t bytes);
  [[noreturn]] static void throw_too_long();

  std::string& out_;
  std::size_t start_;
  std::size_t limit_;
  char* cursor_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace liquid
