#include "access/front_door.h"

#include <charconv>

#include <nlohmann/json.hpp>

#include "access/answer.h"
#include "access/body.h"
#include "access/gatekeeper.h"
#include "access/secret.h"
#include "base/email.h"
#include "base/hash.h"

namespace entry {

using base::Code;
using base::fail;
using base::Instant;
using base::Result;
using http::Request;
using http::Response;
using model::User;
using model::UserState;
using nlohmann::ordered_json;

namespace {

constexpr std::size_t kMostPassword = 1024;  // what is read; judge_password draws the line

Response no_entry() {
  return refuse(401, "unauthorized", "this did not work: the address or the password is wrong, or there were too many tries; wait some minutes, or ask an owner for a link");
}

std::string normal(std::string_view email) {
  const auto parsed = base::parse_email(email);
  return parsed ? parsed->normal() : std::string{};
}

}  // namespace

std::string network_of(std::string_view address) {
  if (address.find(':') == address.npos) return std::string{address};
  std::size_t end = 0;
  for (int groups = 0; groups < 4 && end != address.npos; ++groups) end = address.find(':', end + (groups > 0 ? 1 : 0));
  return std::string{address.substr(0, end)};
}

void FrontDoor::open(http::Router& router, std::string_view method, std::string_view pattern, Open handler) {
  const bool changes = method != "GET";
  router.add(method, pattern, [this, handler, changes](const Request& request) {
    if (!changes) return (this->*handler)(request);
    if (!is_from_our_page(request)) return refuse(403, "forbidden", "this request did not come from winback's own page; load it anew");
    if (!by_address_.allow(network_of(request.remote_ip), house_.clock.now())) return too_many(60);
    return (this->*handler)(request);
  });
}

void FrontDoor::mount(http::Router& router, Gate& gate) {
  open(router, "GET", "/api/setup", &FrontDoor::setup_state);
  open(router, "POST", "/api/setup", &FrontDoor::setup);
  open(router, "GET", "/api/sign-in", &FrontDoor::sign_in_state);
  open(router, "POST", "/api/session", &FrontDoor::sign_in);
  open(router, "POST", "/api/join", &FrontDoor::join);
  const auto own = [&](std::string_view method, std::string_view pattern, Own handler) {
    gate.guard(router, method, pattern, [this, handler](const Request& request, const Caller& caller) { return (this->*handler)(request, caller); });
  };
  own("GET", "/api/session", &FrontDoor::session);
  own("DELETE", "/api/session", &FrontDoor::sign_out);
  own("PUT", "/api/session/password", &FrontDoor::change_password);
  own("PUT", "/api/session/profile", &FrontDoor::change_profile);
  own("GET", "/api/session/others", &FrontDoor::sessions);
  own("DELETE", "/api/session/others/:id", &FrontDoor::end_session);
}

Response FrontDoor::setup_state(const Request&) {
  const auto needed = needs_setup(house_.store.users());
  if (!needed) return failed(needed.error());
  return json_answer(200, ordered_json{{"needed", *needed}}.dump());
}

Response FrontDoor::sign_in_state(const Request&) {
  const auto needed = needs_setup(house_.store.users());
  if (!needed) return failed(needed.error());
  const ordered_json oidc = house_.oidc_name.empty() ? ordered_json(nullptr) : ordered_json{{"name", house_.oidc_name}};
  return json_answer(200, ordered_json{{"setup_needed", *needed}, {"oidc", oidc}}.dump());
}

Response FrontDoor::setup(const Request& request) {
  User owner{.role = model::Role::owner, .state = UserState::active, .created_at = house_.clock.now()};
  const Result<void> done = [&]() -> Result<void> {
    WB_ASSIGN(Body body, Body::read(request));
    WB_ASSIGN(const std::string token, body.line("token", 100));
    WB_ASSIGN(const std::string email, body.line("email", 320));
    WB_ASSIGN(owner.name, body.line("name", 100));
    WB_ASSIGN(const std::string password, body.text("password", kMostPassword));
    WB_TRY(body.end());
    const auto usable = [&]() -> Result<void> {
      WB_ASSIGN(const bool needed, needs_setup(house_.store.users()));
      WB_ASSIGN(const auto link, house_.store.users().link(digest_of(token), "setup", house_.clock.now()));
      if (!needed || !link) return fail(Code::not_found, "this link was used or is too old; `winback serve` prints a new one when it starts and nobody is set up");
      return {};
    };
    WB_TRY(usable());  // before the password costs anything
    WB_ASSIGN(const auto address, base::parse_email(email));
    owner.email = address.normal();
    WB_TRY(judge_password(password, owner.email, owner.name));
    WB_ASSIGN(owner.password, house_.passwords.hash(password));
    return house_.store.transact([&]() -> Result<void> {
      WB_TRY(usable());
      WB_ASSIGN(const bool added, house_.store.users().add(owner));
      if (!added) return fail(Code::conflict, "somebody with this address is known already; use `winback user reset` for a link");
      WB_TRY(house_.store.users().drop_links(0));
      return house_.audit.record({.user_id = owner.id, .name = owner.name, .address = request.remote_ip}, "set up", fmt::format("user {}", owner.id), "owner");
    });
  }();
  if (!done) return failed(done.error());
  return let_in(owner, request, "set-up link");
}

std::string FrontDoor::bucket(const std::optional<User>& user, std::string_view email, const Request& request) const {
  if (user) {
    // A device this person came in from before has a bucket of its own: strangers cannot fill it.
    const std::string cookie = read_cookie(request, cookie_name("device", house_.sessions.reach()));
    const std::size_t dot = cookie.rfind('.');
    const std::string owner = fmt::format("{}.", user->id);
    if (dot != cookie.npos && cookie.starts_with(owner) &&
        same_text(cookie.substr(dot + 1), base::to_hex(house_.store.sign("device", cookie.substr(0, dot))))) {
      return "device " + cookie.substr(0, dot);
    }
  }
  return "account " + digest_of(email);
}

/// The person when everything is right; nobody otherwise, after the same work.
Result<std::optional<User>> FrontDoor::judge(std::string_view email, std::string_view password, const Request& request) {
  const std::string address = normal(email);
  WB_ASSIGN(auto user, house_.store.users().by_email(address));
  const Instant now = house_.clock.now();
  const std::string key = bucket(user, address, request);
  const bool may = attempts_.may(key, now) && user && user->state == UserState::active;
  WB_ASSIGN(const bool right, house_.passwords.check(password, may ? user->password : std::string{}));
  if (!right) {
    attempts_.failed(key, now);
    const Caller caller{.user_id = user ? user->id : 0, .address = request.remote_ip};
    WB_TRY(house_.audit.record(caller, "sign in", user ? fmt::format("user {}", user->id) : "nobody", "password", "refused"));
    return std::optional<User>{};
  }
  attempts_.succeeded(key);
  if (house_.passwords.is_outdated(user->password)) {
    WB_ASSIGN(user->password, house_.passwords.hash(password));
    WB_TRY(house_.store.users().save(*user));
  }
  return user;
}

Response FrontDoor::sign_in(const Request& request) {
  std::optional<User> user;
  const Result<void> done = [&]() -> Result<void> {
    WB_ASSIGN(Body body, Body::read(request));
    WB_ASSIGN(const std::string email, body.text("email", 320));
    WB_ASSIGN(const std::string password, body.text("password", kMostPassword));
    WB_TRY(body.end());
    WB_ASSIGN(user, judge(email, password, request));
    return {};
  }();
  if (!done) return failed(done.error());
  return user ? let_in(*user, request, "password") : no_entry();
}

Response FrontDoor::let_in(const User& user, const Request& request, std::string_view how) {
  Response response;
  std::optional<SignedIn> in;
  const Result<void> done = house_.store.transact([&]() -> Result<void> {
    WB_ASSIGN(in, house_.sessions.begin(user, request, response));
    WB_TRY(house_.audit.record({.user_id = user.id, .name = user.name, .address = request.remote_ip}, "sign in", fmt::format("user {}", user.id), how));
    return {};
  });
  if (!done) return failed(done.error());
  auto json = session_json(house_, *in);
  if (!json) return failed(json.error());
  const std::string device = fmt::format("{}.{}", user.id, new_token());
  set_cookie(response, "device", device + "." + base::to_hex(house_.store.sign("device", device)), house_.sessions.reach(), std::chrono::days{365});
  Response answer = json_answer(200, std::move(*json));
  for (auto& header : response.headers) answer.headers.push_back(std::move(header));
  return answer;
}

Response FrontDoor::join(const Request& request) {
  std::optional<User> user;
  const Result<void> done = [&]() -> Result<void> {
    WB_ASSIGN(Body body, Body::read(request));
    WB_ASSIGN(const std::string token, body.line("token", 100));
    WB_ASSIGN(const std::string password, body.text("password", kMostPassword));
    WB_TRY(body.end());
    const auto usable = [&]() -> Result<void> {
      WB_ASSIGN(const auto link, house_.store.users().link(digest_of(token), "join", house_.clock.now()));
      if (link) {
        WB_ASSIGN(user, house_.store.users().find(link->user_id));
      }
      if (!link || !user || user->state == UserState::disabled) return fail(Code::not_found, "this link was used or is too old; ask an owner for a new one");
      return {};
    };
    WB_TRY(usable());
    WB_TRY(judge_password(password, user->email, user->name));
    WB_ASSIGN(const std::string encoded, house_.passwords.hash(password));
    return house_.store.transact([&]() -> Result<void> {
      WB_TRY(usable());
      user->password = encoded;
      user->state = UserState::active;
      WB_TRY(house_.store.users().save(*user));
      WB_TRY(house_.store.users().drop_links(user->id));
      WB_TRY(house_.store.sessions().end_all(user->id));
      return house_.audit.record({.user_id = user->id, .name = user->name, .address = request.remote_ip}, "password set by link", fmt::format("user {}", user->id));
    });
  }();
  if (!done) return failed(done.error());
  return let_in(*user, request, "one-time link");
}

Response FrontDoor::session(const Request& request, const Caller&) {
  const Result<std::string> json = [&]() -> Result<std::string> {
    WB_ASSIGN(const auto in, house_.sessions.find(request));
    if (!in) return fail(Code::not_found, "the session has just ended");
    return session_json(house_, *in);
  }();
  return json ? json_answer(200, *json) : failed(json.error());
}

Response FrontDoor::sign_out(const Request& request, const Caller& caller) {
  Response response = json_answer(200, R"({"signed_in":false})");
  const Result<void> done = house_.store.transact([&]() -> Result<void> {
    WB_TRY(house_.sessions.end(request, response));
    return house_.audit.record(caller, "sign out", fmt::format("user {}", caller.user_id));
  });
  if (!done) return failed(done.error());
  response.headers.emplace_back("Clear-Site-Data", "\"cache\", \"storage\"");
  return response;
}

Response FrontDoor::change_password(const Request& request, const Caller& caller) {
  std::optional<User> user;
  bool right = false;
  const Result<void> done = [&]() -> Result<void> {
    WB_ASSIGN(Body body, Body::read(request));
    WB_ASSIGN(const std::string old_one, body.text("old", kMostPassword));
    WB_ASSIGN(const std::string new_one, body.text("new", kMostPassword));
    WB_TRY(body.end());
    WB_ASSIGN(user, house_.store.users().find(caller.user_id));
    if (!user) return fail(Code::not_found, "this account is gone");
    const Instant now = house_.clock.now();
    const std::string key = fmt::format("own password {}", caller.user_id);
    const bool may = attempts_.may(key, now);
    WB_ASSIGN(right, house_.passwords.check(old_one, may ? user->password : std::string{}));
    if (!right) {
      attempts_.failed(key, now);
      return house_.audit.record(caller, "password change", fmt::format("user {}", caller.user_id), "old password wrong", "refused");
    }
    attempts_.succeeded(key);
    WB_TRY(judge_password(new_one, user->email, user->name));
    WB_ASSIGN(user->password, house_.passwords.hash(new_one));
    return house_.store.transact([&]() -> Result<void> {
      WB_TRY(house_.store.users().save(*user));
      WB_TRY(house_.store.users().drop_links(user->id));
      WB_TRY(house_.store.sessions().end_all(user->id));
      return house_.audit.record(caller, "password change", fmt::format("user {}", caller.user_id));
    });
  }();
  if (!done) return failed(done.error());
  if (!right) return refuse(403, "forbidden", "the old password is wrong, or there were too many tries");
  return let_in(*user, request, "password change");
}

Response FrontDoor::change_profile(const Request& request, const Caller& caller) {
  std::string json;
  const Result<void> done = [&]() -> Result<void> {
    WB_ASSIGN(Body body, Body::read(request));
    WB_ASSIGN(const auto name, body.line_if_there("name", 100));
    WB_ASSIGN(const auto language, body.line_if_there("language", 10));
    WB_ASSIGN(const auto theme, body.line_if_there("theme", 10));
    WB_TRY(body.end());
    if (name && name->empty()) return fail(Code::invalid_input, "name is empty");
    if (language && !language->empty() && *language != "en" && *language != "zh-CN" && *language != "zh-TW") {
      return fail(Code::invalid_input, "language must be en, zh-CN or zh-TW");
    }
    if (theme && !theme->empty() && *theme != "light" && *theme != "dark" && *theme != "system") {
      return fail(Code::invalid_input, "theme must be light, dark or system");
    }
    std::optional<SignedIn> in;
    WB_TRY(house_.store.transact([&]() -> Result<void> {
      WB_ASSIGN(in, house_.sessions.find(request));
      if (!in || in->user.id != caller.user_id) return fail(Code::not_found, "the session has just ended");
      if (name) in->user.name = *name;
      if (language) in->user.language = *language;
      if (theme) in->user.theme = *theme;
      return house_.store.users().save(in->user);
    }));
    WB_ASSIGN(json, session_json(house_, *in));
    return {};
  }();
  return done ? json_answer(200, std::move(json)) : failed(done.error());
}

Response FrontDoor::sessions(const Request&, const Caller& caller) {
  const auto all = house_.store.sessions().of_user(caller.user_id);
  if (!all) return failed(all.error());
  ordered_json list = ordered_json::array();
  for (const model::Session& session : *all) {
    list.push_back({{"id", session.id},
                    {"created_at", base::to_string(session.created_at)},
                    {"last_seen_at", base::to_string(session.last_seen_at)},
                    {"address", session.address},
                    {"agent", session.agent},
                    {"current", session.digest == caller.session}});
  }
  return json_answer(200, ordered_json{{"sessions", std::move(list)}}.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

Response FrontDoor::end_session(const Request& request, const Caller& caller) {
  const std::string_view part = request.part("id");
  std::int64_t id = 0;
  const auto [end, wrong] = std::from_chars(part.data(), part.data() + part.size(), id);
  if (wrong != std::errc{} || end != part.data() + part.size()) return refuse(404, "not_found", "there is no such session");
  const Result<void> done = house_.store.transact([&]() -> Result<void> {
    WB_ASSIGN(const bool ended, house_.store.sessions().end_of_user(caller.user_id, id));
    if (!ended) return fail(Code::not_found, "there is no such session");
    return house_.audit.record(caller, "session ended", fmt::format("session {}", id));
  });
  return done ? json_answer(200, ordered_json{{"id", id}}.dump()) : failed(done.error());
}

}  // namespace entry
