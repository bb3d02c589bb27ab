#pragma once

#include <memory>

#include "tests/support/providers/provider_peer.h"

namespace tests {

inline constexpr char kAliyunKeyId[] = "LTAItestKeyId0001";
inline constexpr char kAliyunSecret[] = "aliyunTestSecret0001";
inline constexpr char kAliyunSign[] = "小猫书店";

/// Aliyun's dysmsapi: SendSms, QuerySendDetails, GetSmsSign, GetSmsTemplate, with signatures, nonces and clocks judged. 1000… is no
/// number; 13800138999 is barred. Templates: SMS_71390007 approved notice; SMS_200 approved marketing with the words of refusal, SMS_201
/// without them; SMS_202 still examined.
std::unique_ptr<ProviderPeer> aliyun_peer();

}  // namespace tests
