#include "pages/parts.h"

#include <algorithm>
#include <array>

#include "text/html.h"

namespace pages {

using text::escape_html;
using text::Language;
using text::say;
using text::Word;

std::string given(std::string_view value) { return "<bdi>" + escape_html(value) + "</bdi>"; }

std::string said(const Frame& frame, Word word) { return escape_html(say(frame.language, word)); }

std::string link(std::string_view to, std::string_view html) {
  return fmt::format("<a href=\"{}\">{}</a>", escape_html(to), html);
}

namespace {

std::string languages(const Frame& frame) {
  if (frame.self.empty()) return {};
  constexpr std::array<std::pair<Language, std::string_view>, 3> kAll = {
      {{Language::en, "English"}, {Language::zh_cn, "简体中文"}, {Language::zh_tw, "繁體中文"}}};
  std::string out = fmt::format("<nav aria-label=\"{}\">", said(frame, Word::page_language));
  for (const auto& [language, name] : kAll) {
    const std::string_view tag = text::name_of(language);
    if (language == frame.language) {
      out += fmt::format("<span lang=\"{}\" aria-current=\"true\">{}</span>", tag, name);
    } else {
      out += fmt::format("<a lang=\"{}\" hreflang=\"{}\" href=\"{}?lang={}\">{}</a>", tag, tag, escape_html(frame.self), tag, name);
    }
  }
  return out + "</nav>";
}

std::string imprint(const Frame& frame) {
  std::string lines;
  for (std::string_view rest = frame.imprint; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (!line.empty()) lines += (lines.empty() ? "" : "<br>") + given(line);
  }
  return lines.empty() ? lines : "<p>" + lines + "</p>";
}

}  // namespace

std::string document(const Frame& frame, std::string_view title, std::string_view main) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{}{}{}</title>\n<link rel=\"stylesheet\" href=\"{}\">\n</head>\n<body>\n<header>{}</header>\n<main>\n{}</main>\n"
      "<footer>{}{}</footer>\n</body>\n</html>\n",
      text::name_of(frame.language), title, frame.shop.empty() ? "" : " · ", escape_html(frame.shop), escape_html(frame.style),
      given(frame.shop), main, imprint(frame), languages(frame));
}

std::string heading(std::string_view html) { return fmt::format("<h1 id=\"top\">{}</h1>\n", html); }

std::string notice(const Frame& frame, Word title, std::string_view headline, std::string_view rest) {
  return document(frame, said(frame, title), heading(headline) + std::string{rest});
}

std::string option(std::string_view kind, std::string_view name, std::string_view value, bool on, std::string_view html) {
  return fmt::format("<label class=\"option\"><input type=\"{}\" name=\"{}\" value=\"{}\"{}><span>{}</span></label>\n", kind, name,
                     escape_html(value), on ? " checked" : "", html);
}

}  // namespace pages
