#include "liquid/parser.h"

#include <algorithm>
#include <array>

namespace liquid {
namespace {

std::uint32_t count_of(const auto& list) { return static_cast<std::uint32_t>(list.size()); }

bool all_space(std::string_view text) { return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos; }

Node node_at(NodeKind kind, const Token& token) {
  Node node;
  node.kind = kind;
  node.at = token.at;
  return node;
}

}  // namespace

void Parser::parse() {
  Stream stream{tokens_of(program_.text)};
  program_.body = block(stream, {}, {}).block;
}

Parser::Parsed Parser::block(Stream& stream, std::span<const std::string_view> ends, const Token& opened) {
  if (++depth_ > options_.most_depth)
    throw Failure{base::Code::exhausted, fmt::format("blocks are nested deeper than {}", options_.most_depth), opened.at};
  std::vector<Node> nodes;
  bool blank = true;
  while (stream.next < stream.tokens.size()) {
    const Token token = stream.tokens[stream.next++];
    switch (token.kind) {
      case TokenKind::text: {
        Node node = node_at(NodeKind::text, token);
        node.text.data = token.text.data();
        node.text.size = count_of(token.text);
        program_.text_bytes += token.text.size();
        nodes.push_back(node);
        blank = blank && all_space(token.text);
        break;
      }
      case TokenKind::output: blank = output(token, token.text, nodes) && blank; break;
      case TokenKind::tag:
        if (std::ranges::find(ends, token.name) != ends.end()) {
          end_ = token;
          --depth_;
          return {store(std::move(nodes)), blank};
        }
        blank = tag(stream, token, nodes) && blank;
        break;
    }
  }
  if (!ends.empty()) {
    throw Failure{base::Code::invalid_input,
                  fmt::format("this '{}' is not closed; end it with '{{% {} %}}'", opened.name, ends.back()), opened.at};
  }
  --depth_;
  return {store(std::move(nodes)), blank};
}

Block Parser::store(std::vector<Node>&& nodes) {
  const Block block{count_of(program_.nodes), count_of(nodes)};
  program_.nodes.insert(program_.nodes.end(), nodes.begin(), nodes.end());
  return block;
}

/// Takes the white space out of a block that shows nothing.
void Parser::strip(Block& block) {
  const auto first = program_.nodes.begin() + block.first;
  const auto last = std::remove_if(first, first + block.count, [](const Node& n) { return n.kind == NodeKind::text; });
  block.count = static_cast<std::uint32_t>(last - first);
}

bool Parser::tag(Stream& stream, const Token& token, std::vector<Node>& nodes) {
  const std::string_view name = token.name;
  if (name == "if" || name == "unless") return condition(stream, token, nodes);
  if (name == "for" || name == "tablerow") return loop(stream, token, nodes);
  if (name == "assign") return assign(token, nodes);
  if (name == "echo") return output(token, token.text, nodes);
  if (name == "render" || name == "include") return partial(token, nodes);
  if (name == "capture") return capture(stream, token, nodes);
  if (name == "case") return choice(stream, token, nodes);
  if (name == "liquid") return lines(token, nodes);
  if (name == "cycle") return cycle(token, nodes);
  if (name == "increment" || name == "decrement") return counter(token, nodes);
  if (name == "ifchanged") return if_changed(stream, token, nodes);
  if (name == "break" || name == "continue") {
    Words rest = words(token);
    rest.expect_end();
    nodes.push_back(node_at(name == "break" ? NodeKind::break_loop : NodeKind::continue_loop, token));
    return false;
  }
  if (name == "#") return true;
  if (name == "comment") {
    comment(stream, token);
    return true;
  }
  unknown(token);
}

void Parser::unknown(const Token& token) {
  const std::string_view name = token.name;
  if (name.empty()) throw Failure{base::Code::invalid_input, "the name of a tag is missing after '{%'", token.at};
  constexpr std::string_view kInner[] = {"else", "elsif", "when"};
  if (name.starts_with("end") || std::ranges::find(kInner, name) != std::end(kInner)) {
    throw Failure{base::Code::invalid_input,
                  fmt::format("'{}' has nothing to belong to here; remove it or open its block before it", name), token.at};
  }
  throw Failure{base::Code::invalid_input, fmt::format("there is no tag '{}'; check how it is spelled", name), token.at};
}

bool Parser::output(const Token& token, std::string_view markup, std::vector<Node>& nodes) {
  Words rest(program_.text, markup);
  if (rest.at_end()) return false;  // "{{ }}" shows nothing
  Node node = node_at(NodeKind::output, token);
  node.a = expressions_.chain(rest);
  const Chain& chain = program_.chains[node.a];
  if (chain.count == 0 && program_.exprs[chain.expr].kind == ExprKind::path) {
    node.kind = NodeKind::output_path;
    node.a = chain.expr;
  }
  nodes.push_back(node);
  return false;
}

bool Parser::assign(const Token& token, std::vector<Node>& nodes) {
  Words rest = words(token);
  Node node = node_at(NodeKind::assign, token);
  node.text = expressions_.target(rest, "assign");
  rest.expect("=");
  node.a = expressions_.chain(rest);
  nodes.push_back(node);
  return true;
}

bool Parser::capture(Stream& stream, const Token& token, std::vector<Node>& nodes) {
  Words rest = words(token);
  Node node = node_at(NodeKind::capture, token);
  if (rest.peek().kind == WordKind::string) {
    node.text = Key(rest.take().text);
  } else {
    node.text = expressions_.target(rest, "capture");
  }
  rest.expect_end();
  const Block body = block(stream, std::array<std::string_view, 1>{"endcapture"}, token).block;
  node.a = body.first;
  node.b = body.count;
  nodes.push_back(node);
  return true;
}

bool Parser::condition(Stream& stream, const Token& token, std::vector<Node>& nodes) {
  const bool unless = token.name == "unless";
  const std::array<std::string_view, 3> ends{"elsif", "else", unless ? "endunless" : "endif"};
  std::vector<Branch> branches;
  Token head = token;
  bool blank = true, done = false;
  while (true) {
    Branch branch;
    if (head.name == "else") {
      branch.otherwise = true;
    } else {
      Words rest = words(head);
      std::tie(branch.first, branch.count) = expressions_.condition(rest);
      branch.negate = unless && branches.empty();
    }
    const Parsed parsed = block(stream, ends, token);
    branch.body = parsed.block;
    blank = blank && parsed.blank;
    if (!done) branches.push_back(branch);
    done = done || branch.otherwise;  // what follows an else is never reached
    if (end_.name == ends[2]) break;
    head = end_;
  }
  if (blank) {
    for (Branch& branch : branches) strip(branch.body);
  }
  Node node = node_at(NodeKind::condition, token);
  node.a = count_of(program_.branches);
  node.b = count_of(branches);
  program_.branches.insert(program_.branches.end(), branches.begin(), branches.end());
  nodes.push_back(node);
  return blank;
}

bool Parser::choice(Stream& stream, const Token& token, std::vector<Node>& nodes) {
  const std::array<std::string_view, 3> ends{"when", "else", "endcase"};
  Node node = node_at(NodeKind::choice, token);
  Words subject = words(token);
  node.c = expressions_.value(subject);
  subject.expect_end();
  block(stream, ends, token);  // before the first "when" nothing is shown
  std::vector<Branch> branches;
  bool blank = true;
  while (end_.name != "endcase") {
    Branch branch;
    std::vector<std::uint32_t> values;
    if (end_.name == "else") {
      branch.otherwise = true;
    } else {
      Words rest = words(end_);
      do values.push_back(expressions_.value(rest));
      while (rest.accept(",") || rest.accept_name("or"));
    }
    branch.first = count_of(program_.indexes);
    branch.count = count_of(values);
    program_.indexes.insert(program_.indexes.end(), values.begin(), values.end());
    const Parsed parsed = block(stream, ends, token);
    branch.body = parsed.block;
    blank = blank && parsed.blank;
    branches.push_back(branch);
  }
  if (blank) {
    for (Branch& branch : branches) strip(branch.body);
  }
  node.a = count_of(program_.branches);
  node.b = count_of(branches);
  program_.branches.insert(program_.branches.end(), branches.begin(), branches.end());
  nodes.push_back(node);
  return blank;
}

bool Parser::loop(Stream& stream, const Token& token, std::vector<Node>& nodes) {
  const bool table = token.name == "tablerow";
  Words rest = words(token);
  LoopTag tag;
  tag.variable = expressions_.target(rest, token.name);
  if (!rest.accept_name("in")) rest.fail(fmt::format("'in' is missing: {} item in list", token.name));
  const std::string_view from = rest.rest();
  tag.expr = expressions_.value(rest);
  std::string_view collection = from.substr(0, from.size() - rest.rest().size());
  collection = collection.substr(0, collection.find_last_not_of(" \t\r\n\f\v") + 1);
  tag.name = Key(program_.names.emplace_back(fmt::format("{}-{}", tag.variable.view(), collection)));
  while (!rest.at_end()) {
    if (rest.accept(",")) continue;
    if (rest.accept_name("reversed")) {
      tag.reversed = true;
      continue;
    }
    const Word word = rest.peek();
    std::uint32_t* place = word.text == "limit" ? &tag.limit : word.text == "offset" ? &tag.offset
                           : table && word.text == "cols" ? &tag.columns : nullptr;
    if (word.kind != WordKind::name || place == nullptr) rest.fail(fmt::format("'{}' cannot stand here", word.text));
    rest.take();
    rest.expect(":");
    if (word.text == "offset" && rest.is_name("continue")) {
      rest.take();
      tag.offset_continue = true;
    } else {
      *place = expressions_.value(rest);
    }
  }
  bool blank = !table;
  if (table) {
    tag.body = block(stream, std::array<std::string_view, 1>{"endtablerow"}, token).block;
  } else {
    const Parsed body = block(stream, std::array<std::string_view, 2>{"else", "endfor"}, token);
    tag.body = body.block;
    blank = body.blank;
    if (end_.name == "else") {
      const Parsed otherwise = block(stream, std::array<std::string_view, 1>{"endfor"}, token);
      tag.otherwise = otherwise.block;
      blank = blank && otherwise.blank;
    }
  }
  if (blank) {
    strip(tag.body);
    strip(tag.otherwise);
  }
  Node node = node_at(table ? NodeKind::table : NodeKind::loop, token);
  node.a = count_of(program_.loops);
  program_.loops.push_back(tag);
  nodes.push_back(node);
  return blank;
}

bool Parser::partial(const Token& token, std::vector<Node>& nodes) {
  const bool render = token.name == "render";
  Words rest = words(token);
  if (render && rest.peek().kind != WordKind::string) rest.fail("'render' needs the name of a partial in quotes");
  PartialTag tag;
  tag.name = expressions_.value(rest);
  if (rest.is_name("with") || rest.is_name("for")) {
    tag.each = rest.take().text == "for";
    tag.with = expressions_.value(rest);
    if (rest.accept_name("as")) tag.alias = expressions_.target(rest, token.name);
  }
  std::vector<NamedArgument> arguments;
  while (!rest.at_end()) {
    if (rest.accept(",")) continue;
    NamedArgument argument;
    argument.name = expressions_.target(rest, token.name);
    rest.expect(":");
    argument.expr = expressions_.value(rest);
    arguments.push_back(argument);
  }
  tag.first = count_of(program_.arguments);
  tag.count = count_of(arguments);
  program_.arguments.insert(program_.arguments.end(), arguments.begin(), arguments.end());
  Node node = node_at(render ? NodeKind::render : NodeKind::include, token);
  node.a = count_of(program_.partials);
  program_.partials.push_back(tag);
  nodes.push_back(node);
  return false;
}

bool Parser::cycle(const Token& token, std::vector<Node>& nodes) {
  Words rest = words(token);
  CycleTag tag;
  tag.items = Key(rest.rest());
  std::vector<std::uint32_t> items{expressions_.value(rest)};
  if (rest.accept(":")) {
    tag.name = items[0];
    items = {expressions_.value(rest)};
  }
  while (rest.accept(",")) items.push_back(expressions_.value(rest));
  rest.expect_end();
  tag.first = count_of(program_.indexes);
  tag.count = count_of(items);
  program_.indexes.insert(program_.indexes.end(), items.begin(), items.end());
  Node node = node_at(NodeKind::cycle, token);
  node.a = count_of(program_.cycles);
  program_.cycles.push_back(tag);
  nodes.push_back(node);
  return false;
}

bool Parser::counter(const Token& token, std::vector<Node>& nodes) {
  Words rest = words(token);
  Node node = node_at(token.name == "increment" ? NodeKind::increment : NodeKind::decrement, token);
  node.text = expressions_.target(rest, token.name);
  rest.expect_end();
  nodes.push_back(node);
  return false;
}

bool Parser::if_changed(Stream& stream, const Token& token, std::vector<Node>& nodes) {
  words(token).expect_end();
  Parsed parsed = block(stream, std::array<std::string_view, 1>{"endifchanged"}, token);
  if (parsed.blank) strip(parsed.block);
  Node node = node_at(NodeKind::if_changed, token);
  node.a = parsed.block.first;
  node.b = parsed.block.count;
  nodes.push_back(node);
  return parsed.blank;
}

/// The tags of a `liquid` tag become part of the block it stands in.
bool Parser::lines(const Token& token, std::vector<Node>& nodes) {
  Stream stream{line_tokens_of(program_.text, token.text)};
  const Parsed parsed = block(stream, {}, token);
  // They were stored already; as the last ones stored by this block they can be taken back.
  const auto first = program_.nodes.begin() + parsed.block.first;
  nodes.insert(nodes.end(), first, first + parsed.block.count);
  program_.nodes.erase(first, first + parsed.block.count);
  return parsed.blank;
}

void Parser::comment(Stream& stream, const Token& token) {
  std::size_t depth = 1;
  while (stream.next < stream.tokens.size()) {
    const Token& inner = stream.tokens[stream.next++];
    if (inner.kind != TokenKind::tag) continue;
    if (inner.name == "comment") ++depth;
    if (inner.name == "endcomment" && --depth == 0) return;
  }
  throw Failure{base::Code::invalid_input, "this 'comment' is not closed; end it with '{% endcomment %}'", token.at};
}

}  // namespace liquid
