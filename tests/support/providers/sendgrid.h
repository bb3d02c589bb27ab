#pragma once

#include <memory>

#include "port/callback.h"
#include "tests/support/providers/provider_peer.h"
#include "tests/support/signer.h"

namespace tests {

inline constexpr char kSendgridKey[] = "SG.testKeyOfSendgrid0001";

/// SendGrid v3: mail/send and scopes. An address at invalid.example is none; one at barred.example is refused by content.
std::unique_ptr<ProviderPeer> sendgrid_peer();

/// Its signed event webhook.
port::Callback::Request sendgrid_call(const EcSigner& signer, const std::string& body, base::Instant at);

}  // namespace tests
