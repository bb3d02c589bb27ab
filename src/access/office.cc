#include "access/office.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "access/answer.h"
#include "access/api_key.h"
#include "access/body.h"

namespace entry {

using base::Code;
using base::fail;
using base::Result;
using http::Request;
using http::Response;
using nlohmann::ordered_json;

namespace {

std::string dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace); }

ordered_json moment(const std::optional<base::Instant>& at) { return at ? ordered_json(base::to_string(*at)) : ordered_json(nullptr); }

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (wrong != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<std::int64_t> id_of(const Request& request) {
  const auto id = number<std::int64_t>(request.part("id"));
  if (!id) return fail(Code::not_found, "an id is a number");
  return *id;
}

Result<model::Role> role_of(std::string_view name) {
  const auto role = model::parse_role(name);
  if (!role) return fail(Code::invalid_input, "role must be owner, marketer, analyst, agent or read_only");
  return *role;
}

ordered_json describe(const model::User& user) {
  return {{"id", user.id},
          {"email", user.email},
          {"name", user.name},
          {"role", model::name_of(user.role)},
          {"state", model::name_of(user.state)},
          {"last_seen_at", moment(user.last_seen_at)}};
}

ordered_json describe(const model::ApiKey& key) {
  return {{"id", key.id},
          {"name", key.name},
          {"scopes", key.scopes},
          {"created_at", moment(key.created_at)},
          {"created_by", key.created_by},
          {"last_used_at", moment(key.last_used_at)},
          {"revoked_at", moment(key.revoked_at)}};
}

}  // namespace

void Office::mount(http::Router& router, Gate& gate) {
  const auto own = [&](std::string_view method, std::string_view pattern, Own handler) {
    gate.guard(router, method, pattern, [this, handler](const Request& request, const Caller& caller) { return (this->*handler)(request, caller); });
  };
  own("GET", "/api/users", &Office::users);
  own("POST", "/api/users", &Office::add_user);
  own("PATCH", "/api/users/:id", &Office::patch_user);
  own("POST", "/api/users/:id/link", &Office::user_link);
  own("GET", "/api/keys", &Office::keys);
  own("POST", "/api/keys", &Office::add_key);
  own("DELETE", "/api/keys/:id", &Office::end_key);
  own("GET", "/api/audit", &Office::audit);
}

Response Office::users(const Request&, const Caller&) {
  const auto all = house_.store.users().list();
  if (!all) return failed(all.error());
  ordered_json list = ordered_json::array();
  for (const model::User& user : *all) list.push_back(describe(user));
  return json_answer(200, dump({{"users", std::move(list)}}));
}

Response Office::add_user(const Request& request, const Caller& caller) {
  ordered_json json;
  const Result<void> done = [&]() -> Result<void> {
    WB_ASSIGN(Body body, Body::read(request));
    WB_ASSIGN(const std::string email, body.line("email", 320));
    WB_ASSIGN(const std::string name, body.line("name", 100));
    WB_ASSIGN(const std::string role_name, body.line("role", 20));
    WB_TRY(body.end());
    WB_ASSIGN(const model::Role role, role_of(role_name));
    const base::Instant now = house_.clock.now();
    return house_.store.transact([&]() -> Result<void> {
      WB_ASSIGN(const model::User user, invite(email, name, role, caller, house_.store, house_.audit, now));
      WB_ASSIGN(const std::string token, make_link(house_.store, "join", user.id, now));
      json = {{"user", describe(user)}, {"link", link_url(house_.sessions.reach(), request.header("host"), "join", token)}};
      return {};
    });
  }();
  return done ? json_answer(201, dump(json)) : failed(done.error());
}

Response Office::patch_user(const Request& request, const Caller& caller) {
  const Result<model::User> changed = [&]() -> Result<model::User> {
    WB_ASSIGN(const std::int64_t id, id_of(request));
    WB_ASSIGN(Body body, Body::read(request));
    WB_ASSIGN(const auto role, body.line_if_there("role", 20));
    WB_ASSIGN(const auto state, body.line_if_there("state", 20));
    UserChange change;
    WB_ASSIGN(change.name, body.line_if_there("name", 100));
    WB_TRY(body.end());
    if (role) {
      WB_ASSIGN(change.role, role_of(*role));
    }
    if (state) {
      change.state = model::parse_user_state(*state);
      if (!change.state || *change.state == model::UserState::invited) return fail(Code::invalid_input, "state must be active or disabled");
    }
    return change_user(id, change, caller, house_.store, house_.audit);
  }();
  return changed ? json_answer(200, dump(describe(*changed))) : failed(changed.error());
}

Response Office::user_link(const Request& request, const Caller& caller) {
  const Result<std::string> token = [&]() -> Result<std::string> {
    WB_ASSIGN(const std::int64_t id, id_of(request));
    return link_for(id, caller, house_.store, house_.audit, house_.clock.now());
  }();
  if (!token) return failed(token.error());
  return json_answer(200, dump({{"link", link_url(house_.sessions.reach(), request.header("host"), "join", *token)}}));
}

Response Office::keys(const Request&, const Caller&) {
  const auto all = house_.store.keys().list();
  if (!all) return failed(all.error());
  ordered_json list = ordered_json::array();
  for (const model::ApiKey& key : *all) list.push_back(describe(key));
  ordered_json known = ordered_json::array();
  for (const std::string_view scope : scopes()) known.push_back(scope);
  return json_answer(200, dump({{"keys", std::move(list)}, {"scopes", std::move(known)}}));
}

Response Office::add_key(const Request& request, const Caller& caller) {
  ordered_json json;
  const Result<void> done = [&]() -> Result<void> {
    WB_ASSIGN(Body body, Body::read(request));
    WB_ASSIGN(const std::string name, body.line("name", 60));
    WB_ASSIGN(auto opens, body.lines("scopes"));
    WB_TRY(body.end());
    return house_.store.transact([&]() -> Result<void> {
      WB_ASSIGN(const std::string key, make_api_key(name, house_.store.keys(), house_.clock.now(), opens, caller.name));
      WB_ASSIGN(const auto all, house_.store.keys().list());
      json = {{"key", key}};
      json.update(describe(all.back()));
      return house_.audit.record(caller, "key made", fmt::format("key {}", all.back().id), fmt::format("{}", fmt::join(all.back().scopes, " ")));
    });
  }();
  return done ? json_answer(201, dump(json)) : failed(done.error());
}

Response Office::end_key(const Request& request, const Caller& caller) {
  ordered_json json;
  const Result<void> done = [&]() -> Result<void> {
    WB_ASSIGN(const std::int64_t id, id_of(request));
    return house_.store.transact([&]() -> Result<void> {
      WB_ASSIGN(auto all, house_.store.keys().list());
      const auto found = std::ranges::find_if(all, [&](const model::ApiKey& key) { return key.id == id && !key.revoked_at; });
      if (found == all.end()) return fail(Code::not_found, "there is no living key of this number");
      found->revoked_at = house_.clock.now();
      WB_ASSIGN(const bool ended, house_.store.keys().revoke(found->name, *found->revoked_at));
      if (!ended) return fail(Code::not_found, "there is no living key of this number");
      json = describe(*found);
      return house_.audit.record(caller, "key revoked", fmt::format("key {}", id));
    });
  }();
  return done ? json_answer(200, dump(json)) : failed(done.error());
}

Response Office::audit(const Request& request, const Caller&) {
  const auto before = number<std::int64_t>(request.field("before").value_or("9223372036854775807"));
  const auto limit = number<std::size_t>(request.field("limit").value_or("50"));
  if (!before || !limit || *limit < 1 || *limit > 500) return refuse(400, "invalid_input", "before must be an id and limit a number from 1 to 500");
  const auto page = house_.store.audit().before(*before, *limit);
  if (!page) return failed(page.error());
  ordered_json list = ordered_json::array();
  for (const model::AuditEntry& entry : *page) {
    list.push_back({{"id", entry.id},
                    {"at", base::to_string(entry.at)},
                    {"who", entry.who},
                    {"address", entry.address},
                    {"action", entry.action},
                    {"object", entry.object},
                    {"detail", entry.detail},
                    {"result", entry.result}});
  }
  const ordered_json next = page->size() == *limit ? ordered_json(page->back().id) : ordered_json(nullptr);
  return json_answer(200, dump({{"entries", std::move(list)}, {"next", next}}));
}

}  // namespace entry
