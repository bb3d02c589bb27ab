#pragma once

#include <string_view>

#include "liquid/cell.h"

namespace liquid {

/// How deep lists within lists are followed; deeper ones are equal to nothing and show nothing.
inline constexpr int kDeepest = 64;

bool is_empty(const Cell& cell);
bool is_blank(const Cell& cell);
bool equal(const Cell& a, const Cell& b, int depth = 0);

enum class Order : unsigned char { less, same, greater, none, impossible };
/// How two values stand to each other: numbers by value, strings by bytes; `none` for what has no order, `impossible`
/// for a number and a string, which is a mistake of the template's.
Order order_of(const Cell& a, const Cell& b);

std::string_view type_name(Type type);

}  // namespace liquid
