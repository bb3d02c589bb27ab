#pragma once

#include <gtest/gtest.h>

#include <string>

#include "port/act_store.h"

namespace tests {

/// A Friday noon.
inline const base::Instant kStart = base::Instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}} + std::chrono::hours{12};

/// The value; a failing store fails the test, with its sentence, and gives an empty value.
template <class T>
T must(base::Result<T> result) {
  EXPECT_TRUE(result) << result.error().message;
  if constexpr (!std::is_void_v<T>) return result ? std::move(*result) : T{};
}

inline const model::Content kContent{.subject = "It has been a while", .html = "<p>Dear Mary</p>", .text = "Dear Mary", .language = "en",
                                    .link = "shop://cart", .template_id = "SMS_1", .fields = {{"name", "Mary"}, {"days", ""}}};

inline model::Campaign campaign() {
  return {.id = "c1", .journey = "five-letters", .topic = "win_back", .salt = 7, .launched_at = kStart};
}

/// A letter of the campaign that is not in a store yet; each key has a customer of its own.
inline model::Message letter(std::string key, base::Instant due) {
  return {.send_key = key, .campaign_id = "c1", .customer_id = "customer of " + key, .step = "memory", .channel = "email",
          .letter = "five-letters/memory", .topic = "win_back", .due_at = due, .created_at = due};
}

/// "TEN-<enrolment>", which ends ten days after kStart.
inline model::Code code_for(std::int64_t enrolment, std::int64_t liability) {
  return {.code = fmt::format("TEN-{}", enrolment), .offer_id = "ten", .campaign_id = "c1", .enrolment_id = enrolment,
          .customer_id = "mary", .issued_at = kStart, .ends_at = kStart + std::chrono::days{10}, .liability = liability};
}

}  // namespace tests
