#include "liquid/words.h"

#include <fmt/core.h>

namespace liquid {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_name(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

void Words::advance() {
  while (position_ < markup_.size() && std::string_view(" \t\r\n\f\v").find(markup_[position_]) != std::string_view::npos)
    ++position_;
  word_ = {WordKind::end, markup_.substr(position_, 0), 0};
  word_.at = static_cast<std::uint32_t>(markup_.data() + position_ - source_.data());
  if (position_ == markup_.size()) return;
  const char c = markup_[position_];
  const char next = position_ + 1 < markup_.size() ? markup_[position_ + 1] : '\0';
  std::size_t length = 1;
  if (begins_name(c)) {
    while (position_ + length < markup_.size()) {
      const char d = markup_[position_ + length];
      if (!begins_name(d) && !is_digit(d) && d != '-') break;
      ++length;
    }
    word_.kind = WordKind::name;
  } else if (is_digit(c) || (c == '-' && is_digit(next))) {
    number();
    return;
  } else if (c == '"' || c == '\'') {
    const std::size_t close = markup_.find(c, position_ + 1);
    if (close == std::string_view::npos) fail("a quoted text is not closed");
    word_.kind = WordKind::string;
    word_.text = markup_.substr(position_ + 1, close - position_ - 1);
    position_ = close + 1;
    return;
  } else {
    word_.kind = WordKind::symbol;
    if ((c == '=' && next == '=') || (c == '!' && next == '=') || (c == '<' && (next == '=' || next == '>')) ||
        (c == '>' && next == '=') || (c == '.' && next == '.')) {
      length = 2;
    } else if (std::string_view("|:,.[]()<>=").find(c) == std::string_view::npos) {
      fail(fmt::format("'{}' cannot stand here", c));
    }
  }
  word_.text = markup_.substr(position_, length);
  position_ += length;
}

void Words::number() {
  std::size_t end = position_ + 1;
  while (end < markup_.size() && is_digit(markup_[end])) ++end;
  word_.kind = WordKind::integer;
  if (end + 1 < markup_.size() && markup_[end] == '.' && is_digit(markup_[end + 1])) {
    ++end;
    while (end < markup_.size() && is_digit(markup_[end])) ++end;
    word_.kind = WordKind::real;
  }
  word_.text = markup_.substr(position_, end - position_);
  position_ = end;
}

void Words::expect(std::string_view symbol) {
  if (!accept(symbol)) {
    fail(at_end() ? fmt::format("'{}' is missing", symbol)
                  : fmt::format("'{}' is missing before '{}'", symbol, word_.text));
  }
}

void Words::expect_end() {
  if (!at_end()) fail(fmt::format("'{}' cannot stand here", word_.text));
}

void Words::fail(std::string_view sentence) const {
  throw Failure{base::Code::invalid_input, std::string(sentence), word_.at};
}

std::string_view Words::rest() const {
  const auto from = static_cast<std::size_t>(source_.data() + word_.at - markup_.data());
  return markup_.substr(from);
}

}  // namespace liquid
