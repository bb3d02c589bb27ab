// Loops and partials.
#include "liquid/number.h"
#include "liquid/renderer.h"

namespace liquid {
namespace {

constexpr Key kForLoop{"forloop"};
constexpr Key kTableLoop{"tablerowloop"};

std::uint64_t bit_of(const Key& name) { return std::uint64_t{1} << (name.hash & 63); }

}  // namespace

std::optional<std::int64_t> Renderer::whole(std::uint32_t expr, std::string_view what) {
  if (expr == kNone) return {};
  const Cell cell = value(expr, false);
  if (cell.is_nil()) return {};
  const auto number = to_integer(cell);
  if (!number) fail(fmt::format("'{}' must be a whole number, not {}", what, type_name(cell.type)), program_->exprs[expr].at);
  return number;
}

Renderer::Rounds Renderer::rounds(const LoopTag& tag) {
  Rounds rounds;
  rounds.list = value(tag.expr, true);
  std::uint64_t size = 0;
  switch (rounds.list.type) {
    case Type::array: size = rounds.list.size; break;
    case Type::range: size = rounds.list.range->size(); break;
    case Type::object: size = rounds.list.object->members.size(); break;
    case Type::string: size = rounds.list.size == 0 ? 0 : 1; break;
    default: break;
  }
  const std::int64_t offset = whole(tag.offset, "offset").value_or(0);
  const auto limit = whole(tag.limit, "limit");
  std::size_t known = 0;
  while (known < continued_.size() && !(continued_[known].name == tag.name)) ++known;
  rounds.first = offset > 0 ? static_cast<std::uint64_t>(offset) : 0;
  if (tag.offset_continue) rounds.first = known < continued_.size() ? continued_[known].next : 0;
  rounds.first = std::min(rounds.first, size);
  rounds.count = size - rounds.first;
  if (limit) rounds.count = *limit < 0 ? 0 : std::min(rounds.count, static_cast<std::uint64_t>(*limit));
  rounds.reversed = tag.reversed;
  if (known == continued_.size()) continued_.push({tag.name, 0});
  continued_[known].next = rounds.first + rounds.count;
  if (rounds.count > rounds_left_) {
    throw Failure{base::Code::exhausted, fmt::format("loops go round more than {} times; give them a 'limit'",
                                                     options_.limits.loop_rounds), Failure::kHere};
  }
  rounds_left_ -= rounds.count;
  return rounds;
}

Cell Renderer::item(const Rounds& rounds, std::uint64_t index) {
  const std::uint64_t at = rounds.reversed ? rounds.first + rounds.count - 1 - index : rounds.first + index;
  switch (rounds.list.type) {
    case Type::array: return rounds.list.items[at];
    case Type::range: return Cell::of_int(rounds.list.range->first + static_cast<std::int64_t>(at));
    case Type::object: {
      const Member& member = rounds.list.object->members[at];
      Cell* pair = arena_.cells(2);
      pair[0] = Cell::of_text(member.key.view());
      pair[1] = member.value;
      return Cell::of_items(pair, 2);
    }
    default: return rounds.list;
  }
}

/// In the arena: a template may keep a loop in a variable past its end.
Loop& Renderer::new_loop(const Loop& loop) { return *new (arena_.take(sizeof(Loop))) Loop(loop); }

Renderer::Flow Renderer::loop(const Node& node) {
  const LoopTag& tag = program_->loops[node.a];
  const Rounds rounds = this->rounds(tag);
  if (rounds.count == 0) return block(tag.otherwise);
  Loop& loop = new_loop({tag.name, 0, rounds.count, 0, loop_});
  loop_ = &loop;
  Cell cell = Cell::of_type(Type::loop);
  cell.loop = &loop;
  const std::size_t frame = frames_.size();
  frames_.push({kForLoop, cell});
  frames_.push({tag.variable, {}});
  names_seen_ |= bit_of(kForLoop) | bit_of(tag.variable);
  Flow flow = Flow::next;
  for (; loop.index < rounds.count && flow != Flow::leave; ++loop.index) {
    count_step();
    frames_[frame + 1].value = item(rounds, loop.index);
    flow = block(tag.body);
  }
  frames_.shrink(frame);
  loop_ = loop.parent;
  return Flow::next;
}

void Renderer::table(const Node& node) {
  const LoopTag& tag = program_->loops[node.a];
  const auto columns = whole(tag.columns, "cols");
  const Rounds rounds = this->rounds(tag);
  Loop& loop = new_loop({tag.name, 0, rounds.count, std::max<std::uint64_t>(rounds.count, 1), nullptr});
  if (columns && *columns > 0) loop.columns = static_cast<std::uint64_t>(*columns);
  Cell cell = Cell::of_type(Type::table_loop);
  cell.loop = &loop;
  const std::size_t frame = frames_.size();
  frames_.push({kTableLoop, cell});
  frames_.push({tag.variable, {}});
  names_seen_ |= bit_of(kTableLoop) | bit_of(tag.variable);
  out_.append("<tr class=\"row1\">\n");
  Flow flow = Flow::next;
  for (; loop.index < rounds.count && flow != Flow::leave; ++loop.index) {
    count_step();
    frames_[frame + 1].value = item(rounds, loop.index);
    const std::uint64_t column = loop.index % loop.columns;
    out_.append("<td class=\"col");
    out_.append_int(static_cast<std::int64_t>(column + 1));
    out_.append("\">");
    flow = block(tag.body);
    out_.append("</td>");
    if (flow != Flow::leave && column + 1 == loop.columns && loop.index + 1 < rounds.count) {
      out_.append("</tr>\n<tr class=\"row");
      out_.append_int(static_cast<std::int64_t>(loop.index / loop.columns + 2));
      out_.append("\">");
    }
  }
  out_.append("</tr>\n");
  frames_.shrink(frame);
}

const Template& Renderer::partial(const Cell& name) {
  if (name.type != Type::string) fail(fmt::format("the name of a partial must be a text, not {}", type_name(name.type)));
  if (depth_left_ == 0) {
    throw Failure{base::Code::exhausted, fmt::format("partials stand in partials more than {} deep; does '{}' bring in itself?",
                                                     options_.limits.depth, name.view()), Failure::kHere};
  }
  const Template* found = options_.partial ? options_.partial(name.view()) : nullptr;
  if (found == nullptr) fail(fmt::format("there is no partial '{}'; check its name", name.view()));
  return *found;
}

Renderer::Flow Renderer::run_partial(const Program& program) {
  const Program* const outer = program_;
  const std::uint32_t at = at_;
  program_ = &program;
  --depth_left_;
  const Flow flow = block(program.body);
  // After a Failure these stay, so that it is told where in the partial it happened.
  ++depth_left_;
  program_ = outer;
  at_ = at;
  return flow;
}

namespace {

/// The name a partial's own variable has: what follows the last slash.
Key own_name(std::string_view partial) {
  const std::size_t slash = partial.rfind('/');
  return Key(slash == std::string_view::npos ? partial : partial.substr(slash + 1));
}

}  // namespace

Renderer::Flow Renderer::include(const Node& node) {
  const PartialTag& tag = program_->partials[node.a];
  const Cell name = value(tag.name, true);
  const Template& found = partial(name);
  const std::size_t frame = frames_.size();
  for (std::uint32_t i = tag.first; i < tag.first + tag.count; ++i) {
    const NamedArgument& argument = program_->arguments[i];
    frames_.push({argument.name, value(argument.expr, true)});
    names_seen_ |= bit_of(argument.name);
  }
  Flow flow = Flow::next;
  if (tag.with == kNone) {
    flow = run_partial(found.program());
  } else {
    const Cell with = value(tag.with, true);
    const Key key = tag.alias.data != nullptr ? tag.alias : own_name(name.view());
    const std::size_t own = frames_.size();
    names_seen_ |= bit_of(key);
    frames_.push({key, with});
    const std::uint32_t times = with.type == Type::array ? with.size : 1;
    for (std::uint32_t i = 0; i < times && flow == Flow::next; ++i) {
      count_step();
      if (with.type == Type::array) frames_[own].value = with.items[i];
      flow = run_partial(found.program());
    }
  }
  frames_.shrink(frame);
  return flow;
}

void Renderer::render(const Node& node) {
  const PartialTag& tag = program_->partials[node.a];
  const Cell name = value(tag.name, true);
  const Template& found = partial(name);
  const std::size_t frame = frames_.size(), assigned = assigned_.size(), counters = counters_.size();
  // Everything is evaluated outside, then the outside is hidden.
  for (std::uint32_t i = tag.first; i < tag.first + tag.count; ++i) {
    const NamedArgument& argument = program_->arguments[i];
    frames_.push({argument.name, value(argument.expr, true)});
    names_seen_ |= bit_of(argument.name);
  }
  const Cell with = tag.with == kNone ? Cell{} : value(tag.with, false);
  const Loop* const outer_loop = loop_;
  const std::size_t outer_frames = frames_from_, outer_assigned = assigned_from_, outer_counters = counters_from_;
  frames_from_ = frame;
  assigned_from_ = assigned;
  counters_from_ = counters;
  loop_ = nullptr;
  const auto run = [&] {
    run_partial(found.program());
    assigned_.shrink(assigned);
    counters_.shrink(counters);
  };
  if (tag.with == kNone) {
    run();
  } else {
    const Key key = tag.alias.data != nullptr ? tag.alias : own_name(name.view());
    names_seen_ |= bit_of(key) | bit_of(kForLoop);
    if (tag.each && (with.type == Type::array || with.type == Type::range)) {
      Rounds rounds;
      rounds.list = with;
      rounds.count = with.type == Type::array ? with.size : with.range->size();
      if (rounds.count > rounds_left_) fail(fmt::format("loops go round more than {} times", options_.limits.loop_rounds));
      rounds_left_ -= rounds.count;
      Loop& loop = new_loop({key, 0, rounds.count, 0, nullptr});
      Cell cell = Cell::of_type(Type::loop);
      cell.loop = &loop;
      frames_.push({kForLoop, cell});
      const std::size_t own = frames_.size();
      frames_.push({key, {}});
      for (; loop.index < rounds.count; ++loop.index) {
        count_step();
        frames_[own].value = item(rounds, loop.index);
        run();
      }
    } else {
      frames_.push({key, with});
      run();
    }
  }
  frames_.shrink(frame);
  assigned_.shrink(assigned);
  counters_.shrink(counters);
  loop_ = outer_loop;
  frames_from_ = outer_frames;
  assigned_from_ = outer_assigned;
  counters_from_ = outer_counters;
}

}  // namespace liquid
