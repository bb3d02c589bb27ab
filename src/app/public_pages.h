#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "act/deliver/conductor.h"
#include "act/respond/human.h"
#include "app/preference_centre.h"
#include "app/public_links.h"
#include "http/rate_limiter.h"
#include "http/router.h"
#include "port/act_store.h"
#include "port/clock.h"

namespace app {

/// What the pages do beyond keeping preferences; called from several threads at once.
struct PublicActions {
  /// Takes in a click, an opening or an opt-out (act::deliver::Conductor::take).
  std::function<base::Result<bool>(const model::Response& response)> take;
  /// Ends the customer's journeys and deletes everything that names or describes them.
  std::function<base::Result<void>(std::string_view customer, base::Instant now)> erase;
  /// Runs work in one transaction while nobody else uses the conductor.
  using Work = std::function<base::Result<void>(act::deliver::Conductor&)>;
  std::function<base::Result<void>(const Work& work)> conduct;
};

/// Actions on this store by a conductor, one at a time. Both outlive the result.
PublicActions conducted(port::ActStore& store, act::deliver::Conductor& conductor);

/// Who the pages speak for.
struct PublicIdentity {
  model::Texts shop;
  std::string imprint;
  base::Zone zone = base::Zone::utc();
  bool offers_non_personalised = false;
};

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
  /// Store and clock outlive this object.
  PublicPages(port::ActStore& store, const port::Clock& clock, PublicActions actions, PublicIdentity identity,
              PublicLinks links, act::respond::Robots robots);

  /// Adds the routes, and the page of unknown addresses. This object outlives the router.
  void mount(http::Router& router);

 private:
  using Page = http::Response (PublicPages::*)(const http::Request&, const model::Message&);
  http::Handler opened_by(act::respond::Use use, Page page);

  http::Response click(const http::Request& request);
  http::Response open(const http::Request& request);
  http::Response ask_unsubscribe(const http::Request& request, const model::Message& message);
  http::Response unsubscribe(const http::Request& request, const model::Message& message);
  http::Response show_preferences(const http::Request& request, const model::Message& message);
  http::Response save_preferences(const http::Request& request, const model::Message& message);
  http::Response ask_erase(const http::Request& request, const model::Message& message);
  http::Response erase(const http::Request& request, const model::Message& message);

  http::Response preferences_page(const http::Request& request, const model::Message& message, bool saved);
  http::Response stranger(const http::Request& request);
  http::Response failed(const http::Request& request, const base::Error& error, const model::Message* message);
  void record(const http::Request& request, const model::Message& message, model::ResponseKind kind, std::int64_t link);
  base::Result<bool> opt_out(const model::Message& message, std::string_view topic);

  text::Language language_of(const http::Request& request, const model::Message* message);
  pages::Frame frame(const http::Request& request, const model::Message* message);
  std::string path(const model::Message& message, act::respond::Use use, std::string_view more,
                   const http::Request& request) const;

  port::ActStore& store_;
  const port::Clock& clock_;
  PublicActions actions_;
  PublicIdentity identity_;
  PublicLinks links_;
  act::respond::Robots robots_;
  PreferenceCentre centre_;
  http::RateLimiter by_token_{1, 30};
  http::RateLimiter by_stranger_{0.5, 60};  // requests with tokens that are none
  http::RateLimiter by_sender_{2, 60};      // POSTs
};

}  // namespace app
