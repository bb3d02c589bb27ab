#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace adapter::wechat {

/// An element of the little XML WeChat posts: text or children, no attributes.
struct XmlElement {
  std::string name;
  std::string text;  ///< of this element itself
  std::vector<XmlElement> children;

  const XmlElement* child(std::string_view name) const;
  /// The child's text; empty where there is none.
  std::string_view text_of(std::string_view name) const;
};

/// Reads one document of at most 64 KB, 8 levels and 1,000 elements: an XML declaration, elements, text, CDATA and the five
/// named entities. Everything else (attributes, comments, a DTD, other entities, instructions, bytes that are not UTF-8) is
/// `invalid_input`.
base::Result<XmlElement> read_xml(std::string_view text);

}  // namespace adapter::wechat
