#include "access/sessions.h"

#include "access/secret.h"
#include "base/hash.h"

namespace entry {

using base::Instant;
using base::Result;

namespace {

constexpr std::size_t kTokenSize = 64;

std::string agent_of(const http::Request& request) {
  std::string agent{request.header("user-agent").substr(0, 200)};
  for (char& c : agent) c = static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F ? '?' : c;
  return agent;
}

}  // namespace

Result<SignedIn> Sessions::begin(const model::User& user, const http::Request& request, http::Response& response) {
  const std::string token = new_token();
  const Instant now = clock_.now();
  SignedIn in{{.digest = digest_of(token), .user_id = user.id, .created_at = now, .last_seen_at = now, .address = request.remote_ip, .agent = agent_of(request)}, user};
  WB_TRY(store_.transact([&]() -> Result<void> {
    if (const std::string old = read_cookie(request, cookie_name("", reach_)); !old.empty()) WB_TRY(store_.sessions().end(digest_of(old)));
    WB_TRY(store_.sessions().drop_old(now - life_.idle, now - life_.absolute));
    WB_TRY(store_.sessions().add(in.session));
    in.user.last_seen_at = now;
    return store_.users().save(in.user);
  }));
  set_cookie(response, "", token, reach_, life_.absolute);
  return in;
}

Result<std::optional<SignedIn>> Sessions::find(const http::Request& request) {
  const std::string token = read_cookie(request, cookie_name("", reach_));
  if (token.size() != kTokenSize) return std::optional<SignedIn>{};
  WB_ASSIGN(auto session, store_.sessions().find(digest_of(token)));
  if (!session) return std::optional<SignedIn>{};
  const Instant now = clock_.now();
  if (now - session->last_seen_at >= life_.idle || now - session->created_at >= life_.absolute) {
    WB_TRY(store_.sessions().end(session->digest));
    return std::optional<SignedIn>{};
  }
  WB_ASSIGN(auto user, store_.users().find(session->user_id));
  if (!user || user->state != model::UserState::active) return std::optional<SignedIn>{};
  // Once a minute is often enough, and costs a write only then.
  if (now - session->last_seen_at >= std::chrono::minutes{1}) {
    WB_TRY(store_.sessions().touch(session->digest, now));
    session->last_seen_at = now;
  }
  return std::optional{SignedIn{std::move(*session), std::move(*user)}};
}

Result<void> Sessions::end(const http::Request& request, http::Response& response) {
  const std::string token = read_cookie(request, cookie_name("", reach_));
  if (!token.empty()) WB_TRY(store_.sessions().end(digest_of(token)));
  set_cookie(response, "", "", reach_, std::chrono::seconds{0});
  return {};
}

std::string Sessions::csrf_token(std::string_view session_digest) const { return base::to_hex(store_.sign("csrf", session_digest)); }

}  // namespace entry
