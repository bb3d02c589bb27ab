#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "text/language.h"

/// The pages customers reach from a letter, as whole HTML documents. No script, no image, no address of anybody else; one
/// style sheet beside them. Everything given is data: it is escaped here. Links are paths of ours.
namespace pages {

/// What every page has.
struct Frame {
  text::Language language = text::Language::en;
  std::string shop;          ///< its name
  std::string imprint;       ///< who writes, with the postal address
  std::string style;         ///< path of the style sheet
  std::string self;          ///< path of this page, for the links to other languages; empty = none
};

struct Unsubscribe {
  std::string action;        ///< where the form posts
  std::string address;       ///< masked; empty when unknown
  std::string preferences;   ///< path; empty = no link
};
/// Asks; it is the POST that unsubscribes.
std::string unsubscribe(const Frame& frame, const Unsubscribe& what);

/// It is done. `preferences`: path, empty = no link.
std::string unsubscribed(const Frame& frame, std::string_view preferences);

/// Why a letter came, as far as it is known.
struct Why {
  std::optional<base::Day> sent_on;
  std::string journey;                     ///< its title in the page's language
  std::optional<base::Day> last_order;     ///< before the letter
  std::optional<base::Day> agreed_on;
  std::string agreed_how;
  bool as_customer = false;                ///< written to because they bought, without a statement of their own
  bool offer = false;
  bool not_personalised = false;
};

struct Choice {
  std::string id;     ///< "win_back", "email": known ones have a text, others show as they are
  bool on = false;
};

struct Preferences {
  std::string action;
  std::string address;          ///< masked
  bool saved = false;           ///< they just pressed Save
  bool stopped = false;         ///< nothing is sent at present
  bool less_often = false;
  std::optional<base::Day> paused_until;
  std::vector<Choice> topics;
  std::vector<Choice> channels;
  bool offers_non_personalised = false;
  bool not_personalised = false;
  std::string erase;            ///< path of the page that asks
  Why why;
};
/// Fields of its form: often (usual, less), pause (none, keep, 30, 90), topic and channel (once for each ticked),
/// not_personalised (yes). A second form there posts stop (all).
std::string preferences(const Frame& frame, const Preferences& what);

struct Erase {
  std::string action;
  std::string back;
  bool not_ticked = false;  ///< they pressed the button without the tick
};
/// Fields of its form: sure (yes).
std::string erase(const Frame& frame, const Erase& what);
std::string erased(const Frame& frame);

std::string expired(const Frame& frame);
std::string busy(const Frame& frame);
std::string failed(const Frame& frame);

/// The style sheet of all of them.
std::string_view style();

/// "a•••@example.com", "•••42": enough to know one's own, nothing for others.
std::string masked(std::string_view address);

/// The language a browser asks for first among ours (Accept-Language); English when there is none.
text::Language preferred_language(std::string_view accept_language);

}  // namespace pages
