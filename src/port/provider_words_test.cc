#include "port/provider_words.h"

#include <gtest/gtest.h>

#include "port/outcome.h"

namespace port {
namespace {

using namespace std::chrono_literals;

TEST(ProviderWords, WithoutAnAnswer) {
  using enum model::OutcomeKind;
  EXPECT_EQ(outcome_without_answer({.forbidden = true, .problem = "x"}).kind, rejected);
  EXPECT_EQ(outcome_without_answer({.may_have_arrived = true, .problem = "x"}).kind, unknown);
  EXPECT_EQ(outcome_without_answer({.problem = "x"}).kind, retryable);
  EXPECT_EQ(outcome_without_answer({.problem = "x"}).detail, "x");
}

TEST(ProviderWords, RetryAfter) {
  const auto after = [](std::string value) { return retry_after({.status = 429, .headers = {{"retry-after", std::move(value)}}}); };
  EXPECT_EQ(after("7"), 7s);
  EXPECT_EQ(after("999999999"), 24h);
  for (const char* other : {"", "-1", "Wed, 21 Oct 2015 07:28:00 GMT", "1234567890"}) EXPECT_FALSE(after(other)) << other;
}

TEST(ProviderWords, HeadersOfAnyCase) {
  const HttpClient::Fields fields{{"X-Message-Id", "1"}, {"x-message-id", "2"}};
  EXPECT_EQ(header(fields, "x-message-ID"), "1");
  EXPECT_EQ(header(fields, "x-message"), "");
}

TEST(ProviderWords, WordsWithoutAddresses) {
  EXPECT_EQ(without_addresses("The 'To' number +15005550001 is not valid"), "The 'To' number … is not valid");
  EXPECT_EQ(without_addresses("<a.b@c.example> refused\r\n  5.1.1 138-0013-8000"), "… refused 5.1.1 …");
  EXPECT_EQ(without_addresses("error 21211, limit 12345"), "error 21211, limit 12345");
  std::string han;
  while (han.size() < 600) han += "阿";
  EXPECT_LE(without_addresses(han).size(), 200U);
  EXPECT_EQ(without_addresses(han).size() % 3, 0U);
}

}  // namespace
}  // namespace port
