#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pages/pages.h"

// Pages of offers and requests: each asks first and acts on a POST.

namespace pages {

/// An offer that is opened by a button.
struct Reveal {
  std::string action;
  bool open = false;      ///< else it is still wrapped
  std::string name;       ///< of the offer
  std::string code;
  std::string ends_at;    ///< in words; empty = no end
  bool over = false;      ///< its end has come, or it was used
  std::string shop_url;
};
/// Field of its form: open (yes).
std::string reveal(const Frame& frame, const Reveal& what);

/// What can be asked for with one button.
enum class Request : std::uint8_t { trial, restore };

struct RequestPage {
  Request kind = Request::trial;
  std::string action;
  bool done = false;
};
/// Fields of its form: confirm (yes), words (free, for restore).
std::string request(const Frame& frame, const RequestPage& what);

/// "Shall we write to you again?"
struct Resubscribe {
  std::string action;
  std::string address;      ///< masked
  bool done = false;
  bool refused = false;     ///< they reported us as spam, or were erased: we do not ask
  std::string preferences;  ///< path
};
/// Field of its form: confirm (yes).
std::string resubscribe(const Frame& frame, const Resubscribe& what);

/// What the person agrees to on that page, as it stands there: kept with the consent.
std::string resubscribe_text(text::Language language, std::string_view shop);

/// A link that leads into the app, or on where there is none.
struct AppLink {
  std::string open_url;     ///< the app's own scheme; empty = none
  std::string ios_store, android_store;  ///< https; empty = none
  std::string web;          ///< the same thing in the shop on the web; empty = none
};
std::string app_link(const Frame& frame, const AppLink& what);

}  // namespace pages
