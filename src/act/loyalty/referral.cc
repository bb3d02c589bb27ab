#include "act/loyalty/referral.h"

#include <algorithm>
#include <deque>
#include <numeric>

#include <fmt/format.h>

namespace act::loyalty {

using model::ReferralState;

Circles::Circles(std::span<const Trait> traits) {
  const auto node_of = [this](std::string name) {
    const auto [at, fresh] = nodes_.try_emplace(std::move(name), parent_.size());
    if (fresh) {
      parent_.push_back(at->second);
      accounts_.push_back(at->first.starts_with("c/") ? 1 : 0);
      edges_.emplace_back();
    }
    return at->second;
  };
  for (const Trait& trait : traits) {
    if (trait.customer_id.empty() || trait.value.empty()) continue;
    auto kind = static_cast<std::size_t>(std::ranges::find(kinds_, trait.kind) - kinds_.begin());
    if (kind == kinds_.size()) kinds_.push_back(trait.kind);
    const std::size_t account = node_of("c/" + trait.customer_id), shared = node_of("t/" + trait.kind + "/" + trait.value);
    edges_[account].push_back({shared, kind});
    edges_[shared].push_back({account, kind});
    std::size_t a = root(account), b = root(shared);
    if (a == b) continue;
    if (accounts_[a] < accounts_[b]) std::swap(a, b);
    parent_[b] = a;
    accounts_[a] += accounts_[b];
  }
}

std::size_t Circles::root(std::size_t at) const {
  while (parent_[at] != at) at = parent_[at];
  return at;
}

std::optional<std::size_t> Circles::node(std::string_view customer) const {
  const auto found = nodes_.find("c/" + std::string{customer});
  return found == nodes_.end() ? std::nullopt : std::optional{found->second};
}

std::string Circles::link(std::string_view a, std::string_view b) const {
  if (a == b) return "the same customer";
  const auto from = node(a), to = node(b);
  if (!from || !to || root(*from) != root(*to)) return {};
  // The union says that there is a way; the grounds are on a shortest one.
  constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  std::unordered_map<std::size_t, std::pair<std::size_t, std::size_t>> came;  // from where, by what kind
  std::deque<std::size_t> next{*from};
  came[*from] = {kNowhere, 0};
  while (!next.empty() && !came.contains(*to)) {
    const std::size_t at = next.front();
    next.pop_front();
    for (const Edge& edge : edges_[at]) {
      if (came.try_emplace(edge.to, at, edge.kind).second) next.push_back(edge.to);
    }
  }
  std::vector<std::string_view> ways;
  for (std::size_t at = *to; came[at].first != kNowhere; at = came[at].first) {
    const std::string_view kind = kinds_[came[at].second];
    if (std::ranges::find(ways, kind) == ways.end()) ways.push_back(kind);
  }
  std::ranges::sort(ways);
  return fmt::format("{}", fmt::join(ways, ", "));
}

std::size_t Circles::size(std::string_view customer) const {
  const auto at = node(customer);
  return at ? accounts_[root(*at)] : 1;
}

std::optional<Verdict> judge(const Introduction& introduction, const Circles& circles, const model::ReferralRules& rules) {
  if (!introduction.first_order) return std::nullopt;
  const std::string link = circles.link(introduction.referrer, introduction.newcomer);
  if (!link.empty()) {
    return Verdict{ReferralState::held, fmt::format("both accounts are joined by: {}; {} accounts are in this circle", link, circles.size(introduction.newcomer))};
  }
  if (introduction.recent + 1 > rules.most) {
    return Verdict{ReferralState::held, fmt::format("the {}th recommendation within {} days; {} are usual", introduction.recent + 1, rules.window_days, rules.most)};
  }
  return Verdict{ReferralState::waiting, fmt::format("a first order by somebody else; decided when it can no longer be sent back, after {} days", rules.return_days)};
}

Verdict conclude(double left_of_order, const model::ReferralRules& rules) {
  if (left_of_order <= 0) return {ReferralState::lapsed, "the order was taken back"};
  if (left_of_order + 1e-9 < rules.min_order) {
    return {ReferralState::lapsed, fmt::format("{:.2f} is left of the order, less than {:.2f}", left_of_order, rules.min_order)};
  }
  return {ReferralState::rewarded, fmt::format("the order stands with {:.2f} after the return window", left_of_order)};
}

}  // namespace act::loyalty
