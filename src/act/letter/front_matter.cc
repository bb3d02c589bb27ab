#include "act/letter/front_matter.h"

#include <algorithm>

namespace act::letter {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return text.substr(text.size());
  return text.substr(from, text.find_last_not_of(" \t\r") + 1 - from);
}

}  // namespace

base::Result<FrontMatter> read_front_matter(std::string_view file, std::string_view text) {
  FrontMatter front;
  std::size_t at = 0, number = 0;
  bool open = false, money = false, purpose = false;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = trimmed(text.substr(at, end - at));
    at = std::min(end + 1, text.size());
    ++number;
    if (!open) {
      if (line != "---") break;
      open = true;
      continue;
    }
    if (line == "---") {
      if (front.subject.empty())
        return base::fail(base::Code::invalid_input, "{}:{}: the letter has no subject; add a line 'subject: …'", file, number);
      front.body = text.substr(at);
      front.body_line = number + 1;
      return front;
    }
    if (line.empty()) continue;
    const std::size_t colon = line.find(':');
    const std::string_view key = line.substr(0, colon);
    const std::string_view value = colon == std::string_view::npos ? std::string_view("") : trimmed(line.substr(colon + 1));
    bool twice = false;
    if (key == "subject") {
      twice = front.subject_line != 0;
      front.subject = value;
      front.subject_line = number;
    } else if (key == "preheader") {
      twice = front.preheader_line != 0;
      front.preheader = value;
      front.preheader_line = number;
    } else if (key == "purpose") {
      twice = std::exchange(purpose, true);
      const auto parsed = model::parse_purpose(value);
      if (!parsed) {
        return base::fail(base::Code::invalid_input, "{}:{}: '{}' is no purpose; write marketing, service or transactional", file, number, value);
      }
      front.purpose = *parsed;
    } else if (key == "money") {
      twice = std::exchange(money, true);
      if (value != "yes" && value != "no") return base::fail(base::Code::invalid_input, "{}:{}: money must be yes or no", file, number);
      front.gives_money = value == "yes";
    } else if (key == "survey") {
      twice = !front.survey.empty();
      if (value.empty()) return base::fail(base::Code::invalid_input, "{}:{}: survey must name one, such as why-left", file, number);
      front.survey = value;
    } else {
      return base::fail(base::Code::invalid_input, "{}:{}: '{}' is not known here; a letter has subject, preheader, purpose, money and survey", file,
                        number, key);
    }
    if (twice) return base::fail(base::Code::invalid_input, "{}:{}: '{}' stands twice; remove one", file, number, key);
  }
  return base::fail(base::Code::invalid_input, "{}:{}: {}", file, std::max<std::size_t>(number, 1),
                    open ? "the lines on top are not closed; end them with a line '---'"
                         : "a letter begins with a line '---', its subject, and another line '---'");
}

}  // namespace act::letter
