#include "tests/support/strings.h"

#include <cstdint>

#include "tests/support/places.h"

namespace tests {
namespace {

void append(std::string& out, std::uint32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | point >> 18);
    out += static_cast<char>(0x80 | (point >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (point & 0x3F));
  }
}

}  // namespace

std::vector<std::string> json_strings(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  std::vector<std::string> all;
  std::size_t at = 0;
  const auto unit = [&] {
    const auto value = static_cast<std::uint32_t>(std::stoul(text.substr(at + 1, 4), nullptr, 16));
    at += 4;
    return value;
  };
  for (at = text.find('"'); at != std::string::npos; at = text.find('"', at + 1)) {
    std::string one;
    for (++at; text[at] != '"'; ++at) {
      if (text[at] != '\\') {
        one += text[at];
        continue;
      }
      switch (text[++at]) {
        case 'n': one += '\n'; break;
        case 't': one += '\t'; break;
        case 'r': one += '\r'; break;
        case 'b': one += '\b'; break;
        case 'f': one += '\f'; break;
        case 'u': {
          std::uint32_t point = unit();
          if (point >= 0xD800 && point < 0xDC00) {
            at += 2;  // the second half: \uXXXX
            point = 0x10000 + ((point - 0xD800) << 10) + (unit() - 0xDC00);
          }
          append(one, point);
          break;
        }
        default: one += text[at];
      }
    }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace tests
