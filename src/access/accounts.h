#pragma once

#include <functional>
#include <memory>

#include "access/gatekeeper.h"
#include "access/house.h"
#include "port/http_client.h"

namespace entry {

class FrontDoor;
class Office;
class Oidc;
struct OidcConfig;

/// How people come in.
struct AccountsConfig {
  Reach reach;
  SessionLife life;
  HashCost cost;
  std::function<base::Result<Workspace>()> workspace;
};

/// Everything about accounts of one running program: the gate, the audit log, and the routes people sign in by.
class Accounts {
 public:
  /// Store and clock outlive this object.
  Accounts(port::ActStore& store, const port::Clock& clock, AccountsConfig config);
  ~Accounts();

  Gatekeeper& gate() { return gate_; }
  Audit& audit() { return audit_; }
  Sessions& sessions() { return sessions_; }
  FrontDoor& front_door() { return *front_door_; }

  /// Adds /api/setup, /api/sign-in, /api/session…, /api/join, /api/users…, /api/keys… and /api/audit. This object outlives
  /// the router.
  void mount(http::Router& router);

  /// Lets people in by an OpenID provider as well; before `mount`. The client outlives this object.
  void add_oidc(OidcConfig config, port::HttpClient& web);

  /// The link that makes the first owner, while there is none; one made before is worth nothing then. Empty when somebody
  /// is owner. `host` is where the console is, when the configuration does not say.
  base::Result<std::string> setup_link(std::string_view host);

 private:
  port::ActStore& store_;
  const port::Clock& clock_;
  Passwords passwords_;
  Sessions sessions_;
  Audit audit_;
  Gatekeeper gate_;
  House house_;
  std::unique_ptr<FrontDoor> front_door_;
  std::unique_ptr<Office> office_;
  std::unique_ptr<Oidc> oidc_;
};

}  // namespace entry
