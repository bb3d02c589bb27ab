#include "collect/line_key.h"

#include <bit>
#include <cstring>

#include "base/random.h"

namespace collect {
namespace {

constexpr std::uint64_t kA = 0xA0761D6478BD642FULL;
constexpr std::uint64_t kB = 0xE7037ED1A0B428DBULL;

std::uint64_t fold(std::uint64_t x, std::uint64_t y) {
  const unsigned __int128 product = static_cast<unsigned __int128>(x) * y;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::int32_t window_of(std::int32_t day) { return (day + (1 << 20)) >> 1; }

}  // namespace

void LineHash::add(std::uint64_t value) {
  // adding the old state back keeps a product that happens to be zero from wiping it out
  a_ = fold(a_ ^ value, kA) + std::rotl(a_, 23);
  b_ = fold(b_ ^ std::rotl(value, 32), kB) + std::rotl(b_, 41);
}

void LineHash::add(std::string_view bytes) {
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t word = 0;
  for (; left >= 8; at += 8, left -= 8) {
    std::memcpy(&word, at, 8);
    add(word);
  }
  word = 0;
  if (left > 0) std::memcpy(&word, at, left);
  add(word ^ (static_cast<std::uint64_t>(bytes.size()) << 56) ^ (static_cast<std::uint64_t>(bytes.size()) >> 8));
}

std::size_t write_line_key(const LineHash& hash, std::uint32_t occurrence, char* out) {
  constexpr char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.";
  static_assert(sizeof digits == 65);
  for (int i = 0; i < 11; ++i) {
    // ten digits of six bits and one of four
    out[i] = digits[i < 10 ? (hash.high() >> (58 - 6 * i)) & 63 : hash.high() & 15];
    out[11 + i] = digits[i < 10 ? (hash.low() >> (58 - 6 * i)) & 63 : hash.low() & 15];
  }
  if (occurrence == 0) return 22;
  out[22] = ':';
  char number[12];
  std::size_t count = 0;
  for (; occurrence > 0; occurrence /= 10) number[count++] = static_cast<char>('0' + occurrence % 10);
  for (std::size_t i = 0; i < count; ++i) out[23 + i] = number[count - 1 - i];
  return 23 + count;
}

void CountTable::grow() {
  std::vector<std::uint64_t> old = std::move(slots_);
  slots_.assign(std::max<std::size_t>(256, old.size() + old.size() / 2), 0);
  const std::size_t size = slots_.size();
  for (const std::uint64_t slot : old) {
    if (slot == 0) continue;
    auto at = static_cast<std::size_t>((static_cast<unsigned __int128>(slot & ~0xFFULL) * size) >> 64);
    while (slots_[at] != 0) at = at + 1 == size ? 0 : at + 1;
    slots_[at] = slot;
  }
}

std::uint32_t CountTable::count(std::uint64_t hash) {
  if (used_ * 100 >= slots_.size() * 85) grow();
  const std::size_t size = slots_.size();
  const std::uint64_t key = hash & ~0xFFULL;
  auto at = static_cast<std::size_t>((static_cast<unsigned __int128>(key) * size) >> 64);
  while (slots_[at] != 0) {
    if ((slots_[at] & ~0xFFULL) == key) {
      const auto before = static_cast<std::uint32_t>(slots_[at] & 0xFF);
      if (before < 255) {
        ++slots_[at];
        return before;
      }
      return many_.try_emplace(key, 255).first->second++;
    }
    at = at + 1 == size ? 0 : at + 1;
  }
  slots_[at] = key | 1;
  ++used_;
  return 0;
}

std::optional<std::uint32_t> Occurrences::by_time(std::uint64_t hash, std::int32_t day) {
  const std::int32_t number = window_of(day);
  for (Window& window : windows_) {
    if (window.number == number) return window.table.count(hash);
  }
  const auto index = static_cast<std::size_t>(number);
  if (closed_.empty()) closed_.resize(1 << 20);
  if (index >= closed_.size() || closed_[index]) return std::nullopt;
  if (windows_.size() == kWindows) {
    closed_[static_cast<std::size_t>(windows_.front().number)] = true;
    windows_.pop_front();
  }
  windows_.push_back({number, {}});
  return windows_.back().table.count(hash);
}

std::optional<std::uint32_t> Occurrences::by_customer(std::uint64_t hash, std::string_view customer) {
  if (customer != customer_) {
    if (customer < customer_) customers_rise_ = false;
    if (customer.size() < customer_.size() || (customer.size() == customer_.size() && customer < customer_)) {
      customers_rise_as_numbers_ = false;
    }
    if (!customers_rise_ && !customers_rise_as_numbers_) return std::nullopt;
    customer_ = customer;
    of_customer_ = {};
  }
  return of_customer_.count(hash);
}

std::optional<std::uint32_t> Occurrences::occurrence(const LineHash& hash, std::int32_t day,
                                                     std::string_view customer) {
  const std::uint64_t mixed = base::mix(hash.high() ^ std::rotl(hash.low(), 17));
  switch (way_) {
    case Way::by_time: return by_time(mixed, day);
    case Way::by_customer: return by_customer(mixed, customer);
    case Way::whole: break;
  }
  return all_[mixed % kSegments].count(base::mix(mixed));
}

}  // namespace collect
