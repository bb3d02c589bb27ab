#include "app/personal_code.h"

namespace app {

std::string code_from(const base::Digest& digest) {
  constexpr std::string_view kLetters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
  std::string code;
  for (std::size_t i = 0; i < 10; ++i) code += kLetters[digest[i] % kLetters.size()];
  return code;
}

}  // namespace app
