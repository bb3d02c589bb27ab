#include "adapter/wechat/crypt.h"

#include <algorithm>

#include "base/aes.h"
#include "base/base64.h"
#include "base/hash.h"

namespace adapter::wechat {

using base::Code;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kRandom = 16, kBlock = 32, kLength = 4;

}  // namespace

std::string signature_of(std::vector<std::string> parts) {
  std::ranges::sort(parts);
  std::string joined;
  for (const std::string& part : parts) joined += part;
  return base::to_hex(base::sha1(joined));
}

Result<std::string> open_aes_key(std::string_view text) {
  const bool plain = text.size() == 43 && std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
  if (!plain) return fail(Code::invalid_input, "aes_key is the EncodingAESKey of 43 letters and digits from mp.weixin.qq.com");
  // 43 characters are 32 bytes. The last may hold bits that belong to no byte, and the end is missing; mail's base64 lets both pass.
  return base::from_mail_base64(text);
}

Result<std::string> decrypt(std::string_view key, std::string_view encrypted, std::string_view app_id) {
  const auto cipher = base::from_base64(encrypted);
  const auto plain = cipher && !cipher->empty() ? base::decrypt_aes256_cbc(key, key.substr(0, 16), *cipher) : std::nullopt;
  if (!plain) return fail(Code::invalid_input, "the encrypted message cannot be read");
  const auto padding = static_cast<unsigned char>(plain->back());
  if (padding == 0 || padding > kBlock || plain->size() < kRandom + kLength + padding) return fail(Code::invalid_input, "the encrypted message cannot be read: it was made with another aes_key");
  std::string_view rest{plain->data() + kRandom, plain->size() - kRandom - padding};
  std::size_t size = 0;
  for (std::size_t i = 0; i < kLength; ++i) size = size << 8 | static_cast<unsigned char>(rest[i]);
  rest.remove_prefix(kLength);
  if (size > rest.size()) return fail(Code::invalid_input, "the encrypted message cannot be read: it was made with another aes_key");
  if (rest.substr(size) != app_id) return fail(Code::invalid_input, "the encrypted message is meant for another app_id");
  return std::string{rest.substr(0, size)};
}

std::string encrypt(std::string_view key, std::string_view message, std::string_view app_id, std::string_view random) {
  std::string plain{random};
  for (int shift = 24; shift >= 0; shift -= 8) plain += static_cast<char>(message.size() >> shift & 0xFF);
  plain += message;
  plain += app_id;
  const std::size_t padding = kBlock - plain.size() % kBlock;
  plain.append(padding, static_cast<char>(padding));
  return base::to_base64(base::encrypt_aes256_cbc(key, key.substr(0, 16), plain).value_or(""));
}

}  // namespace adapter::wechat
