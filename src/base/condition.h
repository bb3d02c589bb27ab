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
};

/// A condition in the small language of segments and branches: comparisons (= != < <= > >=) joined by and, or, not and
/// parentheses; a bare name of a number field is true when it is not 0. Immutable; copies share.
///   country = 'France' and spend >= 500 and (silent > 120 or stage = lapsed_heavy)
class Condition {
 public:
  /// Always true.
  Condition() = default;

  /// Fails with the character and what may stand there. `extra` turns another bare word into a condition ("at_risk").
  static Result<Condition> parse(std::string_view text, std::span<const FactName> fields,
                                 const std::function<std::optional<Condition>(std::string_view word)>& extra = {});

  /// A comparison made by hand.
  static Condition equals(std::string_view field, std::string_view value);
  static Condition any_of(std::vector<Condition> conditions);

  /// An unknown fact makes its comparison false, whatever the sign.
  bool holds(const FactLookup& facts) const;

  /// Names of the fields it reads, each once.
  std::vector<std::string> fields() const;

  struct Node;

 private:
  explicit Condition(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  std::shared_ptr<const Node> node_;  // shared: immutable, and copied with every journey version
};

}  // namespace base
