#include "model/churn.h"

#include <array>

namespace model {

std::string_view name_of(ChurnReason reason) {
  constexpr std::array<std::string_view, kChurnReasons> names = {"silence", "slowing",   "seldom",  "few",    "spend", "baskets",  "returns",
                                                                 "discounts", "breadth", "visits", "carts", "messages", "troubles", "season"};
  return names[static_cast<std::size_t>(reason)];
}

std::string_view name_of(ChurnAction action) {
  constexpr std::array<std::string_view, kChurnActions> names = {"remind", "ask", "second_order", "serve", "help_decide", "change_channel", "call", "watch"};
  return names[static_cast<std::size_t>(action)];
}

}  // namespace model
