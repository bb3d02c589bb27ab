#include "http/router.h"

#include <algorithm>

#include "base/error.h"

namespace http {
namespace {

bool matches(const Router::Route& route, const Request& request, Pairs& captured) {
  if (route.segments.size() != request.segments.size()) return false;
  captured.clear();
  for (std::size_t i = 0; i < route.segments.size(); ++i) {
    const std::string& wanted = route.segments[i];
    if (wanted.starts_with(':')) {
      if (request.segments[i].empty()) return false;
      captured.emplace_back(wanted.substr(1), request.segments[i]);
    } else if (wanted != request.segments[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  auto segments = split_path(pattern);
  WB_CHECK(segments.has_value());
  WB_CHECK(std::ranges::none_of(routes_, [&](const Route& r) { return r.method == method && r.pattern == pattern; }));
  routes_.push_back({std::string{method}, std::string{pattern}, std::move(*segments), std::move(handler)});
}

Response Router::handle(Request request) const {
  const std::string_view asked = request.method == "HEAD" ? std::string_view{"GET"} : std::string_view{request.method};
  std::string allowed;
  Pairs captured;
  for (const Route& route : routes_) {
    if (!matches(route, request, captured)) continue;
    if (route.method == asked) {
      request.captured = std::move(captured);
      return route.handler(request);
    }
    if (allowed.find(route.method) == std::string::npos) {
      allowed += (allowed.empty() ? "" : ", ") + route.method + (route.method == "GET" ? ", HEAD" : "");
    }
  }
  if (!allowed.empty()) {
    Response response = text(405, "this address does not take " + request.method + "\n");
    response.headers.emplace_back("Allow", allowed);
    return response;
  }
  return otherwise_ ? otherwise_(request) : text(404, "there is nothing at this address\n");
}

}  // namespace http
