#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace base {

/// What a field of a condition is worth for the one it is asked of: a number, a text, or not known.
using Fact = std::variant<std::monostate, double, std::string_view>;

/// A field's name to its value; called once for each comparison reached.
using FactLookup = std::function<Fact(std::string_view name)>;

/// One field a condition may name.
struct FactName {
  std::string_view name;
  bool is_text = false;
  bool is_flag = false;  ///< a number whose bare name is a condition: true when it is not 0
};

/// A condition in the small language of segments and branches: comparisons (= != < <= > >=) joined by and, or, not and
/// parentheses; the bare name of a flag is true when it is not 0. Immutable; copies share.
///   country = 'France' and spend >= 500 and (silent > 120 or stage = lapsed_heavy)
class Condition {
 public:
  /// Its parts, for those who compile it for many rows.
  struct Node;

  /// Always true.
  Condition() = default;

  /// Fails with the character and what may stand there. `extra` turns another bare word into a condition ("at_risk").
  /// Texts of up to 100 levels of nesting and 1,000 comparisons.
  static Result<Condition> parse(std::string_view text, std::span<const FactName> fields,
                                 const std::function<std::optional<Condition>(std::string_view word)>& extra = {});

  /// A comparison made by hand.
  static Condition equals(std::string_view field, std::string_view value);
  static Condition any_of(std::vector<Condition> conditions);

  /// An unknown fact makes its comparison false, whatever the sign.
  bool holds(const FactLookup& facts) const;

  /// Names of the fields it reads, each once.
  std::vector<std::string> fields() const;

  /// nullptr: always true.
  const Node* root() const { return node_.get(); }

 private:
  explicit Condition(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  std::shared_ptr<const Node> node_;  // shared: immutable, and copied with every journey version
};

/// One part of a condition: a comparison of a field with a number or a text, or parts joined.
struct Condition::Node {
  enum class Kind : std::uint8_t { all, any, negation, number, text };
  enum class Sign : std::uint8_t { eq, ne, lt, le, gt, ge };

  Kind kind = Kind::all;
  Sign sign = Sign::eq;          ///< of number and text (there eq and ne only)
  std::string field;             ///< of number and text
  double number = 0;
  std::string text;
  std::vector<Condition> parts;  ///< of all, any and negation (one)

  /// Whether `left` compares so with the number.
  static bool compare(double left, Sign sign, double right);
};

}  // namespace base
