#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace entry {

/// What one hash costs. The defaults are OWASP's for argon2id (Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane).
struct HashCost {
  std::uint32_t memory_kib = 19 * 1024;
  std::uint32_t passes = 2;
};

/// Hashes and checks passwords with argon2id (RFC 9106). At most two hashes are made at once in the whole program, so that
/// sign-ins cannot use up memory; others wait their turn for five seconds, then `exhausted`. Any thread.
class Passwords {
 public:
  explicit Passwords(HashCost cost = {}) : cost_(cost) {}

  /// The encoded hash with its parameters and a random salt.
  base::Result<std::string> hash(std::string_view password) const;

  /// Whether the password is the hash's. An empty hash, one nobody can read, and a right one take the same work: a dummy
  /// of the same cost is checked instead.
  base::Result<bool> check(std::string_view password, const std::string& encoded) const;

  /// Whether the hash was made at another cost, so that it should be made anew at the next sign-in.
  bool is_outdated(std::string_view encoded) const;

 private:
  HashCost cost_;
};

/// Whether a password may be chosen: 12 to 128 characters (at most 512 bytes) of UTF-8, any of them, and not one that
/// guessers try first: common words and names with digits around them, rows of the keyboard, repetitions, the program's own
/// words, or the person's own address and name. The error says which, without repeating it.
base::Result<void> judge_password(std::string_view password, std::string_view email, std::string_view name);

}  // namespace entry
