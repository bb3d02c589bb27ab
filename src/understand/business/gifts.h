#pragma once

#include <vector>

#include "understand/business/purchases.h"

namespace understand::business {

/// What yearly buying says of one customer.
struct GiftBuyer {
  bool recognised = false;
  double probability = 0;       ///< that the buying follows the year rather than chance
  std::uint32_t occasions = 0;  ///< times bought, purchases within 30 days being one
  std::uint32_t missed = 0;     ///< occasions that have passed without buying since the last
  std::int32_t next = 0;        ///< middle of the next occasion, day
  double spread = 0;            ///< sd of the day around it
  double chance = 0;            ///< of buying within the horizon, nothing done
};

struct GiftBuyers {
  std::vector<GiftBuyer> customers;  ///< in the order of the purchases
  std::size_t recognised = 0;
  double comes_again = 0;    ///< share that buys at the next occasion, after none missed
  double comes_back = 0;     ///< … after a missed one
  std::size_t seen = 0;      ///< occasions these shares were counted on, beside a prior worth five
};

/// Yearly buyers: at least two occasions, all of them more than 200 days apart, on the same days of the year. How close is
/// close enough the shop itself says: the deviation of each gap from whole years is a mixture of a normal around 0 (yearly)
/// and of chance (even over the year), fitted by EM (Dempster, Laird & Rubin 1977); recognised from a posterior of 0.8 on.
GiftBuyers find_gift_buyers(const Purchases& purchases, std::int32_t today, std::int32_t horizon);

}  // namespace understand::business
