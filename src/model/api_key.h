#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace model {

/// A program's key to the API, as it is known again: the key itself is kept nowhere.
struct ApiKey {
  std::int64_t id = 0;
  std::string name;
  std::string digest;  ///< SHA-256 of the key, in hexadecimal digits
  base::Instant created_at;
  std::optional<base::Instant> revoked_at;
  std::vector<std::string> scopes;  ///< what it opens
  std::string created_by;           ///< a person's name; "terminal" for the command line
  std::optional<base::Instant> last_used_at;
};

}  // namespace model
