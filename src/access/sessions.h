#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "access/cookie.h"
#include "base/error.h"
#include "http/message.h"
#include "port/act_store.h"
#include "port/clock.h"

namespace entry {

/// How long somebody stays signed in.
struct SessionLife {
  std::chrono::seconds idle{std::chrono::hours{12}};
  std::chrono::seconds absolute{std::chrono::days{7}};
};

/// Somebody signed in, and who it is.
struct SignedIn {
  model::Session session;
  model::User user;
};

/// Sessions: a random token in a cookie no script can read, its digest in the store. Any thread.
class Sessions {
 public:
  /// Store and clock outlive this object.
  Sessions(port::ActStore& store, const port::Clock& clock, Reach reach, SessionLife life = {})
      : store_(store), clock_(clock), reach_(std::move(reach)), life_(life) {}

  /// Begins one for the user and sets its cookie. The session the request came with, if any, ends: a token somebody planted
  /// beforehand is worth nothing afterwards.
  base::Result<SignedIn> begin(const model::User& user, const http::Request& request, http::Response& response);

  /// Who the request comes from: nobody when it has no cookie, an unknown or expired one, or the person may not come in.
  base::Result<std::optional<SignedIn>> find(const http::Request& request);

  /// Ends the request's own session and takes its cookie away.
  base::Result<void> end(const http::Request& request, http::Response& response);

  /// The token that proves a request came from our own page, bound to the session.
  std::string csrf_token(std::string_view session_digest) const;

  const Reach& reach() const { return reach_; }

 private:
  port::ActStore& store_;
  const port::Clock& clock_;
  const Reach reach_;
  const SessionLife life_;
};

}  // namespace entry
