#include "liquid/output.h"

#include <array>
#include <cstdint>

namespace liquid {
namespace {

constexpr std::string_view entity_of(unsigned char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
  }
}

constexpr std::array<bool, 256> special_bytes() {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 256; ++c) table[c] = !entity_of(static_cast<unsigned char>(c)).empty();
  return table;
}
constexpr auto kSpecial = special_bytes();

constexpr std::uint64_t every(unsigned char c) { return 0x0101010101010101ULL * c; }
constexpr std::uint64_t zero_bytes(std::uint64_t word) { return (word - every(1)) & ~word & every(0x80); }

/// Nonzero when one of the eight bytes must be an entity.
constexpr std::uint64_t has_special(std::uint64_t w) {
  // " and & and ' lie close together: with the lowest bit set, 0x26 & and 0x27 ' are one value.
  return zero_bytes((w | every(1)) ^ every('\'')) | zero_bytes(w ^ every('"')) |
         zero_bytes((w | every(2)) ^ every('>'));  // < is 0x3C, > is 0x3E
}

}  // namespace

void Output::append_escaped(std::string_view text) {
  if (text.size() + 8 > room()) grow(text.size() + 8);
  const char* from = text.data();
  const char* const last = from + text.size();
  while (from < last) {
    while (last - from >= 8) {
      std::uint64_t word;
      std::memcpy(&word, from, 8);
      if (has_special(word) != 0) break;
      std::memcpy(cursor_, &word, 8);
      from += 8;
      cursor_ += 8;
    }
    const char* const stop = last - from >= 8 ? from + 8 : last;
    for (; from < stop; ++from) {
      const auto c = static_cast<unsigned char>(*from);
      if (!kSpecial[c]) [[likely]] {
        *cursor_++ = *from;
        continue;
      }
      const std::string_view entity = entity_of(c);
      const std::size_t need = entity.size() + static_cast<std::size_t>(last - from) + 8;
      if (need > room()) grow(need);
      std::memcpy(cursor_, entity.data(), entity.size());
      cursor_ += entity.size();
    }
  }
}

void Output::throw_too_long() {
  throw Failure{base::Code::exhausted, "the text grows longer than is allowed; look for a loop over too much", Failure::kHere};
}

void Output::grow(std::size_t bytes) {
  const std::size_t used = mark();
  if (used - start_ + bytes > limit_ + kSlack) throw_too_long();
  // The string's size is its capacity here, so that growing copies what was written.
  out_.resize_and_overwrite(std::max(out_.size() * 2, used + bytes + kSlack), [](char*, std::size_t n) { return n; });
  set(out_.data() + used);
}

}  // namespace liquid
