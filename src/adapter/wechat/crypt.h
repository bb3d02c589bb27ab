#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace adapter::wechat {

/// What WeChat signs with: SHA-1 over the parts, sorted and joined, in hexadecimal digits.
std::string signature_of(std::vector<std::string> parts);

/// The key of safe mode, from EncodingAESKey (43 characters).
base::Result<std::string> open_aes_key(std::string_view encoding_aes_key);

/// The message within an Encrypt element, when it is meant for this app: AES-256-CBC, the key's first half as initial vector,
/// 16 random bytes, the length, the message, the app's id, padding to 32 bytes. Check the signature first.
base::Result<std::string> decrypt(std::string_view key, std::string_view encrypted, std::string_view app_id);

/// The other way round, as WeChat does it.
std::string encrypt(std::string_view key, std::string_view message, std::string_view app_id, std::string_view random);

}  // namespace adapter::wechat
