#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "act/deliver/conductor.h"
#include "act/respond/human.h"
#include "app/public_links.h"
#include "http/rate_limiter.h"
#include "http/router.h"
#include "pages/pages.h"
#include "port/act_store.h"
#include "port/clock.h"

namespace app {

/// Something a customer did on a page, as an event of theirs (docs/events.md).
struct PageEvent {
  std::string key;          ///< the same again is no second event
  std::string customer_id;
  std::string name;         ///< "revealed", "trial_requested", …
  std::int64_t message_id = 0;
};

/// The event as the door of events reads it.
std::string event_body(const PageEvent& event);

/// What the pages do beyond keeping preferences; called from several threads at once.
struct PublicActions {
  /// Takes in a click, an opening or an opt-out (act::deliver::Conductor::take).
  std::function<base::Result<bool>(const model::Response& response)> take;
  /// Ends the customer's journeys and deletes everything that names or describes them.
  std::function<base::Result<void>(std::string_view customer, base::Instant now)> erase;
  /// Runs work in one transaction while nobody else uses the conductor.
  using Work = std::function<base::Result<void>(act::deliver::Conductor&)>;
  std::function<base::Result<void>(const Work& work)> conduct;
  /// Takes in an event of a customer as if the shop had sent it, durable when it returns.
  std::function<base::Result<void>(const PageEvent& event)> tell = {};
};

/// Who the pages speak for.
struct PublicIdentity {
  model::Texts shop;
  std::string imprint;
  base::Zone zone = base::Zone::utc();
  bool offers_non_personalised = false;
};

/// What all pages behind signed links share: who may knock how often, in which language and for whom they speak, what is noted of a
/// visit, and what is said when something is wrong. Thread-safe.
class Doorway {
 public:
  /// Store and clock outlive this object.
  Doorway(port::ActStore& store, const port::Clock& clock, PublicActions actions, PublicIdentity identity, PublicLinks links,
          act::respond::Robots robots);

  using Page = std::function<http::Response(const http::Request&, const model::Message&)>;

  /// A route that a token of this use opens, for the message it names. Asking too often is refused.
  http::Handler opened_by(act::respond::Use use, Page page);

  /// The answer to a token that is none, or to an address nobody knows.
  http::Response stranger(const http::Request& request);

  /// Whether this address (by its token) and this sender may be answered now.
  bool may(const http::Request& request);

  http::Response busy(const http::Request& request);
  http::Response failed(const http::Request& request, const base::Error& error, const model::Message* message);

  /// Notes a click or an opening, with how likely a person did it. Gives that probability.
  double record(const http::Request& request, const model::Message& message, model::ResponseKind kind, std::int64_t link);

  /// The language asked for, else the customer's on the message's channel, else the browser's.
  text::Language language_of(const http::Request& request, const model::Message* message);
  pages::Frame frame(const http::Request& request, const model::Message* message);

  /// "?lang=zh-CN" when a language was asked for.
  static std::string language_mark(const http::Request& request);

  port::ActStore& store() { return store_; }
  const port::Clock& clock() const { return clock_; }
  const PublicActions& actions() const { return actions_; }
  const PublicIdentity& identity() const { return identity_; }
  const PublicLinks& links() const { return links_; }

 private:
  port::ActStore& store_;
  const port::Clock& clock_;
  PublicActions actions_;
  PublicIdentity identity_;
  PublicLinks links_;
  act::respond::Robots robots_;
  http::RateLimiter by_token_{1, 30};
  http::RateLimiter by_stranger_{0.5, 60};  // requests with tokens that are none
  http::RateLimiter by_sender_{2, 60};      // POSTs
};

}  // namespace app
