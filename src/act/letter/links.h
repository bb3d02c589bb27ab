#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace act::letter {

/// Gives the address that is written instead of an http(s) one: the tracking link.
using LinkRewrite = std::function<std::string(std::string_view url)>;

/// Copies HTML with its links rewritten: each http(s) `href` goes through `rewrite` (when there is one), except in tags
/// marked `data-untracked` and addresses among `untouched`. The mark itself is taken out. Links of a scheme that runs or
/// embeds something (javascript:, data:, …), which a customer's or a product's data could bring in, become "#".
/// Linear in the HTML's length.
std::string rewrite_links(std::string_view html, const LinkRewrite& rewrite, std::span<const std::string_view> untouched);

/// The end of the tag whose name or attributes `from` lies in: past its '>' outside quotes, or the end of the HTML.
std::size_t end_of_tag(std::string_view html, std::size_t from);

}  // namespace act::letter
