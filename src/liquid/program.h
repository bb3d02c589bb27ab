#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "liquid/cell.h"

namespace liquid {

struct Filter;

/// What `parse` makes of a text: flat tables that refer to each other by index. Views point into `text`.

inline constexpr std::uint32_t kNone = 0xFFFFFFFF;

/// Properties every list, text or loop has beside its members.
enum class Property : std::uint8_t { none, size, first, last };

struct Segment {
  Key key;                       ///< ".name" or "['name']" …
  std::uint32_t index = kNone;   ///< … or "[expression]"
  std::uint32_t at = 0;
  Property property = Property::none;
};

enum class ExprKind : std::uint8_t { constant, path, range };

struct Expr {
  ExprKind kind = ExprKind::constant;
  std::uint32_t at = 0;
  Cell constant;
  Key root;                         ///< path: the name it begins with …
  std::uint32_t root_expr = kNone;  ///< … or, for "[expression]", what gives that name
  std::uint32_t first = 0;          ///< path: segments [first, first + count); range: its ends are the two indexes
  std::uint32_t count = 0;
};

struct NamedArgument {
  Key name;
  std::uint32_t expr = 0;
};

struct FilterCall {
  const Filter* filter = nullptr;  ///< nullptr: unknown, leaves its input alone
  std::uint32_t at = 0;
  std::uint32_t first = 0;  ///< of `indexes`: expressions
  std::uint32_t count = 0;
  std::uint32_t allow_false = kNone;  ///< the one named argument filters have
};

/// A value with its filters.
struct Chain {
  std::uint32_t expr = 0;
  std::uint32_t first = 0;  ///< of `filters`
  std::uint32_t count = 0;
  bool has_default = false;  ///< one of them is `default`: the value may be missing
};

enum class Operator : std::uint8_t { truth, equal, unequal, less, greater, at_most, at_least, contains };

struct Comparison {
  std::uint32_t left = 0;
  std::uint32_t right = kNone;
  std::uint32_t at = 0;
  Operator op = Operator::truth;
  bool and_next = false;  ///< joined to the next comparison by "and", otherwise by "or"
};

struct Block {
  std::uint32_t first = 0;  ///< of `nodes`
  std::uint32_t count = 0;
};

/// if, unless: comparisons [first, first + count), none = else. case: expressions in `indexes`, none = else.
struct Branch {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  bool negate = false;
  bool otherwise = false;
  Block body;
};

struct LoopTag {
  Key variable;
  std::uint32_t expr = 0;
  std::uint32_t limit = kNone;
  std::uint32_t offset = kNone;
  std::uint32_t columns = kNone;
  bool reversed = false;
  bool offset_continue = false;
  Key name;                ///< "variable-expression" as written: what `offset: continue` and forloop.name go by
  Block body;
  Block otherwise;
};

struct PartialTag {
  std::uint32_t name = 0;           ///< expression
  std::uint32_t with = kNone;       ///< expression
  bool each = false;                ///< "for": once for each item
  Key alias;                        ///< empty: the partial's own name
  std::uint32_t first = 0;          ///< of `arguments`
  std::uint32_t count = 0;
};

struct CycleTag {
  std::uint32_t name = kNone;  ///< expression
  Key items;                   ///< as written: what unnamed ones go by
  std::uint32_t first = 0;     ///< of `indexes`
  std::uint32_t count = 0;
};

enum class NodeKind : std::uint8_t {
  text,           ///< `text`
  output,         ///< `a`: chain
  output_path,    ///< `a`: expression that is a path, no filters
  assign,         ///< `text`: name, `a`: chain
  capture,        ///< `text`: name, `a`, `b`: block
  condition,      ///< `a`, `b`: branches (if, unless)
  choice,         ///< `a`, `b`: branches, `c`: expression (case)
  loop,           ///< `a`: loops
  table,          ///< `a`: loops
  cycle,          ///< `a`: cycles
  increment,      ///< `text`: name
  decrement,      ///< `text`: name
  include,        ///< `a`: partials
  render,         ///< `a`: partials
  if_changed,     ///< `a`, `b`: block
  break_loop,
  continue_loop,
};

struct Node {
  NodeKind kind = NodeKind::text;
  std::uint32_t at = 0;  ///< offset of the tag in the text
  std::uint32_t a = 0, b = 0, c = 0;
  Key text;  ///< for `text` nodes without hash
};

struct Program {
  std::string name;
  std::string text;
  std::size_t first_line = 1;
  std::vector<std::uint32_t> lines;  ///< offsets where lines begin

  std::vector<Node> nodes;
  std::vector<Expr> exprs;
  std::vector<Segment> segments;
  std::vector<std::uint32_t> indexes;
  std::vector<FilterCall> filters;
  std::vector<Chain> chains;
  std::vector<NamedArgument> arguments;
  std::vector<Comparison> comparisons;
  std::vector<Branch> branches;
  std::vector<LoopTag> loops;
  std::vector<PartialTag> partials;
  std::vector<CycleTag> cycles;
  std::deque<std::string> names;  ///< made names that keys point to
  Block body;
  std::size_t text_bytes = 0;  ///< of literal text

  struct Place {
    std::size_t line;
    std::size_t column;
  };
  /// Line and column (in characters, from 1) of an offset.
  Place place(std::uint32_t at) const;
  std::size_t line(std::uint32_t at) const;
};

}  // namespace liquid
