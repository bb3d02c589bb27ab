#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace model {

/// What a person may do; which routes that is stands in api/openapi.yaml.
enum class Role : std::uint8_t {
  owner,      ///< everything, people and keys too
  marketer,   ///< plans, launches, customers
  analyst,    ///< reads everything, decides nothing
  agent,      ///< works on tasks and sees the customers they are about
  read_only,  ///< figures without customers
};
std::string_view name_of(Role role);
std::optional<Role> parse_role(std::string_view name);

enum class UserState : std::uint8_t {
  invited,   ///< has a link and no password yet
  active,
  disabled,  ///< cannot come in; the history keeps the name
};
std::string_view name_of(UserState state);
std::optional<UserState> parse_user_state(std::string_view name);

/// Somebody who works with the console.
struct User {
  std::int64_t id = 0;
  std::string email;  ///< base::EmailAddress::normal()
  std::string name;
  Role role = Role::read_only;
  UserState state = UserState::invited;
  std::string password;         ///< an encoded hash; empty: cannot sign in with one
  std::string issuer, subject;  ///< of an OpenID provider; empty: never came from one
  std::string language;         ///< en, zh-CN, zh-TW; empty: the browser's
  std::string theme;            ///< light, dark; empty: the browser's
  base::Instant created_at{};
  std::optional<base::Instant> last_seen_at;
};

/// Somebody signed in on one device. The token itself is kept nowhere.
struct Session {
  std::int64_t id = 0;
  std::string digest;  ///< SHA-256 of the token, in hexadecimal digits
  std::int64_t user_id = 0;
  base::Instant created_at{};
  base::Instant last_seen_at{};
  std::string address;  ///< where it was begun
  std::string agent;    ///< the browser's name for itself
};

/// A link that opens one door once.
struct OneTimeLink {
  std::string digest;   ///< SHA-256 of its token, in hexadecimal digits
  std::string purpose;  ///< "setup" or "join"
  std::int64_t user_id = 0;
  base::Instant expires_at{};
};

/// One line of the audit log. Holds ids of customers, never more of them.
struct AuditEntry {
  std::int64_t id = 0;
  base::Instant at{};
  std::string who;            ///< name of the person or key; empty: nobody known
  std::int64_t user_id = 0;   ///< 0 = no person
  std::int64_t key_id = 0;    ///< 0 = no key
  std::string address;        ///< where the request came from; "terminal" for the command line
  std::string action;         ///< "signed in", "role changed", …
  std::string object;         ///< what it was done to: "user 3", "campaign c1"
  std::string detail;
  std::string result;         ///< "done", "refused"
  std::string previous;       ///< digest of the line before; empty for the first
  std::string digest;         ///< SHA-256 over `previous` and everything above, in hexadecimal digits
};

}  // namespace model
