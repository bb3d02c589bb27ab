// What a template uses of its data, and what it says by itself, without rendering it.
#include <algorithm>

#include "liquid/filter.h"
#include "liquid/program.h"
#include "liquid/template.h"

namespace liquid {
namespace {

using Finder = std::function<const Template*(std::string_view)>;

constexpr std::size_t kDeepestPartial = 16;

/// A name the template itself gave a value: another path of the data, or something made (`known` is false).
struct Binding {
  std::string name;
  std::string path;
  bool known = false;
};

/// Where a value comes from.
struct Source {
  std::string path;
  bool known = false;
};

class Walk {
 public:
  Walk(const Program& program, const Finder& finder, std::vector<Variable>& found)
      : program_(&program), finder_(finder), found_(found) {}

  void block(const Block& block) {
    for (std::uint32_t i = block.first; i < block.first + block.count; ++i) node(program_->nodes[i]);
  }

  std::vector<Binding> bindings;
  std::vector<std::string> guards;  ///< what conditions around the present place have asked about
  std::size_t depth = 0;

 private:
  /// A test of "offer.code" provides for the absence of the whole offer, one of "list.size" for that of its items.
  static std::string guarded_by(const std::string& path) { return path.substr(0, path.rfind('.')); }

  bool is_guarded(std::string_view path) const {
    return std::ranges::any_of(guards, [path](std::string_view guard) {
      return path.starts_with(guard) && (path.size() == guard.size() || path[guard.size()] == '.' || path[guard.size()] == '[');
    });
  }

  void node(const Node& node) {
    switch (node.kind) {
      case NodeKind::output_path: value(node.a, true); return;
      case NodeKind::output: chain(node.a); return;
      case NodeKind::assign: {
        Source source = chain(node.a);
        bind(node.text.view(), std::move(source));
        return;
      }
      case NodeKind::capture:
        block({node.a, node.b});
        bind(node.text.view(), {});
        return;
      case NodeKind::if_changed: block({node.a, node.b}); return;
      case NodeKind::increment:
      case NodeKind::decrement: bind(node.text.view(), {}); return;
      case NodeKind::condition:
      case NodeKind::choice: branches(node); return;
      case NodeKind::loop:
      case NodeKind::table: loop(program_->loops[node.a]); return;
      case NodeKind::cycle: {
        const CycleTag& tag = program_->cycles[node.a];
        if (tag.name != kNone) value(tag.name, false);
        for (std::uint32_t i = tag.first; i < tag.first + tag.count; ++i) value(program_->indexes[i], true);
        return;
      }
      case NodeKind::include:
      case NodeKind::render: partial(program_->partials[node.a], node.kind == NodeKind::render); return;
      default: return;
    }
  }

  void branches(const Node& node) {
    if (node.kind == NodeKind::choice) value(node.c, false);
    for (std::uint32_t b = node.a; b < node.a + node.b; ++b) {
      const Branch& branch = program_->branches[b];
      const std::size_t outside = guards.size();
      for (std::uint32_t i = branch.first; i < branch.first + branch.count; ++i) {
        if (node.kind == NodeKind::choice) {
          value(program_->indexes[i], false);
          continue;
        }
        const Source tested = value(program_->comparisons[i].left, false);
        if (program_->comparisons[i].right != kNone) value(program_->comparisons[i].right, false);
        if (tested.known && !branch.negate) guards.push_back(guarded_by(tested.path));
      }
      block(branch.body);
      guards.resize(outside);
    }
  }

  void loop(const LoopTag& tag) {
    Source source = value(tag.expr, true);
    for (const std::uint32_t expr : {tag.limit, tag.offset, tag.columns}) {
      if (expr != kNone) value(expr, false);
    }
    if (source.known) source.path += "[]";
    const std::size_t outside = bindings.size();
    bindings.push_back({"forloop", {}, false});
    bindings.push_back({"tablerowloop", {}, false});
    bindings.push_back({std::string(tag.variable.view()), source.path, source.known});
    block(tag.body);
    // What the body assigned stays; the loop's own names go.
    bindings.erase(bindings.begin() + static_cast<std::ptrdiff_t>(outside), bindings.begin() + static_cast<std::ptrdiff_t>(outside) + 3);
    block(tag.otherwise);
  }

  void partial(const PartialTag& tag, bool isolated) {
    value(tag.name, true);
    std::vector<Binding> given;
    for (std::uint32_t i = tag.first; i < tag.first + tag.count; ++i) {
      const Source source = value(program_->arguments[i].expr, true);
      given.push_back({std::string(program_->arguments[i].name.view()), source.path, source.known});
    }
    const Cell& name = program_->exprs[tag.name].constant;
    if (tag.with != kNone) {
      Source source = value(tag.with, true);
      if (tag.each && source.known) source.path += "[]";
      std::string_view own = tag.alias.data != nullptr ? tag.alias.view() : name.type == Type::string ? name.view() : "";
      own.remove_prefix(own.rfind('/') == std::string_view::npos ? 0 : own.rfind('/') + 1);
      given.push_back({"forloop", {}, false});
      given.push_back({std::string(own), source.path, source.known});
    }
    const Template* found = name.type == Type::string && finder_ ? finder_(name.view()) : nullptr;
    if (found == nullptr || depth == kDeepestPartial) return;
    Walk inner(found->program(), finder_, found_);
    if (!isolated) inner.bindings = bindings;
    inner.bindings.insert(inner.bindings.end(), given.begin(), given.end());
    inner.guards = guards;
    inner.depth = depth + 1;
    inner.block(found->program().body);
  }

  void bind(std::string_view name, Source source) { bindings.push_back({std::string(name), std::move(source.path), source.known}); }

  Source chain(std::uint32_t index) {
    const Chain& chain = program_->chains[index];
    Source source = value(chain.expr, !chain.has_default);
    for (std::uint32_t i = chain.first; i < chain.first + chain.count; ++i) {
      const FilterCall& call = program_->filters[i];
      for (std::uint32_t a = call.first; a < call.first + call.count; ++a) value(program_->indexes[a], true);
      const Shape shape = call.filter == nullptr ? Shape::same : call.filter->shape;
      if (shape == Shape::element && source.known) source.path += "[]";
      if (shape == Shape::other) source = {};
    }
    return source;
  }

  Source value(std::uint32_t index, bool required) {
    const Expr& expr = program_->exprs[index];
    if (expr.kind == ExprKind::constant) return {};
    if (expr.kind == ExprKind::range) {
      value(expr.first, true);
      value(expr.count, true);
      return {};
    }
    Source source;
    if (expr.root_expr != kNone) {
      value(expr.root_expr, required);
    } else {
      const std::string_view name = expr.root.view();
      const auto bound = std::ranges::find(bindings.rbegin(), bindings.rend(), name, &Binding::name);
      source = bound == bindings.rend() ? Source{std::string(name), true} : Source{bound->path, bound->known};
    }
    for (std::uint32_t i = expr.first; i < expr.first + expr.count; ++i) {
      const Segment& segment = program_->segments[i];
      if (segment.index != kNone) {
        value(segment.index, false);
        source.path += "[]";
      } else {
        source.path += '.';
        source.path += segment.key.view();
      }
    }
    if (source.known)
      found_.push_back({source.path, program_->name, program_->line(expr.at), required && !is_guarded(source.path)});
    return source;
  }

  const Program* program_;
  const Finder& finder_;
  std::vector<Variable>& found_;
};

}  // namespace

std::vector<Variable> variables(const Template& source, const Finder& partial) {
  std::vector<Variable> found;
  Walk(source.program(), partial, found).block(source.program().body);
  return found;
}

std::vector<Variable> partials_used(const Template& source) {
  const Program& program = source.program();
  std::vector<Variable> used;
  for (const PartialTag& tag : program.partials) {
    const Expr& name = program.exprs[tag.name];
    if (name.kind != ExprKind::constant || name.constant.type != Type::string) continue;
    used.push_back({std::string(name.constant.view()), program.name, program.line(name.at), true});
  }
  return used;
}

std::vector<LiteralText> literal_texts(const Template& source) {
  const Program& program = source.program();
  std::vector<std::string_view> pieces;
  for (const Node& node : program.nodes) {
    if (node.kind == NodeKind::text) pieces.push_back(node.text.view());
  }
  for (const Expr& expr : program.exprs) {
    if (expr.kind == ExprKind::constant && expr.constant.type == Type::string && expr.constant.size != 0)
      pieces.push_back(expr.constant.view());
  }
  std::ranges::sort(pieces, {}, [](std::string_view piece) { return piece.data(); });
  std::vector<LiteralText> texts;
  for (const std::string_view piece : pieces) {
    const auto at = static_cast<std::uint32_t>(piece.data() - program.text.data());
    texts.push_back({piece, program.line(at)});
  }
  return texts;
}

}  // namespace liquid
