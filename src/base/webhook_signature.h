#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace base {

/// The shared key of one webhook, and signatures with it (Standard Webhooks 1.0, symmetric): HMAC-SHA256 over
/// "id.timestamp.body", the body as raw bytes. Immutable, safe to share between threads.
class WebhookSecret {
 public:
  /// Reads "whsec_" and base64, or base64 alone, of at least 16 bytes.
  static Result<WebhookSecret> open(std::string_view text);

  /// The value of webhook-signature: "v1,…". `timestamp` is the value of webhook-timestamp.
  std::string sign(std::string_view id, std::string_view timestamp, std::string_view body) const;

  /// Whether one of the blank-separated signatures of version 1 is right and the timestamp is within 300 s of `now`
  /// either way. The comparison takes the same time for every wrong signature. The error says which header is wrong.
  Result<void> verify(std::string_view id, std::string_view timestamp, std::string_view signatures,
                      std::string_view body, Instant now) const;

 private:
  WebhookSecret() = default;
  std::vector<char> key_;
};

}  // namespace base
