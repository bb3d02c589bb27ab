#pragma once

#include <span>
#include <string_view>

#include "collect/columns.h"

namespace collect {

/// Headings of one meaning in one kind of file, best first, parted by spaces; plain (see plain_heading).
struct HeadingWords {
  Role role;
  std::string_view kinds;  ///< o(rders) c(ustomers) p(roducts) e(vents) s(pend) co(n)sents r(edemptions) co(d)es f(eedback)
  std::string_view words;
};
std::span<const HeadingWords> heading_words();

/// A shop system that is known by its headings, and what some of them mean there.
struct ShopSystem {
  std::string_view name;
  std::string_view kind;   ///< as in HeadingWords
  std::string_view signs;  ///< all of these headings; "a|b" = one of them
  std::span<const HeadingWords> words;
};
std::span<const ShopSystem> shop_systems();

}  // namespace collect
