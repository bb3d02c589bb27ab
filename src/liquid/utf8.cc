#include "liquid/utf8.h"

namespace liquid {
namespace {

unsigned code_of(const char* c) { return (static_cast<unsigned>(c[0]) & 0x1FU) << 6 | (static_cast<unsigned>(c[1]) & 0x3FU); }

void put(char* c, unsigned code) {
  c[0] = static_cast<char>(0xC0U | (code >> 6));
  c[1] = static_cast<char>(0x80U | (code & 0x3FU));
}

bool between(unsigned code, unsigned first, unsigned last) { return code >= first && code <= last; }

/// Latin Extended-A: pairs of a capital and its small letter, the capital even in some rows and odd in others.
bool even_pairs(unsigned code) { return between(code, 0x100, 0x137) || between(code, 0x14A, 0x177); }
bool odd_pairs(unsigned code) { return between(code, 0x139, 0x148) || between(code, 0x179, 0x17E); }

unsigned upper(unsigned code) {
  if (between(code, 0xE0, 0xFE) && code != 0xF7) return code - 0x20;
  if (code == 0x131 || code == 0x130) return code;
  if (even_pairs(code)) return code & ~1U;
  if (odd_pairs(code)) return (code & 1U) == 0 ? code - 1 : code;
  if (code == 0xFF) return 0x178;
  if (between(code, 0x3B1, 0x3C9) && code != 0x3C2) return code - 0x20;
  if (between(code, 0x430, 0x44F)) return code - 0x20;
  if (between(code, 0x450, 0x45F)) return code - 0x50;
  return code;
}

unsigned lower(unsigned code) {
  if (between(code, 0xC0, 0xDE) && code != 0xD7) return code + 0x20;
  if (code == 0x131 || code == 0x130) return code;
  if (code == 0x178) return 0xFF;
  if (even_pairs(code)) return code | 1U;
  if (odd_pairs(code)) return (code & 1U) == 1 ? code + 1 : code;
  if (between(code, 0x391, 0x3A9)) return code + 0x20;
  if (between(code, 0x410, 0x42F)) return code + 0x20;
  if (between(code, 0x400, 0x40F)) return code + 0x50;
  return code;
}

}  // namespace

void to_upper(char* character, std::size_t bytes) {
  if (bytes == 1) {
    if (*character >= 'a' && *character <= 'z') *character = static_cast<char>(*character - 32);
  } else if (bytes == 2) {
    put(character, upper(code_of(character)));
  }
}

void to_lower(char* character, std::size_t bytes) {
  if (bytes == 1) {
    if (*character >= 'A' && *character <= 'Z') *character = static_cast<char>(*character + 32);
  } else if (bytes == 2) {
    put(character, lower(code_of(character)));
  }
}

}  // namespace liquid
