#include "adapter/wechat/xml.h"

#include <algorithm>

#include "base/charset.h"

namespace adapter::wechat {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kMostBytes = 64 * 1024, kMostElements = 1'000, kMostLevels = 8;
constexpr std::pair<std::string_view, char> kEntities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool in_name(char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; }

class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  Result<XmlElement> document() {
    skip_blanks();
    if (rest_.starts_with("<?xml ")) {
      const std::size_t end = rest_.find("?>");
      if (end == std::string_view::npos) return bad("its declaration does not end");
      rest_.remove_prefix(end + 2);
      skip_blanks();
    }
    WB_ASSIGN(XmlElement root, element(0));
    skip_blanks();
    if (!rest_.empty()) return bad("something follows its end");
    return root;
  }

 private:
  static std::unexpected<base::Error> bad(std::string_view why) { return fail(Code::invalid_input, "the XML cannot be read: {}", why); }

  void skip_blanks() {
    while (!rest_.empty() && blank(rest_.front())) rest_.remove_prefix(1);
  }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  std::string_view name() {
    std::size_t size = 0;
    if (!rest_.empty() && letter(rest_.front())) size = static_cast<std::size_t>(std::ranges::find_if_not(rest_, in_name) - rest_.begin());
    const std::string_view found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
  }

  Result<XmlElement> element(std::size_t level) {
    if (level >= kMostLevels || ++elements_ > kMostElements) return bad("too many elements");
    XmlElement made;
    if (!take("<")) return bad("an element was expected");
    made.name = name();
    if (made.name.empty()) return bad("an element has no plain name");
    skip_blanks();
    if (take("/>")) return made;
    if (!take(">")) return bad("an element has more than a name");
    while (!take("</")) {
      if (take("<![CDATA[")) {
        const std::size_t end = rest_.find("]]>");
        if (end == std::string_view::npos) return bad("a CDATA section does not end");
        made.text += rest_.substr(0, end);
        rest_.remove_prefix(end + 3);
      } else if (rest_.starts_with('<')) {
        WB_ASSIGN(XmlElement child, element(level + 1));
        made.children.push_back(std::move(child));
      } else {
        WB_TRY(character(made.text));
      }
    }
    if (name() != made.name) return bad("an element ends under another name");
    skip_blanks();
    if (!take(">")) return bad("an element's end does not end");
    return made;
  }

  Result<void> character(std::string& into) {
    if (rest_.empty()) return bad("it ends within an element");
    if (rest_.front() != '&') {
      into += rest_.front();
      rest_.remove_prefix(1);
      return {};
    }
    for (const auto& [entity, c] : kEntities) {
      if (!take(entity)) continue;
      into += c;
      return {};
    }
    return bad("it has an entity other than the five");
  }

  std::string_view rest_;
  std::size_t elements_ = 0;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  const auto found = std::ranges::find(children, wanted, &XmlElement::name);
  return found == children.end() ? nullptr : &*found;
}

std::string_view XmlElement::text_of(std::string_view wanted) const {
  const XmlElement* found = child(wanted);
  return found == nullptr ? std::string_view{} : std::string_view{found->text};
}

Result<XmlElement> read_xml(std::string_view text) {
  if (text.size() > kMostBytes) return fail(Code::invalid_input, "the XML cannot be read: it has {} bytes, {} are enough", text.size(), kMostBytes);
  if (!base::is_utf8(text) || text.find('\0') != std::string_view::npos) return fail(Code::invalid_input, "the XML cannot be read: it is not UTF-8");
  return Reader{text}.document();
}

}  // namespace adapter::wechat
