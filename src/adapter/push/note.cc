#include "adapter/push/note.h"

#include <algorithm>

namespace adapter::push {

using base::Code;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kMostPayload = 4096, kMostToken = 4096;

bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == ':' || c == '.';
}

}  // namespace

Result<std::string> device_token(std::string_view address, std::string_view prefix) {
  if (!address.starts_with(prefix)) return fail(Code::invalid_input, "a push address begins with {}", prefix);
  address.remove_prefix(prefix.size());
  if (address.empty() || address.size() > kMostToken || !std::ranges::all_of(address, plain))
    return fail(Code::invalid_input, "the push address is no token of a device");
  return std::string{address};
}

Result<void> check_size(std::string_view payload) {
  if (payload.size() <= kMostPayload) return {};
  return fail(Code::invalid_input, "the push message has {} bytes with its link, {} may go: shorten its text", payload.size(), kMostPayload);
}

}  // namespace adapter::push
