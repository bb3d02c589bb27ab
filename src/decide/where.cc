#include "decide/where.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace decide {
namespace {

using base::Code;
using base::fail;
using base::Result;
using model::Profiles;

struct NumberField {
  std::string_view name;
  double (*get)(const Profiles&, std::size_t);
};
constexpr std::array kNumbers = {
    NumberField{"spend", [](const Profiles& p, std::size_t i) { return p.spend[i]; }},
    NumberField{"spend_12m", [](const Profiles& p, std::size_t i) { return p.spend_12m[i]; }},
    NumberField{"purchases", [](const Profiles& p, std::size_t i) { return static_cast<double>(p.purchase_days[i]); }},
    NumberField{"silent", [](const Profiles& p, std::size_t i) { return static_cast<double>(p.silent(i)); }},
    NumberField{"basket", [](const Profiles& p, std::size_t i) { return p.average_basket[i]; }},
    NumberField{"gap", [](const Profiles& p, std::size_t i) { return p.expected_gap[i]; }},
    NumberField{"return_chance", [](const Profiles& p, std::size_t i) { return p.return_chance[i]; }},
    NumberField{"value_percentile", [](const Profiles& p, std::size_t i) { return p.value_percentile[i]; }},
    NumberField{"returned_share", [](const Profiles& p, std::size_t i) { return p.returned_share[i]; }},
    NumberField{"r", [](const Profiles& p, std::size_t i) { return static_cast<double>(p.r[i]); }},
    NumberField{"f", [](const Profiles& p, std::size_t i) { return static_cast<double>(p.f[i]); }},
    NumberField{"m", [](const Profiles& p, std::size_t i) { return static_cast<double>(p.m[i]); }},
};

struct TextField {
  std::string_view name;
  std::string_view (*get)(const Profiles&, std::size_t);
};
constexpr std::array kTexts = {
    TextField{"segment", [](const Profiles& p, std::size_t i) { return model::name_of(p.segment[i]); }},
    TextField{"stage", [](const Profiles& p, std::size_t i) { return model::name_of(p.stage[i]); }},
    TextField{"country", [](const Profiles& p, std::size_t i) { return std::string_view{p.countries[p.country[i]]}; }},
    TextField{"category",
              [](const Profiles& p, std::size_t i) { return std::string_view{p.categories[p.favourite_category[i]]}; }},
    TextField{"item", [](const Profiles& p, std::size_t i) { return std::string_view{p.items[p.favourite_item[i]]}; }},
};

constexpr std::string_view kFieldList =
    "segment, stage, country, category, item, spend, spend_12m, purchases, silent, basket, gap, return_chance, "
    "value_percentile, returned_share, r, f, m";

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Condition> whole() {
    WB_ASSIGN(Condition condition, either());
    skip();
    if (at_ < text_.size()) return wrong("nothing more, 'and' or 'or'");
    return condition;
  }

 private:
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }

  std::unexpected<base::Error> wrong(std::string_view expected) const {
    return fail(Code::invalid_input, "in the segment \"{}\", at character {}: expected {}", text_, at_ + 1, expected);
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

  Result<Condition> either() {
    WB_ASSIGN(Condition left, both());
    while (take("or")) {
      WB_ASSIGN(Condition right, both());
      left = [a = std::move(left), b = std::move(right)](const Profiles& p, std::size_t i) { return a(p, i) || b(p, i); };
    }
    return left;
  }

  Result<Condition> both() {
    WB_ASSIGN(Condition left, single());
    while (take("and")) {
      WB_ASSIGN(Condition right, single());
      left = [a = std::move(left), b = std::move(right)](const Profiles& p, std::size_t i) { return a(p, i) && b(p, i); };
    }
    return left;
  }

  Result<Condition> single() {
    if (++depth_ > 100) return fail(Code::invalid_input, "the segment is nested more than 100 levels deep");
    if (take("not")) {
      WB_ASSIGN(Condition inner, single());
      --depth_;
      return Condition{[a = std::move(inner)](const Profiles& p, std::size_t i) { return !a(p, i); }};
    }
    if (take_sign('(')) {
      WB_ASSIGN(Condition inner, either());
      if (!take_sign(')')) return wrong("')'");
      --depth_;
      return inner;
    }
    --depth_;
    const std::string_view name = peek_word();
    for (const NumberField& field : kNumbers) {
      if (field.name == name) return number(field);
    }
    for (const TextField& field : kTexts) {
      if (field.name == name) return compared_text(field);
    }
    return named(name);
  }

  /// A segment's or stage's bare name.
  Result<Condition> named(std::string_view name) {
    if (name == "lapsed") {
      at_ += name.size();
      return Condition{[](const Profiles& p, std::size_t i) { return model::is_lapsed(p.stage[i]); }};
    }
    for (std::size_t s = 0; s < model::kStages; ++s) {
      const auto stage = static_cast<model::Stage>(s);
      if (model::name_of(stage) != name || name == "lost") continue;
      at_ += name.size();
      return Condition{[stage](const Profiles& p, std::size_t i) { return p.stage[i] == stage; }};
    }
    for (std::size_t s = 0; s < model::kSegments; ++s) {
      const auto segment = static_cast<model::Segment>(s);
      if (model::name_of(segment) != name) continue;
      at_ += name.size();
      return Condition{[segment](const Profiles& p, std::size_t i) { return p.segment[i] == segment; }};
    }
    return wrong(fmt::format("a segment, a stage, or one of the fields {}", kFieldList));
  }

  enum class Op { eq, ne, lt, le, gt, ge };
  std::optional<Op> op() {
    skip();
    constexpr std::array<std::pair<std::string_view, Op>, 8> signs = {{{"!=", Op::ne}, {"<>", Op::ne}, {"<=", Op::le},
                                                                       {">=", Op::ge}, {"==", Op::eq}, {"=", Op::eq},
                                                                       {"<", Op::lt}, {">", Op::gt}}};
    for (const auto& [sign, value] : signs) {
      if (text_.substr(at_).starts_with(sign)) {
        at_ += sign.size();
        return value;
      }
    }
    return std::nullopt;
  }

  Result<Condition> number(const NumberField& field) {
    at_ += field.name.size();
    const auto sign = op();
    if (!sign) return wrong("=, !=, <, <=, > or >=");
    skip();
    double value = 0;
    const auto [end, problem] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (problem != std::errc{} || !std::isfinite(value)) return wrong("a number");
    at_ = static_cast<std::size_t>(end - text_.data());
    return Condition{[get = field.get, op = *sign, value](const Profiles& p, std::size_t i) {
      const double x = get(p, i);
      switch (op) {
        case Op::eq: return x == value;
        case Op::ne: return x != value;
        case Op::lt: return x < value;
        case Op::le: return x <= value;
        case Op::gt: return x > value;
        case Op::ge: return x >= value;
      }
      return false;
    }};
  }

  Result<Condition> compared_text(const TextField& field) {
    at_ += field.name.size();
    const auto sign = op();
    if (!sign || (*sign != Op::eq && *sign != Op::ne)) return wrong("= or !=");
    skip();
    std::string value;
    if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) {
      const char quote = text_[at_];
      const std::size_t close = text_.find(quote, at_ + 1);
      if (close == std::string_view::npos) return wrong("the closing quote");
      value = text_.substr(at_ + 1, close - at_ - 1);
      at_ = close + 1;
    } else {
      value = peek_word();
      if (value.empty()) return wrong("a word or a text in quotes");
      at_ += value.size();
    }
    return Condition{[get = field.get, same = *sign == Op::eq, value](const Profiles& p, std::size_t i) {
      return (get(p, i) == value) == same;
    }};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<Condition> parse_where(std::string_view text) { return Parser{text}.whole(); }

}  // namespace decide
