#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace simulate {

/// Appends rows of RFC 4180 CSV with LF to a buffer, quickly: cells are quoted only where they must be.
class Csv {
 public:
  explicit Csv(std::string& out) : out_(out) {}

  Csv& text(std::string_view value) {
    part();
    if (value.find_first_of(",\"\n\r") == std::string_view::npos) {
      out_.append(value);
      return *this;
    }
    out_ += '"';
    for (const char c : value) {
      if (c == '"') out_ += '"';
      out_ += c;
    }
    out_ += '"';
    return *this;
  }

  Csv& whole(std::int64_t value) {
    part();
    digits(value);
    return *this;
  }

  /// Hundredths: 1234 -> 12.34
  Csv& money(std::int64_t cents) {
    part();
    if (cents < 0) {
      out_ += '-';
      cents = -cents;
    }
    digits(cents / 100);
    out_ += '.';
    two(cents % 100);
    return *this;
  }

  /// A letter and a number of at least 7 digits: C0000012, and what follows it.
  Csv& id(char letter, std::uint64_t number, std::string_view after = {}) {
    part();
    append_id(out_, letter, number);
    out_.append(after);
    return *this;
  }
  static void append_id(std::string& out, char letter, std::uint64_t number) {
    char buffer[24];
    const auto [end, problem] = std::to_chars(buffer, buffer + sizeof buffer, number);
    const auto length = static_cast<std::size_t>(end - buffer);
    out += letter;
    if (length < 7) out.append(7 - length, '0');
    out.append(buffer, length);
  }

  Csv& none() {
    part();
    return *this;
  }

  /// Starts a cell whose bytes the caller appends to the buffer.
  std::string& raw() {
    part();
    return out_;
  }

  void end() {
    out_ += '\n';
    first_ = true;
  }

 private:
  void part() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void digits(std::int64_t value) {
    char buffer[24];
    const auto [end, problem] = std::to_chars(buffer, buffer + sizeof buffer, value);
    out_.append(buffer, static_cast<std::size_t>(end - buffer));
  }
  void two(std::int64_t value) {
    out_ += static_cast<char>('0' + value / 10);
    out_ += static_cast<char>('0' + value % 10);
  }

  std::string& out_;
  bool first_ = true;
};

}  // namespace simulate
