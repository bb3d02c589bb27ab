#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "port/act_store.h"

namespace app {

/// Makes a key for a program and keeps its digest. The key is 32 random bytes, "wb_" and 64 hexadecimal digits; this is
/// the only time anyone sees it. `conflict` when a living key has the name.
base::Result<std::string> make_api_key(std::string_view name, port::KeyStore& keys, base::Instant now);

/// The living key that `presented` is; nothing for any other text. Every stored digest is compared, each in constant time,
/// so that the time taken says nothing about how near a guess came.
base::Result<std::optional<model::ApiKey>> known_api_key(std::string_view presented, port::KeyStore& keys);

}  // namespace app
