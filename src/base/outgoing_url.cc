#include "base/outgoing_url.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/email.h"

namespace base {
namespace {

constexpr std::size_t kMostUrl = 2000;

struct Range4 {
  std::uint32_t first;
  int bits;
};
// RFC 6890 and its registry, IPv4: everything that is not globally reachable, and multicast.
constexpr Range4 kNotPublic[] = {{0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},
                                 {0xA9FE0000, 16}, {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24},
                                 {0xC0586300, 24}, {0xC0A80000, 16}, {0xC6120000, 15}, {0xC6336400, 24},
                                 {0xCB007100, 24}, {0xE0000000, 4},  {0xF0000000, 4}};

bool is_public4(std::span<const std::uint8_t, 4> octets) {
  const std::uint32_t address = static_cast<std::uint32_t>(octets[0]) << 24 |
                                static_cast<std::uint32_t>(octets[1]) << 16 |
                                static_cast<std::uint32_t>(octets[2]) << 8 | octets[3];
  return std::ranges::none_of(kNotPublic,
                              [&](const Range4& range) { return (address ^ range.first) >> (32 - range.bits) == 0; });
}

bool begins(std::span<const std::uint8_t, 16> octets, std::initializer_list<std::uint8_t> prefix) {
  return std::ranges::equal(octets.first(prefix.size()), prefix);
}

bool is_public6(std::span<const std::uint8_t, 16> octets) {
  if (begins(octets, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF})) return is_public4(octets.last<4>());
  if (begins(octets, {0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) return is_public4(octets.last<4>());
  if ((octets[0] & 0xE0) != 0x20) return false;               // only 2000::/3 is given out
  return !(begins(octets, {0x20, 0x01}) && octets[2] < 2) &&  // 2001::/23: Teredo, ORCHID, benchmarking
         !begins(octets, {0x20, 0x01, 0x0D, 0xB8}) &&         // documentation
         !(begins(octets, {0x3F, 0xFF}) && octets[2] < 0x10) && !begins(octets, {0x20, 0x02});
}

bool ends_as(std::string_view host, std::string_view suffix) {
  return host == suffix.substr(1) || host.ends_with(suffix);
}

bool is_local_name(std::string_view host) {
  static constexpr std::string_view kSuffixes[] = {".localhost", ".local",    ".internal", ".localdomain", ".home.arpa",
                                                   ".lan",       ".intranet", ".corp",     ".private"};
  return std::ranges::any_of(kSuffixes, [&](std::string_view suffix) { return ends_as(host, suffix); });
}

struct Host {
  std::string text;
  std::vector<std::uint8_t> address;  // of a literal
};

Result<Host> read_host(std::string_view text, bool bracketed) {
  Host host;
  std::array<std::uint8_t, 16> octets{};
  if (bracketed) {
    const std::string literal{text};
    if (text.find('%') != std::string_view::npos || inet_pton(AF_INET6, literal.c_str(), octets.data()) != 1)
      return fail(Code::invalid_input, "the address in brackets is no IPv6 address");
    std::array<char, INET6_ADDRSTRLEN> plain{};
    host.text = inet_ntop(AF_INET6, octets.data(), plain.data(), plain.size());
    host.address.assign(octets.begin(), octets.end());
    return host;
  }
  if (text.find('%') != std::string_view::npos)
    return fail(Code::invalid_input, "the host is percent-encoded; write it plainly");
  const std::string_view last =
      text.substr(text.ends_with('.') ? text.rfind('.', text.size() - 2) + 1 : text.rfind('.') + 1);
  if (!last.empty() && last.front() >= '0' && last.front() <= '9') {
    // The only notation of an IPv4 address that everybody reads the same: four decimal numbers without leading zeros.
    const std::string literal{text};
    std::array<char, INET_ADDRSTRLEN> plain{};
    if (inet_pton(AF_INET, literal.c_str(), octets.data()) == 1 &&
        literal == inet_ntop(AF_INET, octets.data(), plain.data(), plain.size())) {
      host.text = literal;
      host.address.assign(octets.begin(), octets.begin() + 4);
      return host;
    }
    return fail(Code::invalid_input, "the host looks like an address in an unusual notation; write four numbers");
  }
  std::string_view name = text;
  if (name.ends_with('.')) name.remove_suffix(1);
  auto domain = parse_domain(name);
  if (!domain) return std::unexpected(domain.error());
  host.text = std::move(*domain);
  return host;
}

}  // namespace

bool is_public_address(std::span<const std::uint8_t> octets) {
  if (octets.size() == 4) return is_public4(octets.first<4>());
  return octets.size() == 16 && is_public6(octets.first<16>());
}

Result<OutgoingUrl> judge_outgoing_url(std::string_view url, const OutgoingRules& rules) {
  const auto refuse = [](std::string_view why) { return fail(Code::invalid_input, "this URL is not called: {}", why); };
  if (url.size() > kMostUrl) return refuse("it is longer than 2000 characters");
  OutgoingUrl out;
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    if (!rules.allow_http) return refuse("it must begin with https://");
    out.https = false;
    out.port = 80;
    url.remove_prefix(7);
  } else {
    return refuse("it must begin with https://");
  }
  const std::size_t end = std::min(url.find_first_of("/?#"), url.size());
  std::string_view authority = url.substr(0, end);
  std::string_view rest =
      url.substr(end, url.find('#', end) == std::string_view::npos ? url.npos : url.find('#', end) - end);
  if (authority.empty()) return refuse("it names no host");
  if (authority.find('@') != std::string_view::npos) return refuse("it holds a user name or password");
  const bool visible = std::ranges::all_of(rest, [](char c) { return c > ' ' && c <= '~' && c != '\\'; });
  if (!visible) return refuse("its path holds a blank, a backslash or a character outside ASCII");

  std::string_view name = authority, port;
  const bool bracketed = authority.starts_with('[');
  const std::size_t name_end = bracketed ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (name_end == std::string_view::npos) return refuse("a bracket is not closed");
  name = bracketed ? authority.substr(1, name_end - 1) : authority.substr(0, name_end);
  port = authority.substr(name_end + (bracketed ? 1 : 0));
  if (!port.empty()) {
    if (port.front() != ':') return refuse("something stands after the host");
    port.remove_prefix(1);
    unsigned value = 0;
    const auto [stop, problem] = std::from_chars(port.data(), port.data() + port.size(), value);
    if (port.empty() || problem != std::errc{} || stop != port.data() + port.size() || value == 0 || value > 65535)
      return refuse("its port is no number from 1 to 65535");
    out.port = static_cast<std::uint16_t>(value);
  }

  const bool named = std::ranges::find(rules.allowed_hosts, name) != rules.allowed_hosts.end();
  auto host = read_host(name, bracketed);
  if (!host && named && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
      }))
    host = Host{std::string{name}, {}};  // a name of the operator's own network, like "hooks"
  if (!host) return refuse(host.error().message);
  out.allowed = named || std::ranges::find(rules.allowed_hosts, host->text) != rules.allowed_hosts.end();
  if (!out.allowed) {
    if (!host->address.empty() && !is_public_address(host->address)) return refuse("its address is not a public one");
    if (host->address.empty() && is_local_name(host->text)) return refuse("its name is one of a local network");
  }
  out.host = std::move(host->text);
  out.target = rest.starts_with('/') ? std::string{rest} : "/" + std::string{rest};
  out.text = fmt::format("{}://{}:{}{}", out.https ? "https" : "http", bracketed ? "[" + out.host + "]" : out.host,
                         out.port, out.target);
  return out;
}

bool is_public_socket_address(const void* address, std::size_t size) {
  sockaddr_storage held{};
  if (size > sizeof held) return false;
  std::memcpy(&held, address, size);
  if (held.ss_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in in{};
    std::memcpy(&in, &held, sizeof in);
    return is_public_address({reinterpret_cast<const std::uint8_t*>(&in.sin_addr), 4});
  }
  if (held.ss_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 in{};
    std::memcpy(&in, &held, sizeof in);
    return is_public_address({reinterpret_cast<const std::uint8_t*>(&in.sin6_addr), 16});
  }
  return false;
}

}  // namespace base
