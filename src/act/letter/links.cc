#include "act/letter/links.h"

#include <algorithm>

#include "act/letter/entities.h"

namespace act::letter {
namespace {

constexpr std::string_view kMark = "data-untracked";

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }

/// "https", "mailto"; empty for an address without a scheme. Browsers pass over control characters and spaces in it.
std::string scheme_of(std::string_view url) {
  std::string scheme;
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= ' ') continue;
    if (c == ':') return scheme;
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') return {};
    scheme += lower;
  }
  return {};
}

void append_attribute(std::string& out, std::string_view url) {
  for (const char c : url) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
}

/// Writes the tag with its link changed.
void write_tag(std::string& out, std::string_view tag, const LinkRewrite& rewrite, std::span<const std::string_view> untouched) {
  // Where the tag names the mark, and where its href's value lies, quotes left out.
  std::size_t mark = std::string_view::npos, value = std::string_view::npos, value_end = 0;
  std::size_t at = 1;
  while (at < tag.size() && !is_space(tag[at]) && tag[at] != '>') ++at;
  while (at < tag.size()) {
    while (at < tag.size() && (is_space(tag[at]) || tag[at] == '/')) ++at;
    const std::size_t name = at;
    while (at < tag.size() && !is_space(tag[at]) && tag[at] != '=' && tag[at] != '>' && tag[at] != '/') ++at;
    if (at == name) break;
    const std::string_view attribute = tag.substr(name, at - name);
    if (attribute == kMark) mark = name;
    while (at < tag.size() && is_space(tag[at])) ++at;
    if (at >= tag.size() || tag[at] != '=') continue;
    ++at;
    while (at < tag.size() && is_space(tag[at])) ++at;
    std::size_t from = at, to;
    if (at < tag.size() && (tag[at] == '"' || tag[at] == '\'')) {
      ++from;
      to = std::min(tag.find(tag[at], from), tag.size());
      at = std::min(to + 1, tag.size());
    } else {
      while (at < tag.size() && !is_space(tag[at]) && tag[at] != '>') ++at;
      to = at;
    }
    const bool is_href = attribute.size() == 4 && (attribute[0] | 32) == 'h' && (attribute[1] | 32) == 'r' &&
                         (attribute[2] | 32) == 'e' && (attribute[3] | 32) == 'f';
    if (is_href && value == std::string_view::npos) {
      value = from;
      value_end = to;
    }
  }
  const auto copy = [&](std::size_t from, std::size_t to) {
    if (mark >= from && mark < to) {
      const std::size_t before = mark > from && is_space(tag[mark - 1]) ? mark - 1 : mark;
      out += tag.substr(from, before - from);
      from = mark + kMark.size();
    }
    out += tag.substr(from, to - from);
  };
  if (value == std::string_view::npos) {
    copy(0, tag.size());
    return;
  }
  copy(0, value);
  const std::string_view written = tag.substr(value, value_end - value);
  const std::string url = decode_entities(written);
  const std::string scheme = scheme_of(url);
  if (scheme == "http" || scheme == "https") {
    const bool keep = !rewrite || mark != std::string_view::npos || std::ranges::find(untouched, std::string_view(url)) != untouched.end();
    if (keep) {
      out += written;
    } else {
      append_attribute(out, rewrite(url));
    }
  } else if (scheme.empty() || scheme == "mailto" || scheme == "tel" || scheme == "sms") {
    out += written;
  } else {
    out += '#';
  }
  copy(value_end, tag.size());
}

}  // namespace

std::size_t end_of_tag(std::string_view html, std::size_t from) {
  for (std::size_t at = from; at < html.size(); ++at) {
    const char c = html[at];
    if (c == '>') return at + 1;
    if (c != '"' && c != '\'') continue;
    at = html.find(c, at + 1);
    if (at == std::string_view::npos) break;
  }
  return html.size();
}

std::string rewrite_links(std::string_view html, const LinkRewrite& rewrite, std::span<const std::string_view> untouched) {
  std::string out;
  out.reserve(html.size() + html.size() / 4);
  std::size_t done = 0;
  for (std::size_t at = 0; (at = html.find('<', at)) != std::string_view::npos;) {
    const char next = at + 1 < html.size() ? static_cast<char>(html[at + 1] | 32) : '\0';
    if (next < 'a' || next > 'z') {
      ++at;
      continue;
    }
    const std::size_t end = end_of_tag(html, at);
    const std::string_view tag = html.substr(at, end - at);
    // Only <a> and <area>, and tags of conditional comments for Outlook, carry links that are followed.
    if (next == 'a' || next == 'v') {
      out += html.substr(done, at - done);
      write_tag(out, tag, rewrite, untouched);
      done = end;
    }
    at = end;
  }
  out += html.substr(done);
  return out;
}

}  // namespace act::letter
