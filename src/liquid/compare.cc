#include "liquid/compare.h"

#include "liquid/object.h"

namespace liquid {

bool is_empty(const Cell& cell) {
  switch (cell.type) {
    case Type::string:
    case Type::array: return cell.size == 0;
    case Type::object: return cell.object->members.empty();
    case Type::range: return cell.range->size() == 0;
    case Type::empty: return true;
    default: return false;
  }
}

bool is_blank(const Cell& cell) {
  switch (cell.type) {
    case Type::nil:
    case Type::blank: return true;
    case Type::empty: return false;
    case Type::boolean: return !cell.boolean;
    case Type::string: return cell.view().find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
    default: return is_empty(cell);
  }
}

bool equal(const Cell& a, const Cell& b, int depth) {
  if (a.type == Type::empty) return is_empty(b);
  if (b.type == Type::empty) return is_empty(a);
  if (a.type == Type::blank) return is_blank(b);
  if (b.type == Type::blank) return is_blank(a);
  if (a.type != b.type) {
    if (a.type == Type::integer && b.type == Type::real) return static_cast<double>(a.integer) == b.real;
    if (a.type == Type::real && b.type == Type::integer) return a.real == static_cast<double>(b.integer);
    return false;
  }
  if (depth > kDeepest) return false;
  switch (a.type) {
    case Type::nil: return true;
    case Type::boolean: return a.boolean == b.boolean;
    case Type::integer: return a.integer == b.integer;
    case Type::real: return a.real == b.real;
    case Type::string: return a.view() == b.view();
    case Type::array:
      if (a.size != b.size) return false;
      for (std::size_t i = 0; i < a.size; ++i) {
        if (!equal(a.items[i], b.items[i], depth + 1)) return false;
      }
      return true;
    case Type::object:
      if (a.object->members.size() != b.object->members.size()) return false;
      for (const Member& member : a.object->members) {
        const Cell* other = b.object->find(member.key);
        if (other == nullptr || !equal(member.value, *other, depth + 1)) return false;
      }
      return true;
    case Type::range: return a.range->first == b.range->first && a.range->last == b.range->last;
    default: return a.loop == b.loop;
  }
}

Order order_of(const Cell& a, const Cell& b) {
  const bool a_number = a.type == Type::integer || a.type == Type::real;
  const bool b_number = b.type == Type::integer || b.type == Type::real;
  const auto of = [](const auto& x, const auto& y) { return x < y ? Order::less : y < x ? Order::greater : Order::same; };
  if (a.type == Type::integer && b.type == Type::integer) return of(a.integer, b.integer);
  if (a_number && b_number) {
    const double x = a.type == Type::real ? a.real : static_cast<double>(a.integer);
    const double y = b.type == Type::real ? b.real : static_cast<double>(b.integer);
    return x != x || y != y ? Order::none : of(x, y);
  }
  if (a.type == Type::string && b.type == Type::string) return of(a.view(), b.view());
  if ((a_number && b.type == Type::string) || (a.type == Type::string && b_number)) return Order::impossible;
  return Order::none;
}

std::string_view type_name(Type type) {
  switch (type) {
    case Type::boolean: return "true or false";
    case Type::integer:
    case Type::real: return "a number";
    case Type::string: return "a text";
    case Type::array: return "a list";
    case Type::object: return "an object";
    case Type::range: return "a range";
    case Type::loop:
    case Type::table_loop: return "a loop";
    default: return "nothing";
  }
}

}  // namespace liquid
