#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "access/audit.h"
#include "access/password.h"
#include "access/sessions.h"
#include "base/error.h"
#include "http/message.h"
#include "http/rate_limiter.h"
#include "port/act_store.h"
#include "port/clock.h"

namespace entry {

/// What the console shows of the workspace once somebody is in.
struct Workspace {
  std::string name, currency, zone, business;
  std::string as_of;  ///< day of the newest profiles; empty: none yet
};

/// What every door needs. The parts it names outlive it.
struct House {
  port::ActStore& store;
  const port::Clock& clock;
  Passwords& passwords;
  Sessions& sessions;
  Audit& audit;
  std::function<base::Result<Workspace>()> workspace;
  std::string oidc_name;  ///< of the OpenID provider, on the button; empty: none
};

/// The answer to somebody who is in: {user, csrf, workspace, oidc}.
base::Result<std::string> session_json(const House& house, const SignedIn& in);

/// Whether nobody could come in as owner, so that the set-up link is needed.
base::Result<bool> needs_setup(port::UserStore& users);

/// Makes a one-time link for the user (0: the set-up link), in place of any they had. Returns its token.
base::Result<std::string> make_link(port::ActStore& store, std::string_view purpose, std::int64_t user, base::Instant now);

/// Where the link leads: the token stands behind '#', which browsers send nowhere.
std::string link_url(const Reach& reach, std::string_view host, std::string_view purpose, std::string_view token);

}  // namespace entry
