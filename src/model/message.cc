#include "model/message.h"

#include <algorithm>
#include <array>

namespace model {
namespace {

constexpr std::array<std::string_view, 3> kPurposes = {"marketing", "service", "transactional"};
constexpr std::array<std::string_view, 4> kOutcomes = {"accepted", "rejected", "retryable", "unknown"};

}  // namespace

std::string_view name_of(Purpose purpose) { return kPurposes[static_cast<std::size_t>(purpose)]; }
std::string_view name_of(OutcomeKind kind) { return kOutcomes[static_cast<std::size_t>(kind)]; }

std::optional<Purpose> parse_purpose(std::string_view name) {
  const auto* found = std::ranges::find(kPurposes, name);
  if (found == kPurposes.end()) return std::nullopt;
  return static_cast<Purpose>(found - kPurposes.begin());
}

}  // namespace model
