#include "base/log.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>

#include "base/charset.h"
#include "base/time.h"

namespace base {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warning", "error"};

std::atomic<bool> as_json = false;
std::atomic<Level> lowest = Level::info;

void put_text(std::string& line, std::string_view text) {
  line += '"';
  const bool readable = is_utf8(text);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      constexpr char kDigits[] = "0123456789abcdef";
      line += "\\u00";
      line += kDigits[byte >> 4];
      line += kDigits[byte & 15];
    } else {
      line += byte < 0x80 || readable ? c : '?';
    }
  }
  line += '"';
}

bool parts_words(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '<' || c == '>' || c == ',' || c == ';' || c == '(' || c == ')' || c == '"'; }

/// "+44 117 496 0000" and "13800138000": ten digits and more with nothing but separators between.
bool is_phone(std::string_view word) {
  std::size_t digits = 0;
  for (const char c : word) {
    if (c >= '0' && c <= '9') ++digits;
    else if (c != '+' && c != '-' && c != '.') return false;
  }
  return digits >= 10 || (word.starts_with('+') && digits >= 6);
}

}  // namespace

std::string_view name_of(Level level) { return kNames[static_cast<std::size_t>(level)]; }

std::optional<Level> parse_level(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Level>(i);
  }
  return std::nullopt;
}

std::string without_names(std::string_view message) {
  std::string text;
  for (std::size_t at = 0; at < message.size();) {
    if (message[at] == '\'') {  // a quoted value; an apostrophe within a word is none
      const bool opens = at == 0 || parts_words(message[at - 1]);
      const std::size_t end = message.find('\'', at + 1);
      if (opens && end != std::string_view::npos) {
        text += "'…'";
        at = end + 1;
        continue;
      }
    }
    if (parts_words(message[at]) || message[at] == '\'') {
      text += message[at++];
      continue;
    }
    std::size_t end = at;
    while (end < message.size() && !parts_words(message[end])) ++end;
    const std::string_view word = message.substr(at, end - at);
    if (word.find('@') != std::string_view::npos) text += "[address]";
    else if (is_phone(word)) text += "[number]";
    else text += word;
    at = end;
  }
  return text;
}

std::string log_line(bool json, std::string_view at, Level level, std::string_view event, std::string_view message, std::initializer_list<LogField> fields) {
  const std::string clean = without_names(message);
  std::string line;
  if (!json) {
    line = "winback: ";
    for (const char c : clean) line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;  // one line, whoever sent what it quotes
    for (const LogField& field : fields) {
      line += ' ';
      line += field.name;
      line += '=';
      for (const char c : without_names(field.value)) line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return line;
  }
  line = "{\"at\":";
  put_text(line, at);
  line += ",\"level\":";
  put_text(line, name_of(level));
  line += ",\"event\":";
  put_text(line, event);
  line += ",\"message\":";
  put_text(line, clean);
  for (const LogField& field : fields) {
    line += ',';
    put_text(line, field.name);
    line += ':';
    if (field.is_number) line += field.value;
    else put_text(line, without_names(field.value));
  }
  return line + "}";
}

void set_log(bool json, Level from) {
  as_json = json;
  lowest = from;
}

bool logs(Level level) { return level >= lowest; }

void log(Level level, std::string_view event, std::string_view message, std::initializer_list<LogField> fields) {
  if (!logs(level)) return;
  const Instant now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::string line = log_line(as_json, to_string(now), level, event, message, fields);
  line += '\n';
  std::fputs(line.c_str(), stderr);  // one call: lines of several threads do not mix
}

}  // namespace base
