#include "app/api_keys.h"

#include <sys/random.h>

#include "app/json_object.h"
#include "base/hash.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;

namespace {

std::string digest_of(std::string_view key) { return base::to_hex(base::sha256(key)); }

bool equal(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  return different == 0;
}

}  // namespace

Result<std::string> make_api_key(std::string_view name, port::KeyStore& keys, base::Instant now) {
  WB_TRY(check_text("the key's name", name, 60));
  std::array<std::uint8_t, 32> bytes{};
  WB_CHECK(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  std::string key = "wb_" + base::to_hex(bytes);
  WB_ASSIGN(const bool added, keys.add({.name = std::string{name}, .digest = digest_of(key), .created_at = now}));
  if (!added) return fail(Code::conflict, "there is a key named '{}' already; choose another name, or end it with `winback key revoke {}`", name, name);
  return key;
}

Result<std::optional<model::ApiKey>> known_api_key(std::string_view presented, port::KeyStore& keys) {
  const std::string digest = digest_of(presented);
  WB_ASSIGN(const auto all, keys.list());
  std::optional<model::ApiKey> found;
  for (const model::ApiKey& key : all) {
    const bool same = equal(key.digest, digest);
    if (same && !key.revoked_at) found = key;
  }
  return found;
}

}  // namespace app
