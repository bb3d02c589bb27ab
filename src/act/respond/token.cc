#include "act/respond/token.h"

#include <array>

namespace act::respond {
namespace {

constexpr std::size_t kMac = 16;
constexpr std::size_t kBytes = kMac + 1 + 8 + 8;  // a multiple of three: every character counts, none is padding
constexpr std::size_t kCharacters = kBytes / 3 * 4;
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Bytes = std::array<std::uint8_t, kBytes>;

void put(Bytes& bytes, std::size_t at, std::int64_t value) {
  for (std::size_t i = 0; i < 8; ++i) bytes[at + i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (56 - 8 * i));
}

std::int64_t get(const Bytes& bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | bytes[at + i];
  return static_cast<std::int64_t>(value);
}

base::Digest mac_of(const Sign& sign, const Bytes& bytes) {
  return sign("link", {reinterpret_cast<const char*>(bytes.data()) + kMac, kBytes - kMac});
}

std::string encode(const Bytes& bytes) {
  std::string text;
  text.reserve(kCharacters);
  for (std::size_t i = 0; i < kBytes; i += 3) {
    const unsigned group = static_cast<unsigned>(bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2]);
    for (const unsigned shift : {18U, 12U, 6U, 0U}) text += kAlphabet[group >> shift & 63U];
  }
  return text;
}

std::optional<Bytes> decode(std::string_view text) {
  if (text.size() != kCharacters) return std::nullopt;
  Bytes bytes{};
  for (std::size_t i = 0, out = 0; i < kCharacters; i += 4, out += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const std::size_t digit = kAlphabet.find(text[i + k]);
      if (digit == std::string_view::npos) return std::nullopt;
      group = group << 6 | static_cast<std::uint32_t>(digit);
    }
    bytes[out] = static_cast<std::uint8_t>(group >> 16);
    bytes[out + 1] = static_cast<std::uint8_t>(group >> 8);
    bytes[out + 2] = static_cast<std::uint8_t>(group);
  }
  return bytes;
}

}  // namespace

std::string make_token(const Sign& sign, Use use, const Token& token) {
  Bytes bytes{};
  bytes[kMac] = static_cast<std::uint8_t>(use);
  put(bytes, kMac + 1, token.message_id);
  put(bytes, kMac + 9, token.link_id);
  const base::Digest mac = mac_of(sign, bytes);
  for (std::size_t i = 0; i < kMac; ++i) bytes[i] = mac[i];
  return encode(bytes);
}

std::optional<Token> read_token(const Sign& sign, Use use, std::string_view text) {
  const std::optional<Bytes> bytes = decode(text);
  if (!bytes) return std::nullopt;
  const base::Digest mac = mac_of(sign, *bytes);
  unsigned different = 0;
  for (std::size_t i = 0; i < kMac; ++i) different |= static_cast<unsigned>(mac[i] ^ (*bytes)[i]);
  if (different != 0 || (*bytes)[kMac] != static_cast<std::uint8_t>(use)) return std::nullopt;
  return Token{get(*bytes, kMac + 1), get(*bytes, kMac + 9)};
}

}  // namespace act::respond
