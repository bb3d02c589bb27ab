#pragma once

#include <string>
#include <string_view>

#include "access/attempts.h"
#include "access/gate.h"
#include "access/house.h"

namespace entry {

/// Where people come in and look after their own session: /api/setup, /api/sign-in, /api/session…, /api/join. What went
/// wrong with a sign-in is told to nobody: an unknown address, a wrong password, an account that is disabled or must wait
/// give the same answer after the same work. Thread-safe.
class FrontDoor {
 public:
  explicit FrontDoor(House& house) : house_(house) {}

  /// Adds the routes. This object outlives the router.
  void mount(http::Router& router, Gate& gate);

  /// Lets the user in: session, device cookie, a line in the audit log. For sign-ins that were proven elsewhere.
  http::Response let_in(const model::User& user, const http::Request& request, std::string_view how);

 private:
  using Open = http::Response (FrontDoor::*)(const http::Request&);
  using Own = http::Response (FrontDoor::*)(const http::Request&, const Caller&);
  void open(http::Router& router, std::string_view method, std::string_view pattern, Open handler);

  http::Response setup_state(const http::Request& request);
  http::Response setup(const http::Request& request);
  http::Response sign_in_state(const http::Request& request);
  http::Response sign_in(const http::Request& request);
  http::Response join(const http::Request& request);
  http::Response session(const http::Request& request, const Caller& caller);
  http::Response sign_out(const http::Request& request, const Caller& caller);
  http::Response change_password(const http::Request& request, const Caller& caller);
  http::Response change_profile(const http::Request& request, const Caller& caller);
  http::Response sessions(const http::Request& request, const Caller& caller);
  http::Response end_session(const http::Request& request, const Caller& caller);

  base::Result<std::optional<model::User>> judge(std::string_view email, std::string_view password, const http::Request& request);
  std::string bucket(const std::optional<model::User>& user, std::string_view email, const http::Request& request) const;

  House& house_;
  Attempts attempts_;
  http::RateLimiter by_address_{0.2, 20};  // sign-ins, set-ups and links tried from one place
};

/// The key an address is counted by: an IPv6 network of 64 bits is one household.
std::string network_of(std::string_view address);

}  // namespace entry
