#pragma once

#include <memory>

#include "port/callback.h"
#include "tests/support/providers/provider_peer.h"
#include "tests/support/signer.h"

namespace tests {

inline constexpr char kSesKeyId[] = "AKIDTESTSES000000001";
inline constexpr char kSesSecret[] = "sesTestSecret/0001+abcdefghijklmnopqrstu";
inline constexpr char kSesRegion[] = "eu-west-1";
inline constexpr char kSesTopic[] = "arn:aws:sns:eu-west-1:123456789012:winback";

/// SES v2: SendEmail and GetAccount, requests verified by their signature. An address at invalid.example is refused by its spelling,
/// one at barred.example as rejected content.
std::unique_ptr<ProviderPeer> ses_peer();

/// A call of SNS with this event of SES inside, signed by `signer` with SignatureVersion 1 or 2.
port::Callback::Request sns_notification(const RsaSigner& signer, const std::string& event, const std::string& topic = kSesTopic, int version = 2);
/// Its call that asks whether the subscription is meant.
port::Callback::Request sns_confirmation(const RsaSigner& signer, const std::string& subscribe_url);
/// Where its certificate is said to lie.
inline constexpr char kSnsCertificate[] = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";

}  // namespace tests
