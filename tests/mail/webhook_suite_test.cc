#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/outgoing_url.h"
#include "base/webhook_signature.h"
#include "tests/mail/suite_json.h"
#include "tests/support/tally.h"

namespace {

TEST(WebhookSuite, StandardWebhooks) {
  WB_NEED_SHARED(path, "suites/standard-webhooks/cases.json");
  tests::Tally tally{"standard-webhooks"};
  for (const auto& one : tests::read_json(path)) {
    const auto name = one.at("name").get<std::string>();
    const auto wanted = one.at("expect").get<std::string>();
    auto headers = one.at("headers").get<std::map<std::string, std::string>>();
    // The cases named "missing …" still carry the header in the file; their names and verdicts say what is meant.
    if (name.starts_with("missing ")) headers.erase("webhook-" + name.substr(8));
    const std::string body = *base::from_base64(one.at("body_b64").get<std::string>());
    const auto now = base::instant_from_millis(one.at("now").get<std::int64_t>() * 1000);
    const auto secret = base::WebhookSecret::open(one.at("secret").get<std::string>());
    EXPECT_EQ(secret.has_value(), wanted != "error") << name;
    if (secret) {
      const auto verdict =
          secret->verify(headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"], body, now);
      EXPECT_EQ(verdict.has_value() ? "valid" : "invalid", wanted) << name;
      if (wanted == "valid") {
        EXPECT_NE(
            headers["webhook-signature"].find(secret->sign(headers["webhook-id"], headers["webhook-timestamp"], body)),
            std::string::npos)
            << name;
        EXPECT_FALSE(secret->verify(headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"],
                                    body + " ", now));
      }
    }
    tally.end_of_case();
  }
  EXPECT_EQ(tally.cases(), 15);
}

TEST(WebhookSuite, UrlsThatLeadInside) {
  WB_NEED_SHARED(path, "suites/payloads/ssrf-urls.json");
  tests::Tally tally{"payloads ssrf-urls"};
  for (const auto& one : tests::read_json(path)) {
    const auto url = one.at("url").get<std::string>();
    const bool allowed = one.at("expect") == "allowed";
    EXPECT_EQ(base::judge_outgoing_url(url, {.allow_http = true, .allowed_hosts = {}}).has_value(), allowed) << url;
    if (url.starts_with("http://")) {
      EXPECT_FALSE(base::judge_outgoing_url(url, {})) << url;
    }
    tally.end_of_case();
  }
  EXPECT_EQ(tally.cases(), 146);
}

}  // namespace
