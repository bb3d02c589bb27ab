#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace collect {

/// 128 bits of the content of a row, the same for ever and on every machine: two chains of folded 64 × 64 → 128-bit
/// products, every field mixed with its length. Not for secrets.
class LineHash {
 public:
  void add(std::string_view bytes);
  void add(std::uint64_t value);

  std::uint64_t high() const { return a_; }
  std::uint64_t low() const { return b_; }

 private:
  std::uint64_t a_ = 0x2D358DCCAA6C78A5ULL;
  std::uint64_t b_ = 0x8BB84B93962EACC9ULL;
};

/// 22 letters and digits for the 128 bits and, when the same row came before in the file, how often: "…", "…:1", "…:2".
/// Short, because these bytes do not compress and every merge of the warehouse copies them. The text lives in `out`,
/// which must hold 48 bytes; the result is its length.
std::size_t write_line_key(const LineHash& hash, std::uint32_t occurrence, char* out);

/// Counts equal hashes: eight bytes a different hash at a load of 0.57–0.85, so at most 14 bytes a row. A hash is told
/// by 56 of its bits: among ten million rows the chance that any two different ones share them is below 0.1 %, and then
/// a row is only numbered one too high.
class CountTable {
 public:
  /// How often the hash came before.
  std::uint32_t count(std::uint64_t hash);
  std::size_t bytes() const { return slots_.size() * 8; }

 private:
  void grow();
  std::vector<std::uint64_t> slots_;
  std::size_t used_ = 0;
  std::unordered_map<std::uint64_t, std::uint32_t> many_;  ///< counts past 255
};

/// Numbers the occurrences of equal rows of one file. Equal rows have equal moments and customers, so a file that is
/// roughly ordered by time (either way), or sorted by customer, needs only the neighbourhood in memory; any other file
/// needs the whole: at most 14 bytes a row. One way is tried after the other; when a file breaks the order it was
/// trusted to have, `occurrence` is nothing, and the file is read again in the next way. All ways give the same
/// numbers.
class Occurrences {
 public:
  enum class Way : std::uint8_t { by_time, by_customer, whole };

  explicit Occurrences(Way way) : way_(way) {}

  std::optional<std::uint32_t> occurrence(const LineHash& hash, std::int32_t day, std::string_view customer);

 private:
  static constexpr std::size_t kWindows = 4;    ///< of two days each are kept
  static constexpr std::size_t kSegments = 64;  ///< so that growing copies little at a time

  std::optional<std::uint32_t> by_time(std::uint64_t hash, std::int32_t day);
  std::optional<std::uint32_t> by_customer(std::uint64_t hash, std::string_view customer);

  struct Window {
    std::int32_t number;
    CountTable table;
  };
  Way way_;
  std::deque<Window> windows_;
  std::vector<bool> closed_;  ///< windows that were given up, by number
  std::string customer_;
  bool customers_rise_ = true;             ///< as text
  bool customers_rise_as_numbers_ = true;  ///< by length, then as text
  CountTable of_customer_;
  std::array<CountTable, kSegments> all_;
};

}  // namespace collect
