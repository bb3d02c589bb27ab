#include "act/letter/plain.h"

#include <algorithm>

namespace act::letter {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::string_view kParagraph = "<p style=\"margin:0 0 16px\">";

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r") + 1 - from);
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
  return text;
}

/// Text as HTML; what stands in Liquid's braces stays, and [words](link) becomes a link.
std::string html_of(std::string_view text) {
  std::string html;
  while (!text.empty()) {
    const bool shows = text.starts_with("{{"), acts = text.starts_with("{%");
    if (shows || acts) {
      const std::size_t end = text.find(shows ? "}}" : "%}");
      const std::size_t size = end == std::string_view::npos ? text.size() : end + 2;
      html += text.substr(0, size);
      text.remove_prefix(size);
      continue;
    }
    if (text.front() == '[') {
      const std::size_t middle = text.find("]("), end = middle == std::string_view::npos ? middle : text.find(')', middle);
      if (end != std::string_view::npos && text.substr(0, middle).find('\n') == std::string_view::npos) {
        html += "<a href=\"" + html_of(text.substr(middle + 2, end - middle - 2)) + "\">" + html_of(text.substr(1, middle - 1)) + "</a>";
        text.remove_prefix(end + 1);
        continue;
      }
    }
    switch (text.front()) {
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      case '&': html += "&amp;"; break;
      case '"': html += "&quot;"; break;
      default: html += text.front();
    }
    text.remove_prefix(1);
  }
  return html;
}

/// The bar between a button's words and its address; those within Liquid are filters.
std::size_t bar_of(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    if (rest.starts_with("{{") || rest.starts_with("{%")) ++depth;
    else if ((rest.starts_with("}}") || rest.starts_with("%}")) && depth > 0) --depth;
    else if (text[i] == '|' && depth == 0) return i;
  }
  return std::string_view::npos;
}

bool is_liquid_alone(std::string_view line) {
  return line.starts_with("{%") && line.ends_with("%}");
}

/// One letter while it is read.
struct Plain {
  std::string name;
  std::size_t line = 0;
  std::string front;   ///< its lines on top but the button
  std::string subject, brief, words, link;
  std::vector<std::string_view> lines;
};

std::string body_of(const std::vector<std::string_view>& lines) {
  std::string html, paragraph, list;
  const auto close = [&] {
    if (!paragraph.empty()) html += std::string{kParagraph} + paragraph + "</p>\n";
    if (!list.empty()) html += "<ul style=\"margin:0 0 16px;padding-left:20px\">\n" + list + "</ul>\n";
    paragraph.clear();
    list.clear();
  };
  for (const std::string_view raw : lines) {
    const std::string_view line = trimmed(raw);
    if (line.empty()) {
      close();
    } else if (is_liquid_alone(line)) {
      close();
      html += std::string{line} + "\n";
    } else if (line.starts_with("## ")) {
      close();
      html += "<h2 style=\"margin:8px 0;font-size:20px;line-height:28px\">" + html_of(line.substr(3)) + "</h2>\n";
    } else if (line.starts_with("- ")) {
      if (!paragraph.empty()) close();
      list += "<li style=\"margin:0 0 8px\">" + html_of(line.substr(2)) + "</li>\n";
    } else {
      if (!list.empty()) close();
      paragraph += (paragraph.empty() ? "" : "<br>") + html_of(line);
    }
  }
  close();
  return html;
}

std::string framed(const Plain& plain, std::string_view frame, std::string_view language) {
  std::string page = replaced(std::string{frame}, "lang=\"und\"", "lang=\"" + std::string{language} + "\"");
  constexpr std::string_view kOpen = "<!-- button -->", kClose = "<!-- /button -->";
  const std::size_t from = page.find(kOpen), to = page.find(kClose);
  if (plain.words.empty() && from != std::string::npos && to != std::string::npos) page.erase(from, to + kClose.size() - from);
  std::string body = body_of(plain.lines);
  if (body.empty()) body = std::string{kParagraph} + html_of(replaced(plain.brief, "{{ link }}", "")) + "</p>\n";
  page = replaced(std::move(page), "@@title@@", html_of(plain.subject));
  page = replaced(std::move(page), "@@button@@", html_of(plain.words));
  page = replaced(std::move(page), "@@link@@", plain.link);
  return replaced(std::move(page), "@@body@@", body);
}

}  // namespace

Result<std::vector<Source>> read_plain(std::string_view path, std::string_view text, std::string_view frame) {
  const std::size_t slash = path.rfind('/');
  const std::string_view folder = slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash + 1);
  const std::string_view file = path.substr(folder.size());
  const std::size_t dot = file.find('.');
  const std::string_view journey = file.substr(0, dot);
  std::string_view language = dot == std::string_view::npos ? std::string_view{} : file.substr(dot + 1);
  if (language.ends_with(".md")) language.remove_suffix(3);
  if (journey.empty() || !parse_language(language))
    return fail(Code::invalid_input, "{}: the file's name does not say its language; name it like cart-memory.en.md, cart-memory.zh-CN.md or cart-memory.zh-TW.md", path);

  std::vector<Plain> letters;
  bool on_top = false, in_comment = false;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    const std::string_view shown = trimmed(line);
    if (in_comment || shown.starts_with("<!--")) {  // for translators and reviewers
      in_comment = !shown.ends_with("-->");
      continue;
    }
    if (line.starts_with("# ")) {
      letters.push_back({.name = std::string{trimmed(line.substr(2))}, .line = number, .front = {}, .subject = {}, .brief = {}, .words = {}, .link = {}, .lines = {}});
      on_top = true;
      continue;
    }
    if (letters.empty()) {
      if (shown.empty()) continue;
      return fail(Code::invalid_input, "{}:{}: each letter begins with its name, such as '# reminder'", path, number);
    }
    Plain& letter = letters.back();
    if (!on_top) {
      letter.lines.push_back(line);
      continue;
    }
    if (shown.empty()) {
      on_top = letter.front.empty();  // an empty line under the name is allowed
      continue;
    }
    const std::size_t colon = shown.find(':');
    const std::string_view key = shown.substr(0, colon);
    const std::string_view value = colon == std::string_view::npos ? std::string_view{} : trimmed(shown.substr(colon + 1));
    if (key == "button") {
      const std::size_t bar = bar_of(value);
      if (bar == std::string_view::npos) return fail(Code::invalid_input, "{}:{}: a button has its words and where it leads: 'button: See it | {{{{ links.shop }}}}'", path, number);
      letter.words = trimmed(value.substr(0, bar));
      letter.link = trimmed(value.substr(bar + 1));
      letter.front += fmt::format("link: {}\n", letter.link);
      continue;
    }
    if (key == "subject") letter.subject = value;
    if (key == "short") letter.brief = value;
    letter.front += std::string{shown} + "\n";
  }

  std::vector<Source> sources;
  for (const Plain& letter : letters) {
    const auto plain_name = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    if (letter.name.empty() || !std::ranges::all_of(letter.name, plain_name))
      return fail(Code::invalid_input, "{}:{}: '{}' is no name of a letter; use lower-case letters, digits, - and _", path, letter.line, letter.name);
    if (letter.subject.empty()) return fail(Code::invalid_input, "{}:{}: the letter '{}' has no subject; add a line 'subject: …'", path, letter.line, letter.name);
    std::string body;
    for (const std::string_view line : letter.lines) body += std::string{line} + "\n";
    sources.push_back({.path = fmt::format("{}{}/{}.{}.md", folder, journey, letter.name, language),
                       .text = fmt::format("---\n{}---\n{}", letter.front, body),
                       .compiled = fmt::format("---\n{}---\n{}", letter.front, framed(letter, frame, language)),
                       .shown = std::string{path},
                       .first_line = letter.line});
  }
  return sources;
}

}  // namespace act::letter
