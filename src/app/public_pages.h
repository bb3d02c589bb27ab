#pragma once

#include <string>
#include <string_view>

#include "act/deliver/conductor.h"
#include "app/doorway.h"
#include "app/preference_centre.h"
#include "app/public_links.h"
#include "http/router.h"
#include "port/act_store.h"
#include "port/clock.h"

namespace app {

/// Actions on this store by a conductor, one at a time. Both outlive the result.
PublicActions conducted(port::ActStore& store, act::deliver::Conductor& conductor);

/// The routes customers reach from a letter. Tokens open them, nothing else does; GET and HEAD change nothing but what is
/// known of clicks and openings. Thread-safe.
///   GET /c/:token              302 to the link it was signed for, and never elsewhere; HEAD is no click
///   GET /o/:token              a transparent picture
///   GET /u/:token              asks; POST unsubscribes the channel (RFC 8058 one-click, or the page's button)
///   GET, POST /p/:token        the preference centre
///   GET, POST /p/:token/erase  asks, then erases
///   GET /pages.css
class PublicPages {
 public:
  /// The doorway outlives this object.
  explicit PublicPages(Doorway& door);

  /// Adds the routes, and the page of unknown addresses. This object outlives the router.
  void mount(http::Router& router);

 private:
  http::Response click(const http::Request& request);
  http::Response open(const http::Request& request);
  http::Response ask_unsubscribe(const http::Request& request, const model::Message& message);
  http::Response unsubscribe(const http::Request& request, const model::Message& message);
  http::Response show_preferences(const http::Request& request, const model::Message& message);
  http::Response save_preferences(const http::Request& request, const model::Message& message);
  http::Response ask_erase(const http::Request& request, const model::Message& message);
  http::Response erase(const http::Request& request, const model::Message& message);

  http::Response preferences_page(const http::Request& request, const model::Message& message, bool saved);
  base::Result<bool> opt_out(const model::Message& message, std::string_view topic);

  std::string path(const model::Message& message, act::respond::Use use, std::string_view more,
                   const http::Request& request) const;

  Doorway& door_;
  port::ActStore& store_;
  const port::Clock& clock_;
  const PublicActions& actions_;
  const PublicLinks& links_;
  PreferenceCentre centre_;
};

}  // namespace app
