#include "access/house.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "access/secret.h"

namespace entry {

using base::Result;
using nlohmann::ordered_json;

Result<std::string> session_json(const House& house, const SignedIn& in) {
  Workspace workspace;
  if (house.workspace) {
    WB_ASSIGN(workspace, house.workspace());
  }
  const model::User& user = in.user;
  const ordered_json json{{"user",
                           {{"id", user.id},
                            {"email", user.email},
                            {"name", user.name},
                            {"role", model::name_of(user.role)},
                            {"language", user.language},
                            {"theme", user.theme}}},
                          {"csrf", house.sessions.csrf_token(in.session.digest)},
                          {"workspace",
                           {{"name", workspace.name},
                            {"currency", workspace.currency},
                            {"zone", workspace.zone},
                            {"business", workspace.business},
                            {"as_of", workspace.as_of.empty() ? ordered_json(nullptr) : ordered_json(workspace.as_of)}}},
                          {"oidc", !user.subject.empty()}};
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Result<bool> needs_setup(port::UserStore& users) {
  WB_ASSIGN(const auto all, users.list());
  return std::ranges::none_of(all, [](const model::User& u) { return u.role == model::Role::owner && u.state == model::UserState::active; });
}

Result<std::string> make_link(port::ActStore& store, std::string_view purpose, std::int64_t user, base::Instant now) {
  const std::string token = new_token();
  const auto life = purpose == "setup" ? std::chrono::hours{24} : std::chrono::hours{72};
  WB_TRY(store.transact([&]() -> Result<void> {
    WB_TRY(store.users().drop_links(user));
    return store.users().put_link({.digest = digest_of(token), .purpose = std::string{purpose}, .user_id = user, .expires_at = now + life});
  }));
  return token;
}

std::string link_url(const Reach& reach, std::string_view host, std::string_view purpose, std::string_view token) {
  const bool clean = !host.empty() && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
  const std::string origin = !reach.base_url.empty() ? reach.base_url : clean ? fmt::format("{}://{}", reach.secure ? "https" : "http", host) : std::string{};
  return fmt::format("{}/{}#{}", origin, purpose, token);
}

}  // namespace entry
