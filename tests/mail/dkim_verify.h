#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tests {

/// A DKIM verifier (RFC 6376, RFC 8463) written for the tests, apart from the signer's code: simple and relaxed, RSA
/// and Ed25519 with SHA-256.
struct DkimVerdict {
  int signatures = 0;
  int good = 0;
  std::string why;  ///< of the last that failed
};

/// `dns` holds TXT records by name; nothing else is asked.
DkimVerdict verify_dkim(std::string_view message, const std::map<std::string, std::string>& dns);

}  // namespace tests
