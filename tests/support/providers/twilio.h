#pragma once

#include <memory>

#include "tests/support/providers/provider_peer.h"

namespace tests {

inline constexpr char kTwilioAccount[] = "AC00000000000000000000000000000001";
inline constexpr char kTwilioToken[] = "12345678901234567890123456789012";
inline constexpr char kTwilioFrom[] = "+15005550006";

/// Twilio's Messages and Account resources, with its magic numbers: +15005550001 is invalid, …0009 no mobile, …0004 opted out,
/// …0003 in a country that is not allowed.
std::unique_ptr<ProviderPeer> twilio_peer();

/// A call Twilio makes: form fields posted to `url` and signed.
struct SignedCall {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};
SignedCall twilio_call(const std::string& url, const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace tests
