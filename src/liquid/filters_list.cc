// Filters on lists, in the manner of the reference implementation: one value counts as a list of one, lists in lists
// are flattened, and members of items are looked up by name.
#include <algorithm>
#include <array>
#include <vector>

#include "liquid/compare.h"
#include "liquid/filter.h"
#include "liquid/number.h"
#include "liquid/object.h"
#include "liquid/utf8.h"

namespace liquid {
namespace {

using Arguments = std::span<const Cell>;
using Items = std::span<const Cell>;

[[noreturn]] void fail(std::string sentence) { throw Failure{base::Code::invalid_input, std::move(sentence), Failure::kHere}; }

Cell stored(FilterContext& c, const std::vector<Cell>& items) {
  Cell* const cells = c.arena.cells(items.size());
  if (!items.empty()) std::memcpy(static_cast<void*>(cells), items.data(), items.size() * sizeof(Cell));
  return Cell::of_items(cells, items.size());
}

void flatten(FilterContext& c, const Cell& list, std::vector<Cell>& out, int depth) {
  if (depth > kDeepest) return;
  c.charge(list.size);
  for (const Cell& item : Items(list.items, list.size)) {
    if (item.type == Type::array) {
      flatten(c, item, out, depth + 1);
    } else {
      out.push_back(item);
    }
  }
}

Items items_of(FilterContext& c, const Cell& input) {
  switch (input.type) {
    case Type::nil:
    case Type::empty:
    case Type::blank: return {};
    case Type::array: {
      const Items items(input.items, input.size);
      c.charge(items.size());
      if (std::ranges::none_of(items, [](const Cell& item) { return item.type == Type::array; })) return items;
      std::vector<Cell> flat;
      flatten(c, input, flat, 0);
      const Cell list = stored(c, flat);
      return {list.items, list.size};
    }
    case Type::range: {
      const std::uint64_t size = input.range->size();
      c.charge(size);
      Cell* const cells = c.arena.cells(size);
      for (std::uint64_t i = 0; i < size; ++i) cells[i] = Cell::of_int(input.range->first + static_cast<std::int64_t>(i));
      return {cells, size};
    }
    default: {
      Cell* const one = c.arena.cells(1);
      *one = input;
      return {one, 1};
    }
  }
}

/// Thrown when an item can have no members: the filter then gives nothing.
struct NoMembers {};

Cell member_of(FilterContext& c, const Cell& item, const Cell& name) {
  switch (item.type) {
    case Type::object: {
      const Cell* found = name.is_nil() ? nullptr : item.object->find(Key(c.text(name)));
      return found == nullptr ? Cell{} : *found;
    }
    case Type::string: {
      const std::string_view part = c.text(name);
      return item.view().find(part) == std::string_view::npos ? Cell{} : Cell::of_text(part);
    }
    case Type::nil:
    case Type::boolean:
    case Type::real: throw NoMembers{};
    default: fail(fmt::format("the list holds {}, which has no '{}'", type_name(item.type), c.text(name)));
  }
}

/// Whether the item's member is the value asked for, or is anything when no value is.
bool matches(FilterContext& c, const Cell& item, Arguments arguments) {
  const Cell member = member_of(c, item, arguments[0]);
  return arguments.size() < 2 || arguments[1].is_nil() ? member.is_true() : equal(member, arguments[1]);
}

Cell filtered(FilterContext& c, const Cell& input, Arguments arguments, bool wanted) try {
  std::vector<Cell> kept;
  for (const Cell& item : items_of(c, input)) {
    if (matches(c, item, arguments) == wanted) kept.push_back(item);
  }
  return stored(c, kept);
} catch (const NoMembers&) {
  return {};
}
Cell where(FilterContext& c, const Cell& input, Arguments arguments) { return filtered(c, input, arguments, true); }
Cell reject(FilterContext& c, const Cell& input, Arguments arguments) { return filtered(c, input, arguments, false); }

/// Calls `found(index, item)` for the first match; `none` otherwise.
template <class Found>
Cell first_match(FilterContext& c, const Cell& input, Arguments arguments, Cell none, Found found) try {
  const Items items = items_of(c, input);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (matches(c, items[i], arguments)) return found(i, items[i]);
  }
  return none;
} catch (const NoMembers&) {
  return {};
}
Cell find(FilterContext& c, const Cell& input, Arguments arguments) {
  return first_match(c, input, arguments, {}, [](std::size_t, const Cell& item) { return item; });
}
Cell find_index(FilterContext& c, const Cell& input, Arguments arguments) {
  return first_match(c, input, arguments, {}, [](std::size_t i, const Cell&) { return Cell::of_int(static_cast<std::int64_t>(i)); });
}
Cell has(FilterContext& c, const Cell& input, Arguments arguments) {
  return first_match(c, input, arguments, Cell::of_bool(false), [](std::size_t, const Cell&) { return Cell::of_bool(true); });
}

Cell map(FilterContext& c, const Cell& input, Arguments arguments) {
  std::vector<Cell> members;
  for (const Cell& item : items_of(c, input)) {
    if (item.type != Type::object) fail(fmt::format("'map' needs a list of objects; it holds {}", type_name(item.type)));
    members.push_back(member_of(c, item, arguments[0]));
  }
  return stored(c, members);
}

Cell sum(FilterContext& c, const Cell& input, Arguments arguments) try {
  Number total;
  for (const Cell& item : items_of(c, input)) total = add(total, to_number(arguments.empty() ? item : member_of(c, item, arguments[0])));
  return total.cell();
} catch (const NoMembers&) {
  fail("'sum' needs a list of objects to add a member of");
}

Cell join(FilterContext& c, const Cell& input, Arguments arguments) {
  const std::string_view glue = arguments.empty() ? " " : c.text(arguments[0]);
  std::string joined;
  bool first = true;
  for (const Cell& item : items_of(c, input)) {
    if (!first) joined += glue;
    first = false;
    joined += c.text(item);
    if (joined.size() > c.options.limits.memory_bytes) FilterContext::throw_out_of_steps();
  }
  return c.arena.copy(joined);
}

Cell concat(FilterContext& c, const Cell& input, Arguments arguments) {
  if (arguments[0].type != Type::array && arguments[0].type != Type::range)
    fail(fmt::format("'concat' needs a second list, not {}", type_name(arguments[0].type)));
  const Items a = items_of(c, input), b = items_of(c, arguments[0]);
  std::vector<Cell> both(a.begin(), a.end());
  both.insert(both.end(), b.begin(), b.end());
  return stored(c, both);
}

Cell first(FilterContext&, const Cell& input, Arguments) {
  if (input.type == Type::array && input.size != 0) return input.items[0];
  if (input.type == Type::range && input.range->size() != 0) return Cell::of_int(input.range->first);
  return {};
}
Cell last(FilterContext&, const Cell& input, Arguments) {
  if (input.type == Type::array && input.size != 0) return input.items[input.size - 1];
  if (input.type == Type::range && input.range->size() != 0) return Cell::of_int(input.range->last);
  return {};
}

Cell size(FilterContext& c, const Cell& input, Arguments) {
  switch (input.type) {
    case Type::array: return Cell::of_int(input.size);
    case Type::object: return Cell::of_int(static_cast<std::int64_t>(input.object->members.size()));
    case Type::range: return Cell::of_int(static_cast<std::int64_t>(input.range->size()));
    case Type::string:
      c.charge(input.size / 32);
      return Cell::of_int(static_cast<std::int64_t>(character_count(input.view())));
    default: return Cell::of_int(0);
  }
}

Cell reverse(FilterContext& c, const Cell& input, Arguments) {
  const Items items = items_of(c, input);
  return stored(c, {items.rbegin(), items.rend()});
}

/// The member of each item that a list is ordered or told apart by; the items themselves without a name.
std::vector<Cell> keys_of(FilterContext& c, Items items, Arguments arguments) try {
  std::vector<Cell> keys;
  keys.reserve(items.size());
  for (const Cell& item : items)
    keys.push_back(arguments.empty() || arguments[0].is_nil() ? item : member_of(c, item, arguments[0]));
  return keys;
} catch (const NoMembers&) {
  fail(fmt::format("some items of the list have no '{}'", c.text(arguments[0])));
}

/// Items in the order of their keys, missing ones last; `before` is never asked about a missing one.
template <class Before>
Cell ordered(FilterContext& c, Items items, const std::vector<Cell>& keys, Before before) {
  std::vector<std::size_t> order(items.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  c.charge(items.size() * 8);
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    if (keys[a].is_nil() || keys[b].is_nil()) return !keys[a].is_nil();
    return before(keys[a], keys[b]);
  });
  std::vector<Cell> sorted;
  sorted.reserve(items.size());
  for (const std::size_t i : order) sorted.push_back(items[i]);
  return stored(c, sorted);
}

Cell sort(FilterContext& c, const Cell& input, Arguments arguments) {
  const Items items = items_of(c, input);
  return ordered(c, items, keys_of(c, items, arguments), [](const Cell& a, const Cell& b) {
    const Order order = order_of(a, b);
    if (order == Order::impossible || order == Order::none)
      fail(fmt::format("'sort' cannot put {} and {} in order", type_name(a.type), type_name(b.type)));
    return order == Order::less;
  });
}

Cell sort_natural(FilterContext& c, const Cell& input, Arguments arguments) {
  const Items items = items_of(c, input);
  std::vector<Cell> keys = keys_of(c, items, arguments);
  for (Cell& key : keys) {
    if (key.is_nil()) continue;
    key = c.arena.copy(c.text(key));
    for (std::uint32_t i = 0; i < key.size; ++i) to_lower(const_cast<char*>(key.text) + i, 1);
  }
  return ordered(c, items, keys, [](const Cell& a, const Cell& b) { return a.view() < b.view(); });
}

Cell uniq(FilterContext& c, const Cell& input, Arguments arguments) {
  const Items items = items_of(c, input);
  const std::vector<Cell> keys = keys_of(c, items, arguments);
  std::vector<Cell> kept, seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    c.charge(seen.size());
    if (std::ranges::any_of(seen, [&](const Cell& key) { return equal(key, keys[i]); })) continue;
    seen.push_back(keys[i]);
    kept.push_back(items[i]);
  }
  return stored(c, kept);
}

Cell compact(FilterContext& c, const Cell& input, Arguments arguments) {
  const Items items = items_of(c, input);
  std::vector<Cell> kept;
  for (const Cell& item : items) {
    if (item.is_nil() || (!arguments.empty() && member_of(c, item, arguments[0]).is_nil())) continue;
    kept.push_back(item);
  }
  return stored(c, kept);
}

Cell or_default(FilterContext& c, const Cell& input, Arguments arguments) {
  const bool missing = c.allow_false ? input.is_nil() : !input.is_true();
  if (!missing && !is_empty(input)) return input;
  return arguments.empty() ? Cell::of_text("") : arguments[0];
}

constexpr std::array kFilters{
    Filter{"where", where, 1, 2, Shape::same_list},
    Filter{"reject", reject, 1, 2, Shape::same_list},
    Filter{"find", find, 1, 2, Shape::element},
    Filter{"find_index", find_index, 1, 2},
    Filter{"has", has, 1, 2},
    Filter{"map", map, 1, 1},
    Filter{"sum", sum, 0, 1},
    Filter{"join", join, 0, 1},
    Filter{"concat", concat, 1, 1, Shape::same_list},
    Filter{"first", first, 0, 0, Shape::element},
    Filter{"last", last, 0, 0, Shape::element},
    Filter{"size", size, 0, 0},
    Filter{"reverse", reverse, 0, 0, Shape::same_list},
    Filter{"sort", sort, 0, 1, Shape::same_list},
    Filter{"sort_natural", sort_natural, 0, 1, Shape::same_list},
    Filter{"uniq", uniq, 0, 1, Shape::same_list},
    Filter{"compact", compact, 0, 1, Shape::same_list},
    Filter{"default", or_default, 0, 1, Shape::same},
};

}  // namespace

std::span<const Filter> list_filters() { return kFilters; }

}  // namespace liquid
