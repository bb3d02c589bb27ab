#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

/// JSON that somebody else wrote, for reading. What is missing, or of another kind than asked for, reads as empty: nothing here
/// fails or throws. A value; copies share one immutable tree. Any thread.
class Json {
 public:
  /// Null.
  Json() = default;

  /// Nothing when the text is not JSON (RFC 8259, UTF-8).
  static std::optional<Json> parse(std::string_view text);

  bool is_object() const;
  bool is_array() const;
  bool has(std::string_view field) const;

  /// The member of an object; null when there is none.
  Json at(std::string_view field) const;

  /// A member as text: a string as it is, a number or true and false as JSON writes them; empty for the rest.
  std::string text(std::string_view field) const;

  /// This value itself as text, by the same rule.
  std::string text() const;

  /// The elements of an array; none of anything else.
  std::vector<Json> items() const;

 private:
  std::shared_ptr<const void> tree_;  // shared: the whole document, kept alive by every part of it
  const void* node_ = nullptr;
};

/// The text as a JSON string with its quotation marks; bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace base
