#include "port/outcome.h"

#include <algorithm>

namespace port {

model::Outcome outcome_without_answer(const HttpClient::Exchange& exchange) {
  using model::OutcomeKind;
  return {.kind = exchange.forbidden          ? OutcomeKind::rejected
                  : exchange.may_have_arrived ? OutcomeKind::unknown
                                              : OutcomeKind::retryable,
          .detail = exchange.problem};
}

std::optional<std::chrono::seconds> retry_after(const HttpClient::Answer& answer) {
  for (const auto& [name, value] : answer.headers) {
    if (name != "retry-after" || value.empty() || value.size() > 9) continue;
    if (!std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) continue;
    return std::min(std::chrono::seconds{std::stol(value)}, std::chrono::seconds{std::chrono::hours{24}});
  }
  return std::nullopt;
}

}  // namespace port
