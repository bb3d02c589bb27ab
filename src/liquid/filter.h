#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "liquid/arena.h"
#include "liquid/cell.h"
#include "liquid/template.h"

namespace liquid {

/// What a filter may use. Filters throw Failure; `kHere` becomes the filter's place in the text.
struct FilterContext {
  Arena& arena;
  const RenderOptions& options;
  bool allow_false = false;        ///< `default: x, allow_false: true`
  std::uint64_t& steps_left;

  /// Counts work that grows with the input; throws when the steps are used up.
  void charge(std::size_t work) {
    if (work >= steps_left) throw_out_of_steps();
    steps_left -= work;
  }
  [[noreturn]] static void throw_out_of_steps();

  /// The text a value shows, made in the arena where it has none of its own.
  std::string_view text(const Cell& cell);
};

using FilterFunction = Cell (*)(FilterContext&, const Cell& input, std::span<const Cell> arguments);

/// What becomes of a list's shape, for following variables through filters.
enum class Shape : std::uint8_t { other, same_list, element, same };

struct Filter {
  std::string_view name;
  FilterFunction call;
  std::uint8_t least_arguments;
  std::uint8_t most_arguments;
  Shape shape = Shape::other;
};

/// nullptr when there is no filter of that name.
const Filter* find_filter(std::string_view name);

/// The tables `find_filter` looks in, one for each file.
std::span<const Filter> text_filters();
std::span<const Filter> encoding_filters();
std::span<const Filter> number_filters();
std::span<const Filter> list_filters();
std::span<const Filter> date_filters();

}  // namespace liquid
