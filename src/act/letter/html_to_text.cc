#include "act/letter/html_to_text.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "act/letter/entities.h"
#include "act/letter/links.h"
#include "act/letter/plain_writer.h"

namespace act::letter {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }

/// Whether its style says "display:none". (memmem: find() is slow where the first letter is a frequent one.)
bool hides(std::string_view tag) {
  constexpr std::string_view kDisplay = "display:";
  for (;;) {
    const void* found = memmem(tag.data(), tag.size(), kDisplay.data(), kDisplay.size());
    if (found == nullptr) return false;
    tag.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(found) - tag.data()) + kDisplay.size());
    if (tag.starts_with("none") || tag.starts_with(" none")) return true;
  }
}

/// What beginning and ending an element does to the lines.
enum class Effect : unsigned char { none, skip, paragraph, line, cell, list, item, link, line_break };

struct Element {
  std::string_view name;
  Effect effect;
};
constexpr Element kElements[] = {
    {"a", Effect::link},        {"article", Effect::line},   {"blockquote", Effect::paragraph}, {"br", Effect::line_break},
    {"div", Effect::paragraph}, {"h1", Effect::paragraph},   {"h2", Effect::paragraph},         {"h3", Effect::paragraph},
    {"h4", Effect::paragraph},  {"h5", Effect::paragraph},   {"h6", Effect::paragraph},         {"head", Effect::skip},
    {"hr", Effect::paragraph},  {"li", Effect::item},        {"ol", Effect::list},              {"p", Effect::paragraph},
    {"script", Effect::skip},   {"section", Effect::line},   {"style", Effect::skip},           {"table", Effect::paragraph},
    {"td", Effect::cell},       {"template", Effect::skip},  {"th", Effect::cell},              {"title", Effect::skip},
    {"tr", Effect::line},       {"ul", Effect::list},
};

class Converter {
 public:
  explicit Converter(std::string_view html) : html_(html) {}

  std::string run() {
    while (at_ < html_.size()) {
      const std::size_t next = std::min(html_.find('<', at_), html_.size());
      text(html_.substr(at_, next - at_));
      at_ = next;
      if (at_ < html_.size()) markup();
    }
    return writer_.finish();
  }

 private:
  void text(std::string_view piece) {
    if (piece.empty()) return;
    if (piece.find('&') == std::string_view::npos) {
      writer_.text(piece);
    } else {
      writer_.text(decode_entities(piece));
    }
  }

  void markup() {
    const std::string_view rest = html_.substr(at_);
    if (rest.starts_with("<!--")) {
      skip_past("-->");
    } else if (rest.size() > 1 && (rest[1] == '!' || rest[1] == '?')) {
      skip_past(">");
    } else if (rest.size() > 1 && (rest[1] == '/' || ((rest[1] | 32) >= 'a' && (rest[1] | 32) <= 'z'))) {
      tag();
    } else {
      writer_.text("<");
      ++at_;
    }
  }

  void skip_past(std::string_view end) {
    const std::size_t found = html_.find(end, at_);
    at_ = found == std::string_view::npos ? html_.size() : found + end.size();
  }

  void tag() {
    const std::size_t start = at_;
    const bool closes = html_[at_ + 1] == '/';
    std::size_t name_at = at_ + (closes ? 2 : 1);
    char name[12];
    std::size_t length = 0;
    for (; name_at < html_.size() && length < sizeof(name); ++name_at) {
      const char c = html_[name_at];
      if (is_space(c) || c == '>' || c == '/') break;
      name[length++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    at_ = end_of_tag(html_, name_at);
    const std::string_view tag = html_.substr(start, at_ - start);
    const std::string_view element(name, length);
    const auto found = std::ranges::lower_bound(kElements, element, {}, &Element::name);
    const Effect effect = found != std::end(kElements) && found->name == element ? found->effect : Effect::none;
    if (closes) {
      end(effect);
      return;
    }
    const bool may_hide = effect != Effect::line_break && effect != Effect::none && tag.size() > 20;
    if (effect == Effect::skip || (may_hide && hides(tag))) {
      skip_element(element);
      return;
    }
    begin(effect, element, tag);
  }

  /// To past the end of the element just begun, counting those of its name within.
  void skip_element(std::string_view name) {
    std::size_t depth = 1;
    while (depth > 0) {
      at_ = html_.find('<', at_);
      if (at_ == std::string_view::npos) {
        at_ = html_.size();
        return;
      }
      const bool closes = at_ + 1 < html_.size() && html_[at_ + 1] == '/';
      const std::string_view here = html_.substr(at_ + (closes ? 2 : 1), name.size() + 1);
      const bool same = here.size() == name.size() + 1 && std::ranges::equal(here.substr(0, name.size()), name, {}, [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      }) && (is_space(here.back()) || here.back() == '>' || here.back() == '/');
      if (same) depth += closes ? std::size_t(-1) : 1;
      ++at_;
    }
    skip_past(">");
  }

  void begin(Effect effect, std::string_view element, std::string_view tag) {
    switch (effect) {
      case Effect::paragraph: writer_.break_lines(2); return;
      case Effect::line:
      case Effect::line_break: writer_.break_lines(1); return;
      case Effect::cell: writer_.gap(); return;
      case Effect::list:
        writer_.break_lines(lists_.empty() ? 2 : 1);
        lists_.push_back(element == "ol" ? 1 : 0);
        return;
      case Effect::item: {
        if (lists_.empty()) lists_.push_back(0);
        int& number = lists_.back();
        writer_.item(number == 0 ? std::string("- ") : std::to_string(number++) + ". ");
        return;
      }
      case Effect::link:
        href_ = href_of(tag);
        link_from_ = writer_.written();
        return;
      default: return;
    }
  }

  void end(Effect effect) {
    switch (effect) {
      case Effect::paragraph: writer_.break_lines(2); return;
      case Effect::line: writer_.break_lines(1); return;
      case Effect::list:
        writer_.end_item();
        if (!lists_.empty()) lists_.pop_back();
        writer_.break_lines(2);
        return;
      case Effect::item:
        writer_.break_lines(1);
        writer_.end_item();
        return;
      case Effect::link: end_link(); return;
      default: return;
    }
  }

  void end_link() {
    const std::string href = std::exchange(href_, {});
    const bool shown = writer_.written() != link_from_;
    if (!shown || href.empty()) return;
    const std::string_view address = std::string_view(href).starts_with("mailto:") ? std::string_view(href).substr(7) : href;
    if (writer_.ends_with(address)) return;
    writer_.unbroken("(" + std::string(address) + ")");
  }

  /// The address a link leads to, decoded; empty for one within the letter.
  static std::string href_of(std::string_view tag) {
    for (std::size_t at = 0; (at = tag.find("href", at)) != std::string_view::npos; at += 4) {
      if (at == 0 || !is_space(tag[at - 1])) continue;
      std::size_t from = at + 4;
      while (from < tag.size() && is_space(tag[from])) ++from;
      if (from >= tag.size() || tag[from] != '=') continue;
      ++from;
      while (from < tag.size() && is_space(tag[from])) ++from;
      if (from >= tag.size() || (tag[from] != '"' && tag[from] != '\'')) return {};
      const std::size_t to = tag.find(tag[from], from + 1);
      if (to == std::string_view::npos) return {};
      std::string address = decode_entities(tag.substr(from + 1, to - from - 1));
      std::erase_if(address, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
      return address.starts_with('#') ? std::string() : address;
    }
    return {};
  }

  std::string_view html_;
  std::size_t at_ = 0;
  PlainWriter writer_;
  std::vector<int> lists_;  ///< the next number of each open list; 0 = it has none
  std::string href_;
  std::size_t link_from_ = 0;
};

}  // namespace

std::string html_to_text(std::string_view html) { return Converter(html).run(); }

}  // namespace act::letter
