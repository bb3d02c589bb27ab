#pragma once

#include <cstdint>
#include <string>

#include "model/access.h"

namespace entry {

using model::Role;

/// Who asks: somebody signed in, or a program with a key.
struct Caller {
  std::int64_t user_id = 0;  ///< 0 = a program
  std::int64_t key_id = 0;   ///< 0 = a person
  std::string name;          ///< of the person or the key
  Role role = Role::read_only;  ///< of a person
  std::string session;       ///< digest of the session; empty for a program
  std::string address;       ///< where the request came from
};

}  // namespace entry
