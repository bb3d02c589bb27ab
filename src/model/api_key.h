#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"

namespace model {

/// A program's key to the API, as it is known again: the key itself is kept nowhere.
struct ApiKey {
  std::int64_t id = 0;
  std::string name;
  std::string digest;  ///< SHA-256 of the key, in hexadecimal digits
  base::Instant created_at;
  std::optional<base::Instant> revoked_at;
};

}  // namespace model
