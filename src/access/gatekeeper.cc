#include "access/gatekeeper.h"

#include <algorithm>

#include "access/answer.h"
#include "access/api_key.h"
#include "access/secret.h"

namespace entry {

using http::Request;
using http::Response;

namespace {

bool is_safe(std::string_view method) { return method == "GET" || method == "HEAD"; }

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::string_view presented_key(const Request& request) {
  std::string_view header = request.header("authorization");
  constexpr std::string_view kScheme = "bearer ";
  if (lower(header.substr(0, kScheme.size())) != kScheme) return {};
  header.remove_prefix(kScheme.size());
  while (header.starts_with(' ')) header.remove_prefix(1);
  return header;
}

std::string name_of(std::string_view method, std::string_view pattern) { return fmt::format("{} {}", method, pattern); }

}  // namespace

bool is_from_our_page(const Request& request) {
  const std::string_view site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") return false;
  if (const std::string_view origin = request.header("origin"); !origin.empty()) {
    const std::size_t after = origin.find("://");
    if (after == origin.npos || lower(origin.substr(after + 3)) != lower(request.header("host"))) return false;
  }
  if (request.body.empty()) return true;
  const std::string type = lower(request.header("content-type"));
  const std::string kind = type.substr(0, type.find_first_of("; "));
  return !kind.empty() && kind != "application/x-www-form-urlencoded" && kind != "multipart/form-data" && kind != "text/plain";
}

const gen::Route* verdict_on(std::string_view method, std::string_view pattern) {
  const auto all = gen::routes();
  const auto found = std::ranges::find_if(all, [&](const gen::Route& r) { return r.method == method && r.pattern == pattern; });
  return found == all.end() ? nullptr : &*found;
}

void Gatekeeper::guard(http::Router& router, std::string_view method, std::string_view pattern, Guarded handler) {
  const gen::Route* route = verdict_on(method, pattern);
  WB_CHECK(route != nullptr && route->access == gen::Access::guarded);
  guarded_.insert(name_of(method, pattern));
  router.add(method, pattern, [this, route, handler = std::move(handler)](const Request& request) { return pass(*route, request, handler); });
}

void Gatekeeper::check(const http::Router& router) const {
  for (const http::Router::Route& served : router.routes()) {
    const gen::Route* route = verdict_on(served.method, served.pattern);
    if (route == nullptr) fmt::print(stderr, "{} {} is not in api/openapi.yaml\n", served.method, served.pattern);
    WB_CHECK(route != nullptr);
    const bool unguarded = route->access == gen::Access::guarded && !guarded_.contains(name_of(served.method, served.pattern));
    if (unguarded) fmt::print(stderr, "{} {} has no gate before it\n", served.method, served.pattern);
    WB_CHECK(!unguarded);
  }
}

Response Gatekeeper::pass(const gen::Route& route, const Request& request, const Guarded& handler) {
  // A program says so; whatever cookies it carries are not looked at.
  if (!request.header("authorization").empty()) return pass_key(route, presented_key(request), request, handler);
  return pass_person(route, request, handler);
}

Response Gatekeeper::stranger(const Request& request) {
  if (!by_stranger_.allow(request.remote_ip, clock_.now())) return too_many(60);
  Response response = refuse(401, "unauthorized", "sign in, or send a key");
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

Response Gatekeeper::pass_key(const gen::Route& route, std::string_view presented, const Request& request, const Guarded& handler) {
  const auto key = known_api_key(presented, store_.keys());
  if (!key) return failed(key.error());
  if (!*key) return stranger(request);
  const base::Instant now = clock_.now();
  if (!by_key_.allow((*key)->digest, now)) return too_many(1);
  const Caller caller{.key_id = (*key)->id, .name = (*key)->name, .address = request.remote_ip};
  if (!opens(**key, route.scope)) {
    const auto noted = audit_.record(caller, "request", name_of(route.method, route.pattern), "outside the key's scopes", "refused");
    if (!noted) return failed(noted.error());
    return refuse(403, "forbidden", "this key does not open this");
  }
  if (!(*key)->last_used_at || now - *(*key)->last_used_at >= std::chrono::minutes{1}) {
    if (const auto touched = store_.keys().touch((*key)->id, now); !touched) return failed(touched.error());
  }
  return handler(request, caller);
}

Response Gatekeeper::pass_person(const gen::Route& route, const Request& request, const Guarded& handler) {
  const auto found = sessions_.find(request);
  if (!found) return failed(found.error());
  if (!*found) {
    // Without a cookie it is no guess: a page that asks whether somebody is signed in must not be turned away for asking.
    if (request.header("cookie").empty()) return refuse(401, "unauthorized", "sign in, or send a key");
    return stranger(request);
  }
  const SignedIn& in = **found;
  if (!by_person_.allow(std::to_string(in.user.id), clock_.now())) return too_many(1);
  const Caller caller{.user_id = in.user.id, .name = in.user.name, .role = in.user.role, .session = in.session.digest, .address = request.remote_ip};
  const auto refused = [&](std::string_view why, std::string_view message) {
    const auto noted = audit_.record(caller, "request", name_of(route.method, route.pattern), why, "refused");
    if (!noted) return failed(noted.error());
    return refuse(403, "forbidden", message);
  };
  if (!is_safe(request.method) && (!is_from_our_page(request) || !same_text(request.header("x-csrf-token"), sessions_.csrf_token(in.session.digest)))) {
    return refused("it did not come from our own page", "this request did not come from winback's own page; load it anew");
  }
  if ((route.roles & (1U << static_cast<unsigned>(in.user.role))) == 0) return refused("the role may not", "your role may not do this");
  return handler(request, caller);
}

}  // namespace entry
