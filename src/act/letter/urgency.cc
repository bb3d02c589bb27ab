#include "act/letter/urgency.h"

#include <algorithm>
#include <array>

#include "gen/files.h"

namespace act::letter {
namespace {

constexpr std::string_view kNumber = "<n>";

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::vector<std::string_view> read_phrases() {
  std::vector<std::string_view> phrases;
  std::string_view text = gen::file_text("presets/urgency.txt");
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line[0] != '#' && line[0] != '[') phrases.push_back(line);
  }
  return phrases;
}

/// The text in lower case, without tags, white space single; `lines` holds the line of each byte.
struct Plain {
  std::string text;
  std::vector<std::size_t> lines;
};

Plain plain_of(std::string_view html, std::size_t line) {
  Plain plain;
  bool tag = false;
  for (std::size_t at = 0; at < html.size(); ++at) {
    char c = html[at];
    if (c == '<' && at + 1 < html.size() && (html[at + 1] == '/' || html[at + 1] == '!' || is_word(static_cast<char>(html[at + 1] | 32)))) tag = true;
    if (!tag) {
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r') c = ' ';
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
      // Full-width digits as plain ones: U+FF10 is EF BC 90.
      if (html.substr(at).starts_with("\xEF\xBC") && at + 2 < html.size() && static_cast<unsigned char>(html[at + 2]) >= 0x90 &&
          static_cast<unsigned char>(html[at + 2]) <= 0x99) {
        c = static_cast<char>('0' + (static_cast<unsigned char>(html[at + 2]) - 0x90));
        at += 2;
      }
      if (html.substr(at).starts_with("\xE2\x80\x99")) {  // ’
        c = '\'';
        at += 2;
      }
      if (c != ' ' || (!plain.text.empty() && plain.text.back() != ' ')) {
        plain.text += c;
        plain.lines.push_back(line);
      }
    }
    if (html[at] == '>') tag = false;
    if (html[at] == '\n') ++line;
  }
  return plain;
}

/// The length of a number that stands at the front; 0 when there is none.
std::size_t number_length(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && ((text[at] >= '0' && text[at] <= '9') || (at > 0 && (text[at] == '.' || text[at] == ',')))) ++at;
  if (at > 0) return at;
  constexpr std::array<std::string_view, 17> kCharacters{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "百", "两", "兩", "几", "幾", "半", "数"};
  for (bool more = true; more;) {
    more = std::ranges::any_of(kCharacters, [&](std::string_view c) {
      if (!text.substr(at).starts_with(c)) return false;
      at += c.size();
      return true;
    });
  }
  if (at > 0) return at;
  constexpr std::array<std::string_view, 16> kWords{"forty-eight", "twenty-four", "seventy-two", "thirteen", "eleven", "twelve", "three", "seven",
                                                    "eight", "four", "five", "nine", "one", "two", "six", "ten"};
  for (const std::string_view word : kWords) {
    if (text.starts_with(word)) return word.size();
  }
  return 0;
}

/// The length of the phrase where it stands at the front of the text; 0 when it does not.
std::size_t match_length(std::string_view text, std::string_view phrase) {
  std::size_t at = 0;
  while (!phrase.empty()) {
    if (phrase.starts_with(kNumber)) {
      if (at > 0 && text.substr(at).starts_with(' ')) ++at;
      const std::size_t digits = number_length(text.substr(at));
      if (digits == 0) return 0;
      at += digits;
      phrase.remove_prefix(kNumber.size());
      continue;
    }
    const std::string_view literal = phrase.substr(0, phrase.find(kNumber));
    std::string_view wanted = literal;
    if (at > 0 && literal.size() > 1 && literal[0] == ' ' && !text.substr(at).starts_with(' ') && !is_word(literal[1])) wanted.remove_prefix(1);
    if (!text.substr(at).starts_with(wanted)) return 0;
    at += wanted.size();
    phrase.remove_prefix(literal.size());
  }
  return at;
}

}  // namespace

std::vector<Urgency> find_urgency(std::string_view text, std::size_t first_line) {
  static const std::vector<std::string_view> phrases = read_phrases();
  const Plain plain = plain_of(text, first_line);
  const std::string_view all = plain.text;
  std::vector<Urgency> found;
  for (std::size_t at = 0; at < all.size(); ++at) {
    const bool begins_word = at == 0 || !is_word(all[at - 1]);
    if (is_word(all[at]) && !begins_word) continue;
    std::size_t longest = 0;
    for (const std::string_view phrase : phrases) {
      const std::size_t length = match_length(all.substr(at), phrase);
      const bool whole = length == 0 || !is_word(all[at + length - 1]) || at + length == all.size() || !is_word(all[at + length]);
      if (whole) longest = std::max(longest, length);
    }
    if (longest == 0) continue;
    found.push_back({std::string(all.substr(at, longest)), plain.lines[at]});
    at += longest - 1;
  }
  return found;
}

}  // namespace act::letter
