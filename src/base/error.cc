#include "base/error.h"

#include <cstdio>
#include <cstdlib>

namespace base {

std::string_view name_of(Code code) {
  switch (code) {
    case Code::invalid_input: return "invalid_input";
    case Code::not_found: return "not_found";
    case Code::conflict: return "conflict";
    case Code::unavailable: return "unavailable";
    case Code::exhausted: return "exhausted";
    case Code::timeout: return "timeout";
    case Code::unsupported: return "unsupported";
    case Code::corrupt: return "corrupt";
    case Code::internal: return "internal";
  }
  return "internal";
}


bool is_retryable(Code code) { return code == Code::unavailable || code == Code::timeout || code == Code::conflict; }

void check_failed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "winback: broken invariant at %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace base
