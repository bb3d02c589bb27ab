#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace base {

enum class Level : std::uint8_t { debug, info, warning, error };
std::string_view name_of(Level level);
std::optional<Level> parse_level(std::string_view name);

/// A fact beside the sentence: a name in snake_case and its value. Never ids of customers, addresses, names or query strings.
struct LogField {
  LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
  LogField(std::string_view field, std::int64_t number) : name(field), value(std::to_string(number)), is_number(true) {}
  std::string_view name;
  std::string value;
  bool is_number = false;
};

/// One line on stderr: "winback: SENTENCE", or as JSON {"at", "level", "event", "message", fields…}. What looks like an e-mail address,
/// a phone number or a quoted value in the sentence is left out, as errors may quote what was sent to us. Any thread may call; a
/// line is written whole.
void log(Level level, std::string_view event, std::string_view message, std::initializer_list<LogField> fields = {});

/// How lines look from now on, and from which level. Before it is called: plain, info.
void set_log(bool json, Level from);
bool logs(Level level);  ///< whether a line of that level is written

/// The line itself, without its end.
std::string log_line(bool json, std::string_view at, Level level, std::string_view event, std::string_view message, std::initializer_list<LogField> fields);

/// The sentence without what may name a person.
std::string without_names(std::string_view message);

}  // namespace base
