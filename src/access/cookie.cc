#include "access/cookie.h"

#include <fmt/core.h>

namespace entry {

std::string cookie_name(std::string_view what, const Reach& reach) {
  return fmt::format("{}winback{}{}", reach.secure ? "__Host-" : "", what.empty() ? "" : "-", what);
}

std::string read_cookie(const http::Request& request, std::string_view name) {
  std::string found;
  bool there = false;
  for (const auto& [header, value] : request.headers) {
    if (header != "cookie") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      std::string_view one = rest.substr(0, end);
      rest.remove_prefix(std::min(rest.size(), end + 1));
      while (one.starts_with(' ')) one.remove_prefix(1);
      const std::size_t equals = one.find('=');
      if (equals == one.npos || one.substr(0, equals) != name) continue;
      if (there) return {};
      there = true;
      found = one.substr(equals + 1);
    }
  }
  return found;
}

void set_cookie(http::Response& response, std::string_view what, std::string_view value, const Reach& reach, std::chrono::seconds life) {
  response.headers.emplace_back("Set-Cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{}", cookie_name(what, reach), value,
                                                          life.count(), reach.secure ? "; Secure" : ""));
}

}  // namespace entry
