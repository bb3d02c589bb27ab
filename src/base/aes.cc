#include "base/aes.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

#include "base/error.h"

namespace base {
namespace {

constexpr std::size_t kKey = 32, kBlock = 16;

std::optional<std::string> run(std::string_view key, std::string_view initial, std::string_view text, bool encrypt) {
  if (key.size() != kKey || initial.size() != kBlock || text.size() % kBlock != 0) return std::nullopt;
  const auto bytes = [](std::string_view of) { return reinterpret_cast<const unsigned char*>(of.data()); };
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  const std::unique_ptr<EVP_CIPHER_CTX, Free> context{EVP_CIPHER_CTX_new()};
  std::string out(text.size() + kBlock, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  int size = 0, rest = 0;
  if (EVP_CipherInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, bytes(key), bytes(initial), encrypt ? 1 : 0) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_CipherUpdate(context.get(), to, &size, bytes(text), static_cast<int>(text.size())) != 1 ||
      EVP_CipherFinal_ex(context.get(), to + size, &rest) != 1)
    return std::nullopt;
  out.resize(static_cast<std::size_t>(size + rest));
  return out;
}

}  // namespace

std::optional<std::string> encrypt_aes256_cbc(std::string_view key, std::string_view initial, std::string_view plain) {
  return run(key, initial, plain, true);
}

std::optional<std::string> decrypt_aes256_cbc(std::string_view key, std::string_view initial, std::string_view cipher) {
  return run(key, initial, cipher, false);
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  WB_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1);
  return bytes;
}

}  // namespace base
