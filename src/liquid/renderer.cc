#include "liquid/renderer.h"

#include "liquid/number.h"

namespace liquid {
namespace {

constexpr std::uint64_t kStepsBetweenLooks = 4096;

std::uint64_t bit_of(const Key& name) { return std::uint64_t{1} << (name.hash & 63); }

}  // namespace

Renderer::Renderer(const Program& program, const Value& data, const RenderOptions& options, Output& out)
    : program_(&program),
      data_(data.cell()),
      options_(options),
      out_(out),
      arena_(options.limits.memory_bytes),
      steps_left_(options.limits.steps + 1),
      rounds_left_(options.limits.loop_rounds),
      depth_left_(options.limits.depth),
      filters_{arena_, options, false, steps_left_},
      frames_(arena_),
      assigned_(arena_),
      counters_(arena_),
      cycles_(arena_),
      continued_(arena_) {
  if (options.milliseconds) {
    deadline_ = options.milliseconds() + options.limits.milliseconds;
    next_look_ = steps_left_ > kStepsBetweenLooks ? steps_left_ - kStepsBetweenLooks : 0;
  }
}

void Renderer::look_at_clock() {
  if (steps_left_ == 0 || steps_left_ > options_.limits.steps + 1) FilterContext::throw_out_of_steps();
  if (!options_.milliseconds) return;
  if (options_.milliseconds() > deadline_) {
    throw Failure{base::Code::timeout, fmt::format("the template takes longer than {} ms; look for a loop over too much",
                                                   options_.limits.milliseconds), Failure::kHere};
  }
  next_look_ = steps_left_ > kStepsBetweenLooks ? steps_left_ - kStepsBetweenLooks : 0;
}

void Renderer::fail(std::string sentence, std::uint32_t at) const {
  throw Failure{base::Code::invalid_input, std::move(sentence), at};
}

Renderer::Flow Renderer::block(const Block& block) {
  const Node* node = program_->nodes.data() + block.first;
  const Node* const end = node + block.count;
  for (; node != end; ++node) {
    count_step();
    at_ = node->at;
    Flow flow = Flow::next;
    switch (node->kind) {
      case NodeKind::text: out_.append(node->text.view()); continue;
      case NodeKind::output_path: write(path(program_->exprs[node->a], true)); continue;
      case NodeKind::output: write(chain(program_->chains[node->a])); continue;
      case NodeKind::assign: assign(node->text, chain(program_->chains[node->a])); continue;
      case NodeKind::condition: flow = condition(*node); break;
      case NodeKind::loop: flow = loop(*node); break;
      case NodeKind::choice: flow = choice(*node); break;
      case NodeKind::capture: capture(*node, flow); break;
      case NodeKind::if_changed: if_changed(*node, flow); break;
      case NodeKind::include: flow = include(*node); break;
      case NodeKind::render: render(*node); continue;
      case NodeKind::table: table(*node); continue;
      case NodeKind::cycle: cycle(*node); continue;
      case NodeKind::increment: count(*node, 1); continue;
      case NodeKind::decrement: count(*node, -1); continue;
      case NodeKind::break_loop: return Flow::leave;
      case NodeKind::continue_loop: return Flow::again;
    }
    if (flow != Flow::next) return flow;
  }
  return Flow::next;
}

Renderer::Flow Renderer::condition(const Node& node) {
  const Branch* branch = program_->branches.data() + node.a;
  const Branch* const end = branch + node.b;
  for (; branch != end; ++branch) {
    if (branch->otherwise || holds(branch->first, branch->count) != branch->negate) return block(branch->body);
  }
  return Flow::next;
}

Renderer::Flow Renderer::choice(const Node& node) {
  const Cell subject = value(node.c, false);
  bool matched = false;
  for (std::uint32_t b = node.a; b < node.a + node.b; ++b) {
    const Branch& branch = program_->branches[b];
    const std::uint32_t times = branch.otherwise && !matched ? 1 : branch.count;
    for (std::uint32_t i = 0; i < times; ++i) {
      if (!branch.otherwise) {
        if (!equal(subject, value(program_->indexes[branch.first + i], false))) continue;
        matched = true;
      }
      if (const Flow flow = block(branch.body); flow != Flow::next) return flow;
    }
  }
  return Flow::next;
}

/// "and" and "or" bind alike, from the right: a or (b and (c or d)).
bool Renderer::holds(std::uint32_t first, std::uint32_t count) {
  for (std::uint32_t i = first; true; ++i) {
    const Comparison& comparison = program_->comparisons[i];
    const bool yes = holds(comparison);
    if (i + 1 == first + count || yes != comparison.and_next) return yes;
  }
}

bool Renderer::holds(const Comparison& comparison) {
  const Cell left = value(comparison.left, false);
  if (comparison.op == Operator::truth) return left.is_true();
  const Cell right = value(comparison.right, false);
  switch (comparison.op) {
    case Operator::equal: return equal(left, right);
    case Operator::unequal: return !equal(left, right);
    case Operator::contains: return contains(left, right);
    default: break;
  }
  const Order order = order_of(left, right);
  switch (order) {
    case Order::impossible:
      fail(fmt::format("{} cannot be compared with {}; make both numbers (| plus: 0) or both texts", type_name(left.type),
                       type_name(right.type)), comparison.at);
    case Order::none: return false;
    default: break;
  }
  switch (comparison.op) {
    case Operator::less: return order == Order::less;
    case Operator::greater: return order == Order::greater;
    case Operator::at_most: return order != Order::greater;
    default: return order != Order::less;
  }
}

bool Renderer::contains(const Cell& left, const Cell& right) {
  if (!right.is_true()) return false;
  filters_.charge(left.size / 32);
  switch (left.type) {
    case Type::string: return left.view().find(filters_.text(right)) != std::string_view::npos;
    case Type::array:
      for (std::uint32_t i = 0; i < left.size; ++i) {
        if (equal(left.items[i], right)) return true;
      }
      return false;
    case Type::object: return left.object->find(Key(filters_.text(right))) != nullptr;
    case Type::range: return right.type == Type::integer && right.integer >= left.range->first && right.integer <= left.range->last;
    default: return false;
  }
}

void Renderer::assign(const Key& name, const Cell& value) {
  names_seen_ |= bit_of(name);
  for (std::size_t i = assigned_from_; i < assigned_.size(); ++i) {
    if (assigned_[i].name == name) {
      assigned_[i].value = value;
      return;
    }
  }
  assigned_.push({name, value});
}

void Renderer::capture(const Node& node, Flow& flow) {
  const std::size_t mark = out_.mark();
  flow = block({node.a, node.b});
  const Cell text = arena_.copy(out_.since(mark), options_.autoescape);
  out_.rewind(mark);
  assign(node.text, text);
}

void Renderer::if_changed(const Node& node, Flow& flow) {
  const std::size_t mark = out_.mark();
  flow = block({node.a, node.b});
  const std::string_view now = out_.since(mark);
  if (last_changed_.type == Type::string && last_changed_.view() == now) {
    out_.rewind(mark);
  } else {
    last_changed_ = arena_.copy(now);
  }
}

void Renderer::cycle(const Node& node) {
  const CycleTag& tag = program_->cycles[node.a];
  const Key key = tag.name == kNone ? tag.items : Key(filters_.text(value(tag.name, false)));
  std::size_t i = 0;
  while (i < cycles_.size() && !(cycles_[i].name == key)) ++i;
  if (i == cycles_.size()) cycles_.push({key, 0});
  const auto at = static_cast<std::uint32_t>(cycles_[i].value);
  if (at < tag.count) write(value(program_->indexes[tag.first + at], true));
  cycles_[i].value = at + 1 >= tag.count ? 0 : at + 1;
}

void Renderer::count(const Node& node, std::int64_t step) {
  names_seen_ |= bit_of(node.text);
  std::size_t i = counters_from_;
  while (i < counters_.size() && !(counters_[i].name == node.text)) ++i;
  if (i == counters_.size()) counters_.push({node.text, 0});
  std::int64_t& counter = counters_[i].value;
  out_.append_int(step > 0 ? counter : counter - 1);
  counter += step;
}

Cell Renderer::value(std::uint32_t index, bool required) {
  const Expr& expr = program_->exprs[index];
  switch (expr.kind) {
    case ExprKind::constant: return expr.constant;
    case ExprKind::path: return path(expr, required);
    case ExprKind::range: break;
  }
  auto* range = static_cast<Range*>(arena_.take(sizeof(Range)));
  const auto end = [&](std::uint32_t at) {
    const Number number = to_number(value(at, required));
    return number.is_int ? number.integer : liquid::whole(number.real).integer;
  };
  range->first = end(expr.first);
  range->last = end(expr.count);
  Cell cell = Cell::of_type(Type::range);
  cell.range = range;
  return cell;
}

Cell Renderer::root(const Key& name) {
  if ((names_seen_ & bit_of(name)) != 0) {
    for (std::size_t i = frames_.size(); i > frames_from_; --i) {
      if (frames_[i - 1].name == name) return frames_[i - 1].value;
    }
    for (std::size_t i = assigned_from_; i < assigned_.size(); ++i) {
      if (assigned_[i].name == name) return assigned_[i].value;
    }
    for (std::size_t i = counters_from_; i < counters_.size(); ++i) {
      if (counters_[i].name == name) return Cell::of_int(counters_[i].value);
    }
  }
  if (data_.type != Type::object) return {};
  const Cell* found = data_.object->find(name);
  return found == nullptr ? Cell{} : *found;
}

Cell Renderer::path(const Expr& expr, bool required) {
  Cell cell = expr.root_expr == kNone ? root(expr.root) : root(Key(filters_.text(value(expr.root_expr, required))));
  const Segment* segment = program_->segments.data() + expr.first;
  for (const Segment* const end = segment + expr.count; segment != end; ++segment) {
    cell = segment->index == kNone ? member(cell, segment->key, segment->property) : step(cell, *segment);
  }
  if (cell.is_nil() && required && options_.strict) fail_missing(expr);
  return cell;
}

Cell Renderer::member(const Cell& from, const Key& key, Property property) {
  if (from.type == Type::object) {
    if (const Cell* found = from.object->find(key)) return *found;
    if (property == Property::size) return Cell::of_int(static_cast<std::int64_t>(from.object->members.size()));
    if (property == Property::first && !from.object->members.empty()) {
      Rounds members;
      members.list = from;
      return item(members, 0);
    }
    return {};
  }
  if (from.type == Type::loop || from.type == Type::table_loop) return property_of_loop(from, key.view());
  if (property == Property::none) return {};
  if (from.type == Type::array) {
    if (property == Property::size) return Cell::of_int(from.size);
    return from.size == 0 ? Cell{} : from.items[property == Property::first ? 0 : from.size - 1];
  }
  if (from.type == Type::range) {
    if (property == Property::size) return Cell::of_int(static_cast<std::int64_t>(from.range->size()));
    return Cell::of_int(property == Property::first ? from.range->first : from.range->last);
  }
  if (from.type == Type::string && property == Property::size) {
    std::int64_t characters = 0;
    for (const char c : from.view()) characters += (c & 0xC0) != 0x80 ? 1 : 0;
    return Cell::of_int(characters);
  }
  return {};
}

Cell Renderer::step(const Cell& from, const Segment& segment) {
  const Cell index = value(segment.index, false);
  if (index.type == Type::string) return member(from, Key(index.view()), Property::none);
  if (index.type != Type::integer) return {};
  const std::int64_t size = from.type == Type::array ? from.size : 0;
  const std::int64_t at = index.integer < 0 ? index.integer + size : index.integer;
  return at >= 0 && at < size ? from.items[at] : Cell{};
}

Cell Renderer::property_of_loop(const Cell& from, std::string_view name) {
  const Loop& loop = *from.loop;
  const auto number = [](std::uint64_t n) { return Cell::of_int(static_cast<std::int64_t>(n)); };
  if (name == "index") return number(loop.index + 1);
  if (name == "index0") return number(loop.index);
  if (name == "first") return Cell::of_bool(loop.index == 0);
  if (name == "last") return Cell::of_bool(loop.index + 1 == loop.length);
  if (name == "length") return number(loop.length);
  if (name == "rindex") return number(loop.length - loop.index);
  if (name == "rindex0") return number(loop.length - loop.index - 1);
  if (from.type == Type::loop) {
    if (name == "name") return Cell::of_text(loop.name.view());
    if (name == "parentloop" && loop.parent != nullptr) {
      Cell parent = Cell::of_type(Type::loop);
      parent.loop = loop.parent;
      return parent;
    }
    return {};
  }
  const std::uint64_t column = loop.index % loop.columns;
  if (name == "col") return number(column + 1);
  if (name == "col0") return number(column);
  if (name == "col_first") return Cell::of_bool(column == 0);
  if (name == "col_last") return Cell::of_bool(column + 1 == loop.columns);
  if (name == "row") return number(loop.index / loop.columns + 1);
  return {};
}

Cell Renderer::chain(const Chain& chain) {
  const FilterCall* call = program_->filters.data() + chain.first;
  const FilterCall* const end = call + chain.count;
  Cell input = value(chain.expr, !chain.has_default);
  for (; call != end; ++call) {
    Cell arguments[8];
    for (std::uint32_t i = 0; i < call->count; ++i) arguments[i] = value(program_->indexes[call->first + i], true);
    if (call->filter == nullptr) continue;
    filters_.allow_false = call->allow_false != kNone && value(call->allow_false, true).is_true();
    at_ = call->at;
    input = call->filter->call(filters_, input, {arguments, call->count});
  }
  return input;
}

void Renderer::write(const Cell& cell, int depth) {
  switch (cell.type) {
    case Type::string:
      if (options_.autoescape && !cell.safe) {
        out_.append_escaped(cell.view());
      } else {
        out_.append(cell.view());
      }
      return;
    case Type::integer: out_.append_int(cell.integer); return;
    case Type::nil: return;
    case Type::array:
      if (depth > kDeepest) return;
      filters_.charge(cell.size);
      for (std::uint32_t i = 0; i < cell.size; ++i) write(cell.items[i], depth + 1);
      return;
    default: {
      const std::string_view text = filters_.text(cell);
      if (options_.autoescape) {
        out_.append_escaped(text);
      } else {
        out_.append(text);
      }
    }
  }
}

void Renderer::fail_missing(const Expr& expr) const {
  std::string name;
  if (expr.root_expr == kNone) name = expr.root.view();
  for (std::uint32_t i = expr.first; i < expr.first + expr.count; ++i) {
    const Segment& segment = program_->segments[i];
    name += segment.index != kNone ? "[…]" : name.empty() ? std::string(segment.key.view()) : fmt::format(".{}", segment.key.view());
  }
  fail(fmt::format("there is no '{}' in the data; correct the name, or provide for its absence with 'default' or 'if'", name), expr.at);
}

}  // namespace liquid
