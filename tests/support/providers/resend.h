#pragma once

#include <memory>

#include "port/callback.h"
#include "tests/support/providers/provider_peer.h"

namespace tests {

inline constexpr char kResendKey[] = "re_testKeyOfResend0001";
inline constexpr char kResendSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Resend: /emails with its idempotency keys (the same key and bytes again give the first answer and send nothing; other bytes give
/// 409) and /domains. An address at invalid.example is none; one at barred.example is refused otherwise.
std::unique_ptr<ProviderPeer> resend_peer();

/// Its webhook, signed as Svix does.
port::Callback::Request resend_call(const std::string& body, base::Instant at, const std::string& id = "msg_1");

}  // namespace tests
