#pragma once

#include <string>
#include <string_view>

#include "pages/pages.h"
#include "text/language.h"

// What pages are put together from. Everything named html is HTML already; everything else is escaped here.

namespace pages {

/// Data amid a sentence: escaped, and kept from turning the direction of what stands around it.
std::string given(std::string_view value);

/// A word of the catalogue in the page's language.
std::string said(const Frame& frame, text::Word word);

std::string link(std::string_view to, std::string_view html);
std::string heading(std::string_view html);

/// A radio button or tick box (`kind`) with its text.
std::string option(std::string_view kind, std::string_view name, std::string_view value, bool on, std::string_view html);

/// The whole page.
std::string document(const Frame& frame, std::string_view title_html, std::string_view main_html);

/// A page that says one thing.
std::string notice(const Frame& frame, text::Word title, std::string_view headline_html, std::string_view rest_html);

}  // namespace pages
