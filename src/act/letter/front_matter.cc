#include "act/letter/front_matter.h"

#include <algorithm>

namespace act::letter {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return text.substr(text.size());
  return text.substr(from, text.find_last_not_of(" \t\r") + 1 - from);
}

/// "SMS_1 | name = {{ customer.first_name }} | days = 3"
base::Result<FrontMatter::Template> read_template(std::string_view file, std::string_view channel, std::string_view value, std::size_t line) {
  FrontMatter::Template made{.channel = channel, .id = {}, .fields = {}, .line = line};
  // A bar within Liquid is a filter's.
  const auto next = [&value] {
    std::size_t end = 0, depth = 0;
    for (; end < value.size() && (value[end] != '|' || depth > 0); ++end) {
      if (value.substr(end).starts_with("{{")) ++depth;
      if (value.substr(end).starts_with("}}") && depth > 0) --depth;
    }
    const std::string_view part = trimmed(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
    return part;
  };
  made.id = next();
  while (!value.empty()) {
    const std::string_view part = next();
    const std::size_t sign = part.find('=');
    if (sign == std::string_view::npos || trimmed(part.substr(0, sign)).empty()) {
      return base::fail(base::Code::invalid_input, "{}:{}: '{}' must fill a field of the template, such as name = {{{{ customer.first_name }}}}", file, line, part);
    }
    made.fields.emplace_back(trimmed(part.substr(0, sign)), trimmed(part.substr(sign + 1)));
  }
  if (channel.empty() || made.id.empty()) return base::fail(base::Code::invalid_input, "{}:{}: write template.sms: the provider's id of the template", file, line);
  return made;
}

}  // namespace

base::Result<FrontMatter> read_front_matter(std::string_view file, std::string_view text, std::size_t first_line) {
  FrontMatter front;
  std::size_t at = 0, number = first_line - 1;
  bool open = false, money = false, adults_only = false, purpose = false;
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
    } else if (key == "title") {
      twice = front.title_line != 0;
      front.title = value;
      front.title_line = number;
    } else if (key == "short") {
      twice = front.brief_line != 0;
      front.brief = value;
      front.brief_line = number;
    } else if (key == "link") {
      twice = front.link_line != 0;
      front.link = value;
      front.link_line = number;
    } else if (key.starts_with("template.")) {
      WB_ASSIGN(FrontMatter::Template made, read_template(file, key.substr(9), value, number));
      twice = std::ranges::find(front.templates, made.channel, &FrontMatter::Template::channel) != front.templates.end();
      front.templates.push_back(std::move(made));
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
      front.gives_money = front.gives_money || value == "yes";
    } else if (key == "adults_only") {
      twice = std::exchange(adults_only, true);
      if (value != "yes" && value != "no") return base::fail(base::Code::invalid_input, "{}:{}: adults_only must be yes or no", file, number);
      front.gives_money = front.gives_money || value == "yes";
    } else if (key == "survey") {
      twice = !front.survey.empty();
      if (value.empty()) return base::fail(base::Code::invalid_input, "{}:{}: survey must name one, such as why-left", file, number);
      front.survey = value;
    } else {
      return base::fail(base::Code::invalid_input, "{}:{}: '{}' is not known here; a letter has subject, preheader, title, short, link, template.<channel>, purpose, money, adults_only and survey", file,
                        number, key);
    }
    if (twice) return base::fail(base::Code::invalid_input, "{}:{}: '{}' stands twice; remove one", file, number, key);
  }
  return base::fail(base::Code::invalid_input, "{}:{}: {}", file, std::max<std::size_t>(number, 1),
                    open ? "the lines on top are not closed; end them with a line '---'"
                         : "a letter begins with a line '---', its subject, and another line '---'");
}

}  // namespace act::letter
