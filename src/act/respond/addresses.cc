#include "act/respond/report_parts.h"

namespace act::respond {
namespace {

bool is_local(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view{".!#$%&*+-/=?^_{|}~"}.find(c) != std::string_view::npos;
}
bool is_domain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

constexpr std::size_t kMostAddresses = 100;

template <class Each>
void each_address(std::string_view text, const Each& each) {
  std::size_t floor = 0;  // where the address before ended: every character is looked at a bounded number of times
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    std::size_t begin = at, end = at + 1;
    while (begin > floor && at - begin < 64 && is_local(text[begin - 1])) --begin;
    while (end < text.size() && end - at < 254 && is_domain(text[end])) ++end;
    while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
    while (begin < at && (text[begin] == '.' || text[begin] == '/' || (text[begin] == '=' && text[begin + 1] != '?')))
      ++begin;
    const std::string_view domain = text.substr(at + 1, end - at - 1);
    floor = end;
    if (begin == at || domain.find('.') == std::string_view::npos) continue;
    if (!each(text.substr(begin, end - begin))) return;
  }
}

}  // namespace

std::string address_in(std::string_view text) {
  if (const std::size_t semicolon = text.find(';'); semicolon != std::string_view::npos && semicolon < 12)
    text.remove_prefix(semicolon + 1);
  if (const std::size_t open = text.find('<');
      open != std::string_view::npos && text.find('@', open) != std::string_view::npos)
    text.remove_prefix(open + 1);
  std::string found;
  each_address(text, [&](std::string_view address) {
    found = address;
    return false;
  });
  return found;
}

std::vector<std::string> addresses_in(std::string_view text) {
  std::vector<std::string> all;
  each_address(text, [&](std::string_view address) {
    if (std::ranges::find(all, address) == all.end()) all.emplace_back(address);
    return all.size() < kMostAddresses;
  });
  return all;
}

}  // namespace act::respond
