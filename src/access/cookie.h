#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "http/message.h"

namespace entry {

/// How the program is reached, which decides what its cookies are called.
struct Reach {
  bool secure = true;    ///< over TLS, ours or a proxy's; false only on loopback without TLS
  std::string base_url;  ///< https://console.shop.example, for links; empty: as the request came
};

/// "__Host-winback" for "": a name that only this host, over TLS and for every path, can set. Without TLS "winback".
std::string cookie_name(std::string_view what, const Reach& reach);

/// The value of the cookie; "" when the request has none. When it is sent twice the request has none: one of them is
/// somebody else's.
std::string read_cookie(const http::Request& request, std::string_view name);

/// Adds a cookie no script can read, which other sites do not send along with what changes something. A life of zero ends
/// it; `session` lives until the browser is closed.
void set_cookie(http::Response& response, std::string_view what, std::string_view value, const Reach& reach, std::chrono::seconds life);

}  // namespace entry
