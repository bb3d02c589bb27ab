#pragma once

#include <cstdint>
#include <string>

namespace entry {

/// What a person may do; which routes that is stands in api/openapi.yaml.
enum class Role : std::uint8_t {
  owner,      ///< everything, people and keys too
  marketer,   ///< plans, launches, customers
  analyst,    ///< reads everything, decides nothing
  agent,      ///< works on tasks and sees the customers they are about
  read_only,  ///< figures without customers
};

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
