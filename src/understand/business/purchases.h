#pragma once

#include <cstdint>
#include <span>

namespace understand::business {

/// A view of purchase days, customer by customer; what it shows must outlive it.
struct Purchases {
  std::span<const std::size_t> ends;    ///< purchases of customer i: [ends[i - 1], ends[i])
  std::span<const std::int32_t> day;    ///< ascending within a customer
  std::span<const std::uint32_t> category;  ///< of each purchase; empty: unknown

  std::size_t size() const { return ends.size(); }
  std::size_t begin(std::size_t i) const { return i == 0 ? 0 : ends[i - 1]; }
  std::size_t end(std::size_t i) const { return ends[i]; }
};

}  // namespace understand::business
