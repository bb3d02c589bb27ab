#pragma once

#include <chrono>
#include <cstdint>

namespace act::deliver {

/// Complaints are counted over so many days.
inline constexpr std::chrono::days kComplaintWindow{7};

/// Mailbox providers begin to refuse a sender at 0.3 % (Gmail and Yahoo, 2024); a campaign stands still there. One
/// complaint alone proves nothing.
inline bool too_many_complaints(std::uint64_t accepted, std::uint64_t complained) {
  return complained >= 2 && complained * 1000 >= accepted * 3;
}

}  // namespace act::deliver
