// Filters on texts. A text that is safe HTML stays so only where nothing unsafe can enter it.
#include <array>
#include <vector>

#include "liquid/compare.h"
#include "liquid/filter.h"
#include "liquid/number.h"
#include "liquid/utf8.h"

namespace liquid {
namespace {

using Arguments = std::span<const Cell>;

constexpr std::string_view kSpace = " \t\r\n\f\v";

std::string_view strip_left(std::string_view text) {
  const std::size_t at = text.find_first_not_of(kSpace);
  return at == std::string_view::npos ? text.substr(text.size()) : text.substr(at);
}
std::string_view strip_right(std::string_view text) { return text.substr(0, text.find_last_not_of(kSpace) + 1); }

/// The input's text, its length counted as work.
std::string_view input_text(FilterContext& c, const Cell& input) {
  const std::string_view text = c.text(input);
  c.charge(text.size() / 32);
  return text;
}

Cell join(FilterContext& c, std::string_view a, std::string_view b) {
  char* const at = c.arena.text(a.size() + b.size());
  std::memcpy(at, a.data(), a.size());
  std::memcpy(at + a.size(), b.data(), b.size());
  return Cell::of_text({at, a.size() + b.size()});
}

Cell append(FilterContext& c, const Cell& input, Arguments arguments) {
  return join(c, input_text(c, input), c.text(arguments[0]));
}
Cell prepend(FilterContext& c, const Cell& input, Arguments arguments) {
  return join(c, c.text(arguments[0]), input_text(c, input));
}

Cell changed_case(FilterContext& c, const Cell& input, bool upper) {
  const std::string_view text = input_text(c, input);
  char* const at = c.arena.text(text.size());
  std::memcpy(at, text.data(), text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t bytes = character_bytes(text, i);
    if (upper) {
      to_upper(at + i, bytes);
    } else {
      to_lower(at + i, bytes);
    }
    i += bytes;
  }
  return Cell::of_text({at, text.size()});
}
Cell upcase(FilterContext& c, const Cell& input, Arguments) { return changed_case(c, input, true); }
Cell downcase(FilterContext& c, const Cell& input, Arguments) { return changed_case(c, input, false); }
Cell capitalize(FilterContext& c, const Cell& input, Arguments) {
  const Cell lower = changed_case(c, input, false);
  if (lower.size != 0) to_upper(const_cast<char*>(lower.text), character_bytes(lower.view(), 0));
  return lower;
}

Cell strip(FilterContext& c, const Cell& input, Arguments) {
  return Cell::of_text(strip_left(strip_right(input_text(c, input))), input.safe);
}
Cell lstrip(FilterContext& c, const Cell& input, Arguments) { return Cell::of_text(strip_left(input_text(c, input)), input.safe); }
Cell rstrip(FilterContext& c, const Cell& input, Arguments) { return Cell::of_text(strip_right(input_text(c, input)), input.safe); }

/// The text with `most` of what is searched for replaced, from the front or the one at the back.
Cell replaced(FilterContext& c, const Cell& input, std::string_view search, std::string_view by, std::size_t most) {
  const std::string_view text = input_text(c, input);
  std::vector<std::size_t> found;
  if (search.empty()) {
    for (std::size_t at = 0; found.size() < most; at += character_bytes(text, at)) {
      found.push_back(at);
      if (at >= text.size()) break;
    }
  } else {
    for (std::size_t at = 0; found.size() < most && (at = text.find(search, at)) != std::string_view::npos; at += search.size())
      found.push_back(at);
  }
  if (found.empty()) return Cell::of_text(text, input.safe);
  c.charge(found.size());
  const std::size_t size = text.size() - found.size() * search.size() + found.size() * by.size();
  char* const start = c.arena.text(size);
  char* to = start;
  std::size_t from = 0;
  const auto put = [&to](std::string_view piece) {
    std::memcpy(to, piece.data(), piece.size());
    to += piece.size();
  };
  for (const std::size_t at : found) {
    put(text.substr(from, at - from));
    put(by);
    from = at + search.size();
  }
  put(text.substr(from));
  return Cell::of_text({start, size});
}

Cell replaced_last(FilterContext& c, const Cell& input, std::string_view search, std::string_view by) {
  const std::string_view text = input_text(c, input);
  const std::size_t at = text.rfind(search);
  if (at == std::string_view::npos) return Cell::of_text(text, input.safe);
  const Cell front = join(c, text.substr(0, at), by);
  return join(c, front.view(), text.substr(at + search.size()));
}

std::string_view second(FilterContext& c, Arguments arguments) {
  return arguments.size() > 1 ? c.text(arguments[1]) : std::string_view("");
}
Cell replace(FilterContext& c, const Cell& input, Arguments arguments) {
  return replaced(c, input, c.text(arguments[0]), second(c, arguments), SIZE_MAX);
}
Cell replace_first(FilterContext& c, const Cell& input, Arguments arguments) {
  return replaced(c, input, c.text(arguments[0]), second(c, arguments), 1);
}
Cell replace_last(FilterContext& c, const Cell& input, Arguments arguments) {
  return replaced_last(c, input, c.text(arguments[0]), c.text(arguments[1]));
}
Cell remove(FilterContext& c, const Cell& input, Arguments arguments) {
  const std::string_view search = c.text(arguments[0]);
  return replaced(c, input, search, "", search.empty() ? 0 : SIZE_MAX);
}
Cell remove_first(FilterContext& c, const Cell& input, Arguments arguments) {
  return replaced(c, input, c.text(arguments[0]), "", 1);
}
Cell remove_last(FilterContext& c, const Cell& input, Arguments arguments) {
  return replaced_last(c, input, c.text(arguments[0]), "");
}
Cell strip_newlines(FilterContext& c, const Cell& input, Arguments) {
  const Cell no_pairs = replaced(c, input, "\r\n", "", SIZE_MAX);
  return replaced(c, no_pairs, "\n", "", SIZE_MAX);
}

std::int64_t length_of(const Cell& argument, std::string_view what) {
  const auto length = to_integer(argument);
  if (!length) {
    throw Failure{base::Code::invalid_input, fmt::format("{} must be a whole number, not {}", what, type_name(argument.type)),
                  Failure::kHere};
  }
  return *length;
}

Cell truncate(FilterContext& c, const Cell& input, Arguments arguments) {
  const std::string_view text = input_text(c, input);
  const std::int64_t length = arguments.empty() ? 50 : length_of(arguments[0], "the length for 'truncate'");
  const std::string_view end = arguments.size() > 1 ? c.text(arguments[1]) : "...";
  if (static_cast<std::int64_t>(character_count(text)) <= length) return Cell::of_text(text, input.safe);
  const std::int64_t kept = std::max<std::int64_t>(0, length - static_cast<std::int64_t>(character_count(end)));
  return join(c, text.substr(0, character_at(text, static_cast<std::size_t>(kept))), end);
}

Cell truncatewords(FilterContext& c, const Cell& input, Arguments arguments) {
  const std::string_view text = input_text(c, input);
  const std::int64_t wanted = arguments.empty() ? 15 : length_of(arguments[0], "the number of words for 'truncatewords'");
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, wanted));
  const std::string_view end = arguments.size() > 1 ? c.text(arguments[1]) : "...";
  char* const start = c.arena.text(text.size() + end.size());
  char* to = start;
  std::string_view rest = strip_left(text);
  for (std::size_t words = 0; !rest.empty(); ++words) {
    if (words == most) {
      std::memcpy(to, end.data(), end.size());
      return Cell::of_text({start, static_cast<std::size_t>(to - start) + end.size()});
    }
    const std::string_view word = rest.substr(0, rest.find_first_of(kSpace));
    if (words != 0) *to++ = ' ';
    std::memcpy(to, word.data(), word.size());
    to += word.size();
    rest = strip_left(rest.substr(word.size()));
  }
  return Cell::of_text(text, input.safe);
}

Cell slice(FilterContext& c, const Cell& input, Arguments arguments) {
  std::int64_t first = length_of(arguments[0], "the start for 'slice'");
  const std::int64_t length = arguments.size() > 1 ? length_of(arguments[1], "the length for 'slice'") : 1;
  const bool list = input.type == Type::array;
  const std::string_view text = list ? std::string_view{} : input_text(c, input);
  const auto size = static_cast<std::int64_t>(list ? input.size : character_count(text));
  if (first < 0) first += size;
  const bool none = first < 0 || first > size || length < 0;
  const std::int64_t count = none ? 0 : std::min(length, size - first);
  if (list) return Cell::of_items(none ? nullptr : input.items + first, static_cast<std::size_t>(count));
  if (none) return Cell::of_text("");
  const std::size_t from = character_at(text, static_cast<std::size_t>(first));
  const std::size_t bytes = character_at(text.substr(from), static_cast<std::size_t>(count));
  return Cell::of_text(text.substr(from, bytes));
}

Cell split(FilterContext& c, const Cell& input, Arguments arguments) {
  const std::string_view text = input_text(c, input);
  const std::string_view by = c.text(arguments[0]);
  std::vector<Cell> pieces;
  if (by.empty()) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t bytes = character_bytes(text, at);
      pieces.push_back(Cell::of_text(text.substr(at, bytes)));
      at += bytes;
    }
  } else if (by == " ") {
    for (std::string_view rest = strip_left(text); !rest.empty();) {
      const std::string_view word = rest.substr(0, rest.find_first_of(kSpace));
      pieces.push_back(Cell::of_text(word));
      rest = strip_left(rest.substr(word.size()));
    }
  } else {
    for (std::size_t from = 0, at = 0; at != std::string_view::npos; from = at + by.size()) {
      at = text.find(by, from);
      pieces.push_back(Cell::of_text(text.substr(from, at - from)));
    }
  }
  while (!pieces.empty() && pieces.back().size == 0) pieces.pop_back();
  c.charge(pieces.size());
  Cell* const cells = c.arena.cells(pieces.size());
  if (!pieces.empty()) std::memcpy(static_cast<void*>(cells), pieces.data(), pieces.size() * sizeof(Cell));
  return Cell::of_items(cells, pieces.size());
}

constexpr std::array kFilters{
    Filter{"append", append, 1, 1},
    Filter{"prepend", prepend, 1, 1},
    Filter{"upcase", upcase, 0, 0},
    Filter{"downcase", downcase, 0, 0},
    Filter{"capitalize", capitalize, 0, 0},
    Filter{"strip", strip, 0, 0},
    Filter{"lstrip", lstrip, 0, 0},
    Filter{"rstrip", rstrip, 0, 0},
    Filter{"strip_newlines", strip_newlines, 0, 0},
    Filter{"replace", replace, 1, 2},
    Filter{"replace_first", replace_first, 1, 2},
    Filter{"replace_last", replace_last, 2, 2},
    Filter{"remove", remove, 1, 1},
    Filter{"remove_first", remove_first, 1, 1},
    Filter{"remove_last", remove_last, 1, 1},
    Filter{"truncate", truncate, 0, 2},
    Filter{"truncatewords", truncatewords, 0, 2},
    Filter{"slice", slice, 1, 2, Shape::same_list},
    Filter{"split", split, 1, 1},
};

}  // namespace

std::span<const Filter> text_filters() { return kFilters; }

}  // namespace liquid
