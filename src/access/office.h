#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "access/gate.h"
#include "access/house.h"

namespace entry {

/// What a change of a person's account asks for.
struct UserChange {
  std::optional<model::Role> role;
  std::optional<model::UserState> state;  ///< active or disabled
  std::optional<std::string> name;
};

/// Invites somebody: an account without a password. `conflict` when the address is known.
base::Result<model::User> invite(std::string_view email, std::string_view name, model::Role role, const Caller& caller, port::ActStore& store,
                                 Audit& audit, base::Instant now);

/// Changes an account; whoever's role or state changes is signed out everywhere. The last active owner stays one.
base::Result<model::User> change_user(std::int64_t id, const UserChange& change, const Caller& caller, port::ActStore& store, Audit& audit);

/// Takes an account away with its sessions and links; what it did stays in the audit log. Not the last active owner's.
base::Result<void> remove_user(std::int64_t id, const Caller& caller, port::ActStore& store, Audit& audit);

/// A one-time link for somebody to choose a password; the old password and sessions last until it is used.
base::Result<std::string> link_for(std::int64_t id, const Caller& caller, port::ActStore& store, Audit& audit, base::Instant now);

/// What owners do: people, keys and the audit log, under /api/users, /api/keys and /api/audit. Thread-safe.
class Office {
 public:
  explicit Office(House& house) : house_(house) {}

  /// Adds the routes. This object outlives the router.
  void mount(http::Router& router, Gate& gate);

 private:
  using Own = http::Response (Office::*)(const http::Request&, const Caller&);
  http::Response users(const http::Request& request, const Caller& caller);
  http::Response add_user(const http::Request& request, const Caller& caller);
  http::Response patch_user(const http::Request& request, const Caller& caller);
  http::Response user_link(const http::Request& request, const Caller& caller);
  http::Response keys(const http::Request& request, const Caller& caller);
  http::Response add_key(const http::Request& request, const Caller& caller);
  http::Response end_key(const http::Request& request, const Caller& caller);
  http::Response audit(const http::Request& request, const Caller& caller);

  House& house_;
};

}  // namespace entry
