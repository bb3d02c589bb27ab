#include "liquid/filter.h"

#include <algorithm>
#include <vector>

#include "liquid/compare.h"
#include "liquid/number.h"
#include "liquid/object.h"

namespace liquid {
namespace {

const std::vector<const Filter*>& all_filters() {
  static const std::vector<const Filter*> sorted = [] {
    std::vector<const Filter*> filters;
    for (const auto table : {text_filters(), encoding_filters(), number_filters(), list_filters(), date_filters()}) {
      for (const Filter& filter : table) filters.push_back(&filter);
    }
    std::ranges::sort(filters, {}, [](const Filter* f) { return f->name; });
    return filters;
  }();
  return sorted;
}

void append_number(std::string& out, const Cell& cell) {
  char buffer[kNumberRoom];
  char* const end = cell.type == Type::integer ? write_int(buffer, cell.integer) : write_real(buffer, cell.real);
  out.append(buffer, end);
}

void append_text(FilterContext& context, std::string& out, const Cell& cell, int depth);

/// As the members of an object are shown, which is how Ruby writes them: {"name"=>"tea", "price"=>3}.
void append_inspected(FilterContext& context, std::string& out, const Cell& cell, int depth) {
  if (depth > kDeepest) return;
  switch (cell.type) {
    case Type::nil: out += "nil"; return;
    case Type::string:
      out += '"';
      for (const char c : cell.view()) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n') {
          out += "\\n";
        } else {
          out += c;
        }
      }
      out += '"';
      return;
    case Type::array:
      out += '[';
      for (std::uint32_t i = 0; i < cell.size; ++i) {
        if (i != 0) out += ", ";
        append_inspected(context, out, cell.items[i], depth + 1);
      }
      out += ']';
      return;
    default: append_text(context, out, cell, depth);
  }
}

void append_text(FilterContext& context, std::string& out, const Cell& cell, int depth) {
  if (depth > kDeepest) return;
  context.charge(1);
  if (out.size() > context.options.limits.memory_bytes) FilterContext::throw_out_of_steps();
  switch (cell.type) {
    case Type::boolean: out += cell.boolean ? "true" : "false"; return;
    case Type::integer:
    case Type::real: append_number(out, cell); return;
    case Type::string: out += cell.view(); return;
    case Type::array:
      for (std::uint32_t i = 0; i < cell.size; ++i) append_text(context, out, cell.items[i], depth + 1);
      return;
    case Type::object: {
      out += '{';
      bool first = true;
      for (const Member& member : cell.object->members) {
        if (!first) out += ", ";
        first = false;
        append_inspected(context, out, Cell::of_text(member.key.view()), depth + 1);
        out += "=>";
        append_inspected(context, out, member.value, depth + 1);
      }
      out += '}';
      return;
    }
    case Type::range:
      append_number(out, Cell::of_int(cell.range->first));
      out += "..";
      append_number(out, Cell::of_int(cell.range->last));
      return;
    default: return;
  }
}

}  // namespace

const Filter* find_filter(std::string_view name) {
  const auto& filters = all_filters();
  const auto found = std::ranges::lower_bound(filters, name, {}, [](const Filter* f) { return f->name; });
  return found != filters.end() && (*found)->name == name ? *found : nullptr;
}

void FilterContext::throw_out_of_steps() {
  throw Failure{base::Code::exhausted, "the template does more work than one letter may; look for a loop over too much",
                Failure::kHere};
}

std::string_view FilterContext::text(const Cell& cell) {
  switch (cell.type) {
    case Type::nil:
    case Type::empty:
    case Type::blank: return std::string_view("");  // never a null pointer: it is copied from
    case Type::string: return cell.view();
    case Type::boolean: return cell.boolean ? "true" : "false";
    case Type::integer:
    case Type::real: {
      char* const at = arena.text(kNumberRoom);
      char* const end = cell.type == Type::integer ? write_int(at, cell.integer) : write_real(at, cell.real);
      return {at, static_cast<std::size_t>(end - at)};
    }
    default: {
      std::string made;
      append_text(*this, made, cell, 0);
      return arena.copy(made).view();
    }
  }
}

}  // namespace liquid
