#include "access/secret.h"

#include <sys/random.h>

#include <array>
#include <cstdint>

#include "base/base64.h"
#include "base/error.h"
#include "base/hash.h"

namespace entry {

std::string new_token() {
  std::array<std::uint8_t, 32> bytes{};
  WB_CHECK(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  return base::to_hex(bytes);
}

std::string digest_of(std::string_view token) { return base::to_hex(base::sha256(token)); }

bool same_text(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  return different == 0;
}

std::string base64url(std::string_view bytes) {
  std::string text = base::to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

}  // namespace entry
