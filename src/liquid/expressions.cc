#include "liquid/expressions.h"

#include <charconv>

#include "liquid/filter.h"

namespace liquid {
namespace {

constexpr std::uint32_t kMostArguments = 8;

Property property_of(std::string_view name) {
  return name == "size" ? Property::size : name == "first" ? Property::first : name == "last" ? Property::last : Property::none;
}

std::uint32_t count_of(const auto& list) { return static_cast<std::uint32_t>(list.size()); }

}  // namespace

Expr Expressions::constant(const Word& word, Cell cell) const {
  Expr expr;
  expr.at = word.at;
  expr.constant = cell;
  return expr;
}

Expr Expressions::literal(const Word& word) const {
  if (word.kind == WordKind::string) return constant(word, Cell::of_text(word.text));
  const char* const end = word.text.data() + word.text.size();
  if (word.kind == WordKind::integer) {
    std::int64_t number = 0;
    if (std::from_chars(word.text.data(), end, number).ec == std::errc()) return constant(word, Cell::of_int(number));
  }
  double number = 0;
  std::from_chars(word.text.data(), end, number);
  return constant(word, Cell::of_real(number));
}

std::uint32_t Expressions::value(Words& words) {
  if (++depth_ > options_.most_depth) words.fail("brackets are nested too deep");
  const Word word = words.peek();
  Expr expr;
  expr.at = word.at;
  switch (word.kind) {
    case WordKind::string:
    case WordKind::integer:
    case WordKind::real: expr = literal(words.take()); break;
    case WordKind::name: {
      words.take();
      const std::string_view name = word.text;
      const bool alone = !words.is(".") && !words.is("[");
      if (alone && (name == "nil" || name == "null")) {
        expr = constant(word, {});
      } else if (alone && (name == "true" || name == "false")) {
        expr = constant(word, Cell::of_bool(name == "true"));
      } else if (alone && name == "empty") {
        expr = constant(word, Cell::of_type(Type::empty));
      } else if (alone && name == "blank") {
        expr = constant(word, Cell::of_type(Type::blank));
      } else {
        expr.kind = ExprKind::path;
        expr.root = Key(name);
        path(words, expr);
      }
      break;
    }
    case WordKind::symbol:
      if (words.accept("[")) {
        expr.kind = ExprKind::path;
        expr.root_expr = value(words);
        words.expect("]");
        path(words, expr);
        break;
      }
      if (words.accept("(")) {
        expr.kind = ExprKind::range;
        expr.first = value(words);
        words.expect("..");
        expr.count = value(words);
        words.expect(")");
        break;
      }
      words.fail(fmt::format("a value is missing before '{}'", word.text));
    case WordKind::end: words.fail("a value is missing");
  }
  --depth_;
  program_.exprs.push_back(expr);
  return count_of(program_.exprs) - 1;
}

void Expressions::path(Words& words, Expr& expr) {
  std::vector<Segment> segments;
  while (true) {
    Segment segment;
    segment.at = words.peek().at;
    if (words.accept(".")) {
      if (words.peek().kind != WordKind::name) words.fail("a name is missing after '.'");
      segment.key = Key(words.peek().text);
      segment.property = property_of(words.take().text);
    } else if (words.accept("[")) {
      if (words.peek().kind == WordKind::string) {
        segment.key = Key(words.take().text);
      } else {
        segment.index = value(words);
      }
      words.expect("]");
    } else {
      break;
    }
    segments.push_back(segment);
  }
  expr.first = count_of(program_.segments);
  expr.count = count_of(segments);
  program_.segments.insert(program_.segments.end(), segments.begin(), segments.end());
}

std::uint32_t Expressions::chain(Words& words) {
  Chain chain;
  chain.expr = value(words);
  std::vector<FilterCall> filters;
  while (words.accept("|")) {
    filters.push_back(filter(words));
    chain.has_default = chain.has_default || (filters.back().filter != nullptr && filters.back().filter->name == "default");
  }
  words.expect_end();
  chain.first = count_of(program_.filters);
  chain.count = count_of(filters);
  program_.filters.insert(program_.filters.end(), filters.begin(), filters.end());
  program_.chains.push_back(chain);
  return count_of(program_.chains) - 1;
}

FilterCall Expressions::filter(Words& words) {
  if (words.peek().kind != WordKind::name) words.fail("the name of a filter is missing after '|'");
  const Word name = words.peek();
  FilterCall call;
  call.at = name.at;
  call.filter = find_filter(name.text);
  if (call.filter == nullptr && options_.unknown_filters_are_errors)
    words.fail(fmt::format("there is no filter '{}'; check how it is spelled", name.text));
  words.take();
  std::vector<std::uint32_t> arguments;
  if (words.accept(":")) {
    do {
      if (words.is_name("allow_false")) {
        words.take();
        words.expect(":");
        call.allow_false = value(words);
        continue;
      }
      arguments.push_back(value(words));
      if (words.is(":")) words.fail(fmt::format("'{}' has no argument of that name", name.text));
    } while (words.accept(","));
  }
  call.count = count_of(arguments);
  if (call.filter != nullptr) {
    const std::uint32_t least = call.filter->least_arguments, most = call.filter->most_arguments;
    if (call.count < least || call.count > most) {
      throw Failure{base::Code::invalid_input,
                    least == most ? fmt::format("'{}' takes {} argument{}, not {}", name.text, most, most == 1 ? "" : "s", call.count)
                                  : fmt::format("'{}' takes {} to {} arguments, not {}", name.text, least, most, call.count),
                    name.at};
    }
  } else if (call.count > kMostArguments) {
    words.fail("a filter takes at most 8 arguments");
  }
  call.first = count_of(program_.indexes);
  program_.indexes.insert(program_.indexes.end(), arguments.begin(), arguments.end());
  return call;
}

Comparison Expressions::comparison(Words& words) {
  Comparison comparison;
  comparison.at = words.peek().at;
  comparison.left = value(words);
  const Word word = words.peek();
  if (word.kind == WordKind::name && word.text == "contains") {
    comparison.op = Operator::contains;
  } else if (word.kind == WordKind::symbol) {
    const std::string_view s = word.text;
    comparison.op = s == "==" ? Operator::equal
                    : s == "!=" || s == "<>" ? Operator::unequal
                    : s == "<" ? Operator::less
                    : s == ">" ? Operator::greater
                    : s == "<=" ? Operator::at_most
                    : s == ">=" ? Operator::at_least
                                : Operator::truth;
    if (comparison.op == Operator::truth) words.fail(fmt::format("'{}' compares nothing", s));
  } else {
    return comparison;
  }
  words.take();
  comparison.right = value(words);
  return comparison;
}

std::pair<std::uint32_t, std::uint32_t> Expressions::condition(Words& words) {
  std::vector<Comparison> comparisons;
  while (true) {
    comparisons.push_back(comparison(words));
    if (words.accept_name("and")) {
      comparisons.back().and_next = true;
    } else if (!words.accept_name("or")) {
      break;
    }
  }
  words.expect_end();
  const std::uint32_t first = count_of(program_.comparisons);
  program_.comparisons.insert(program_.comparisons.end(), comparisons.begin(), comparisons.end());
  return {first, count_of(comparisons)};
}

Key Expressions::target(Words& words, std::string_view tag) {
  const Word word = words.peek();
  const bool digits = word.kind == WordKind::integer && word.text[0] != '-';
  if (word.kind != WordKind::name && !digits) words.fail(fmt::format("'{}' needs the name of a variable", tag));
  words.take();
  return Key(word.text);
}

}  // namespace liquid
