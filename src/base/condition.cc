#include "base/condition.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace base {
namespace {

using Node = Condition::Node;
using Kind = Node::Kind;
using Sign = Node::Sign;

constexpr int kDeepest = 100;
constexpr int kMostComparisons = 1000;

class Parser {
 public:
  using Extra = std::function<std::optional<Condition>(std::string_view word)>;
  using Make = std::function<Condition(Node)>;

  Parser(std::string_view text, std::span<const FactName> fields, const Extra& extra, const Make& make)
      : text_(text), fields_(fields), extra_(extra), make_(make) {}

  Result<Condition> whole() {
    WB_ASSIGN(Condition condition, either());
    skip();
    if (at_ < text_.size()) return wrong("nothing more, 'and' or 'or'");
    return condition;
  }

 private:
  std::unexpected<Error> wrong(std::string_view expected) const {
    return fail(Code::invalid_input, "in the condition \"{}\", at character {}: expected {}", text_, at_ + 1, expected);
  }

  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }

  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  }

  std::string_view peek_word() {
    skip();
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  bool take(std::string_view word) {
    if (peek_word() != word) return false;
    at_ += word.size();
    return true;
  }

  bool take_sign(char sign) {
    skip();
    if (at_ >= text_.size() || text_[at_] != sign) return false;
    ++at_;
    return true;
  }

  Result<Condition> joined(Kind kind, std::string_view word, Result<Condition> (Parser::*part)()) {
    WB_ASSIGN(Condition first, (this->*part)());
    std::vector<Condition> parts{std::move(first)};
    while (take(word)) {
      WB_ASSIGN(Condition next, (this->*part)());
      parts.push_back(std::move(next));
    }
    if (parts.size() == 1) return std::move(parts.front());
    Node node;
    node.kind = kind;
    node.parts = std::move(parts);
    return make_(std::move(node));
  }

  Result<Condition> either() { return joined(Kind::any, "or", &Parser::both); }
  Result<Condition> both() { return joined(Kind::all, "and", &Parser::single); }

  Result<Condition> single() {
    if (++depth_ > kDeepest) return fail(Code::invalid_input, "the condition is nested more than {} levels deep", kDeepest);
    if (take("not")) {
      WB_ASSIGN(Condition inner, single());
      --depth_;
      Node node;
      node.kind = Kind::negation;
      node.parts.push_back(std::move(inner));
      return make_(std::move(node));
    }
    if (take_sign('(')) {
      WB_ASSIGN(Condition inner, either());
      if (!take_sign(')')) return wrong("')'");
      --depth_;
      return inner;
    }
    --depth_;
    return comparison();
  }

  Result<Condition> comparison() {
    if (++comparisons_ > kMostComparisons) {
      return fail(Code::invalid_input, "the condition has more than {} comparisons", kMostComparisons);
    }
    const std::string_view name = peek_word();
    const auto field = std::ranges::find(fields_, name, &FactName::name);
    if (field != fields_.end() && !name.empty()) {
      at_ += name.size();
      return field->is_text ? text_field(*field) : number_field(*field);
    }
    if (extra_ && !name.empty()) {
      if (std::optional<Condition> known = extra_(name); known) {
        at_ += name.size();
        return std::move(*known);
      }
    }
    std::string names;
    for (const FactName& known : fields_) names += fmt::format("{}{}", names.empty() ? "" : ", ", known.name);
    return wrong(fmt::format("{}one of the fields {}", extra_ ? "the name of a segment or stage, or " : "", names));
  }

  std::optional<Sign> sign() {
    skip();
    constexpr std::array<std::pair<std::string_view, Sign>, 8> kSigns = {{{"!=", Sign::ne}, {"<>", Sign::ne}, {"<=", Sign::le},
                                                                          {">=", Sign::ge}, {"==", Sign::eq}, {"=", Sign::eq},
                                                                          {"<", Sign::lt}, {">", Sign::gt}}};
    for (const auto& [written, value] : kSigns) {
      if (text_.substr(at_).starts_with(written)) {
        at_ += written.size();
        return value;
      }
    }
    return std::nullopt;
  }

  Result<Condition> number_field(const FactName& field) {
    Node node;
    node.kind = Kind::number;
    node.field = field.name;
    const auto written = sign();
    if (!written && field.is_flag) {
      node.sign = Sign::ne;
      return make_(std::move(node));
    }
    if (!written) return wrong("=, !=, <, <=, > or >=");
    node.sign = *written;
    skip();
    const auto [end, problem] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), node.number);
    if (problem != std::errc{} || !std::isfinite(node.number)) return wrong("a number");
    at_ = static_cast<std::size_t>(end - text_.data());
    return make_(std::move(node));
  }

  Result<Condition> text_field(const FactName& field) {
    Node node;
    node.kind = Kind::text;
    node.field = field.name;
    const auto written = sign();
    if (!written || (*written != Sign::eq && *written != Sign::ne)) return wrong("= or !=");
    node.sign = *written;
    skip();
    if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) {
      const std::size_t close = text_.find(text_[at_], at_ + 1);
      if (close == std::string_view::npos) return wrong("the closing quote");
      node.text = text_.substr(at_ + 1, close - at_ - 1);
      at_ = close + 1;
    } else {
      node.text = peek_word();
      if (node.text.empty()) return wrong("a word or a text in quotes");
      at_ += node.text.size();
    }
    return make_(std::move(node));
  }

  std::string_view text_;
  std::span<const FactName> fields_;
  const Extra& extra_;
  const Make& make_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int comparisons_ = 0;
};

bool node_holds(const Node& node, const FactLookup& facts) {
  switch (node.kind) {
    case Kind::all: return std::ranges::all_of(node.parts, [&](const Condition& part) { return part.holds(facts); });
    case Kind::any: return std::ranges::any_of(node.parts, [&](const Condition& part) { return part.holds(facts); });
    case Kind::negation: return !node.parts.front().holds(facts);
    case Kind::number: {
      const Fact fact = facts(node.field);
      const double* number = std::get_if<double>(&fact);
      return number != nullptr && !std::isnan(*number) && Node::compare(*number, node.sign, node.number);
    }
    case Kind::text: {
      const Fact fact = facts(node.field);
      const std::string_view* text = std::get_if<std::string_view>(&fact);
      return text != nullptr && (*text == node.text) == (node.sign == Sign::eq);
    }
  }
  return false;
}

void collect_fields(const Node* node, std::vector<std::string>& names) {
  if (node == nullptr) return;
  if (!node->field.empty() && std::ranges::find(names, node->field) == names.end()) names.push_back(node->field);
  for (const Condition& part : node->parts) collect_fields(part.root(), names);
}

}  // namespace

bool Condition::Node::compare(double left, Sign sign, double right) {
  switch (sign) {
    case Sign::eq: return left == right;
    case Sign::ne: return left != right;
    case Sign::lt: return left < right;
    case Sign::le: return left <= right;
    case Sign::gt: return left > right;
    case Sign::ge: return left >= right;
  }
  return false;
}

Result<Condition> Condition::parse(std::string_view text, std::span<const FactName> fields,
                                   const std::function<std::optional<Condition>(std::string_view word)>& extra) {
  const Parser::Make make = [](Node node) { return Condition{std::make_shared<const Node>(std::move(node))}; };
  return Parser{text, fields, extra, make}.whole();
}

Condition Condition::equals(std::string_view field, std::string_view value) {
  Node node;
  node.kind = Kind::text;
  node.field = field;
  node.text = value;
  return Condition{std::make_shared<const Node>(std::move(node))};
}

Condition Condition::any_of(std::vector<Condition> conditions) {
  Node node;
  node.kind = Kind::any;
  node.parts = std::move(conditions);
  return Condition{std::make_shared<const Node>(std::move(node))};
}

bool Condition::holds(const FactLookup& facts) const { return node_ == nullptr || node_holds(*node_, facts); }

std::vector<std::string> Condition::fields() const {
  std::vector<std::string> names;
  collect_fields(node_.get(), names);
  return names;
}

}  // namespace base
