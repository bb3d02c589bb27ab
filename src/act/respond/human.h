#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace act::respond {

/// User agents that read letters without a person; parts of names in lower case. From presets/robots.yaml.
struct Robots {
  std::vector<std::string> scanners;   ///< gateways, link checkers, crawlers, programs' own clients
  std::vector<std::string> proxies;    ///< fetch pictures for a person, at opening or before (a picture says little)
  std::vector<std::string> exactly;    ///< whole names, such as Apple's bare "mozilla/5.0"
};

/// One fetch of a tracked picture or link.
struct Hit {
  bool click = true;                     ///< false: the picture
  std::string_view method = "GET";
  std::string_view user_agent;
  std::chrono::milliseconds since_sent{0};
  /// Clicks of the same message shortly before this one: on how many other links, out of how many there are (0: not known).
  std::uint32_t other_links_just_now = 0;
  std::uint32_t links = 0;
  bool prefetch = false;                 ///< Purpose: prefetch, Sec-Purpose: prefetch, X-Moz: prefetch
};

/// How long "just now" is for the clicks of one message.
inline constexpr std::chrono::seconds kJustNow{10};

/// The probability that a person did it. Assumptions, kept in one place; nothing is thrown away, everything is weighed:
/// a HEAD, a prefetch, a scanner's name or anything within two seconds of sending is a machine's; who clicks all links
/// within seconds is a scanner; a proxy's fetch of a picture says little (Apple's Mail Privacy Protection fetches every
/// picture, read or not). Pure.
double human_probability(const Hit& hit, const Robots& robots);

}  // namespace act::respond
