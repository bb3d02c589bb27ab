#include "access/api_key.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "access/body.h"
#include "access/secret.h"

namespace entry {

using base::Code;
using base::fail;
using base::Result;

namespace {

constexpr std::string_view kScopes[] = {"inbox", "codes", "responses", "bounces", "events", "console:read", "metrics", "tickets", "onsite"};

}  // namespace

std::span<const std::string_view> scopes() { return kScopes; }

std::vector<std::string> usual_scopes() { return {"inbox", "codes", "responses", "bounces"}; }

Result<std::string> make_api_key(std::string_view name, port::KeyStore& keys, base::Instant now, std::vector<std::string> opens,
                                 std::string_view created_by) {
  WB_TRY(check_line("the key's name", name, 60));
  if (opens.empty()) return fail(Code::invalid_input, "a key needs at least one scope; there are {}", fmt::join(kScopes, ", "));
  std::ranges::sort(opens);
  opens.erase(std::unique(opens.begin(), opens.end()), opens.end());
  for (const std::string& scope : opens) {
    if (std::ranges::find(kScopes, scope) == std::end(kScopes)) {
      return fail(Code::invalid_input, "there is no such scope; there are {}", fmt::join(kScopes, ", "));
    }
  }
  std::string key = "wb_" + new_token();
  WB_ASSIGN(const bool added, keys.add({.name = std::string{name},
                                        .digest = digest_of(key),
                                        .created_at = now,
                                        .scopes = std::move(opens),
                                        .created_by = std::string{created_by}}));
  if (!added) return fail(Code::conflict, "there is a key named '{}' already; choose another name, or end it with `winback key revoke {}`", name, name);
  return key;
}

Result<std::optional<model::ApiKey>> known_api_key(std::string_view presented, port::KeyStore& keys) {
  const std::string digest = digest_of(presented);
  WB_ASSIGN(const auto all, keys.list());
  std::optional<model::ApiKey> found;
  for (const model::ApiKey& key : all) {
    const bool same = same_text(key.digest, digest);
    if (same && !key.revoked_at) found = key;
  }
  return found;
}

bool opens(const model::ApiKey& key, std::string_view scope) { return !scope.empty() && std::ranges::find(key.scopes, scope) != key.scopes.end(); }

}  // namespace entry
