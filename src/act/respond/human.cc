#include "act/respond/human.h"

#include <algorithm>

namespace act::respond {

double human_probability(const Hit& hit, const Robots& robots) {
  using std::chrono::seconds;
  if (hit.method == "HEAD" || hit.method == "OPTIONS") return 0;
  std::string agent{hit.user_agent};
  std::ranges::transform(agent, agent.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const auto named = [&](const std::vector<std::string>& parts) {
    return std::ranges::any_of(parts, [&](const std::string& part) { return agent.find(part) != std::string::npos; });
  };
  if (hit.prefetch) return 0.02;
  if (agent.empty()) return 0.05;
  if (named(robots.scanners)) return 0.02;
  if (hit.since_sent < seconds{2}) return 0.05;  // no mailbox shows a letter sooner
  const bool by_proxy = named(robots.proxies) || std::ranges::find(robots.exactly, agent) != robots.exactly.end();
  if (!hit.click) return by_proxy ? 0.3 : 0.8;
  if (by_proxy) return 0.1;  // proxies fetch pictures; one that follows links checks them
  // People read between clicks. Two links in ten seconds happen; all of three or more do not.
  if (hit.links >= 3 && hit.other_links_just_now + 1 >= hit.links) return 0.03;
  if (hit.other_links_just_now >= 3) return 0.1;
  if (hit.other_links_just_now >= 1 && hit.since_sent < seconds{30}) return 0.2;
  return hit.since_sent < seconds{10} ? 0.6 : 0.95;
}

}  // namespace act::respond
