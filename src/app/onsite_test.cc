// Messages and questions on the shop's own pages: who may see what, and what becomes of answers.
#include "app/onsite.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "access/api_key.h"
#include "app/public_pages.h"
#include "app/reasons_yaml.h"
#include "app/replies_yaml.h"
#include "app/robots_yaml.h"
#include "base/hash.h"
#include "gen/files.h"
#include "tests/support/deliver_world.h"
#include "tests/support/fake_clock.h"

namespace app {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using tests::must;
using namespace std::chrono_literals;

class OnsiteTest : public tests::DeliverTest {
 protected:
  OnsiteTest() {
    add_customer("anna");
    add_customer("berta");
    door = std::make_unique<Doorway>(*store_, clock, conducted(*store_, conductor_), PublicIdentity{{"Bean & Leaf", "豆与叶", "豆與葉"}, "1 High Street", base::Zone::utc(), true},
                                     PublicLinks{"https://news.shop.example", sign}, must(load_robots("none.yaml")));
    open({.share = 1, .onsite = "nps"});
    key = must(entry::make_api_key("pages", store_->keys(), clock.now(), {"onsite"}));
  }
  void open(SurveySettings survey) {
    router = {};
    onsite = std::make_unique<OnsiteRoutes>(*door, surveys, rules, OnsiteRoutes::Config{.survey = std::move(survey), .task_language = text::Language::en, .allow_origin = [](const http::Request&, http::Response& response) {
      response.headers.emplace_back("Access-Control-Allow-Origin", "https://shop.example");
    }});
    onsite->mount(router);
  }
  /// As docs/surveys.md tells the shop to.
  static std::string signature(std::string_view with, std::string_view user) { return base::to_hex(base::hmac_sha256(base::to_hex(base::sha256(with)), user)); }
  http::Response ask(const std::string& user, std::string body = "", std::string signed_as = "") {
    std::string encoded;
    for (const char c : user) encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    if (signed_as.empty()) signed_as = signature(key, user);
    return send(fmt::format("Onsite {} {}", signed_as, encoded), std::move(body));
  }
  http::Response send(std::string authorization, std::string body = "") {
    http::Request request{.method = body.empty() ? "GET" : "POST", .path = "/v1/onsite", .segments = {"v1", "onsite"}};
    request.headers = {{"authorization", std::move(authorization)}};
    request.query = {{"lang", "zh-TW"}};
    request.body = std::move(body);
    request.remote_ip = "10.0.0.1";
    clock.advance(2s);
    return router.handle(request);
  }
  json seen(const std::string& user, std::string body = "") {
    const auto response = ask(user, std::move(body));
    EXPECT_EQ(response.status, 200) << response.body;
    return json::parse(response.body, nullptr, false);
  }
  std::int64_t put(const std::string& customer, const std::string& subject) {
    model::Message sent{.send_key = base::to_hex(base::sha256(customer + subject)).substr(0, 32), .customer_id = customer, .channel = "in_app"};
    must(store_->outbox().add(sent));
    sent = *must(store_->outbox().find_key(sent.send_key));
    must(store_->inbox().put({.message_id = sent.id, .customer_id = customer, .content = {subject, "<p>x</p>", "Come in: https://shop.example/a?b=1 soon", "en"}, .created_at = clock.now()}));
    return must(store_->inbox().of_customer(customer, clock.now())).front().id;
  }

  tests::FakeClock clock{tests::kStart};
  act::respond::Sign sign = [this](std::string_view purpose, std::string_view bytes) { return store_->sign(purpose, bytes); };
  act::respond::ReplyRules rules = must(load_replies("nowhere"));
  Surveys surveys = must(load_surveys("nowhere", must(load_reason_rules("nowhere")), "shop"));
  std::unique_ptr<Doorway> door;
  std::unique_ptr<OnsiteRoutes> onsite;
  http::Router router;
  std::string key;
};

TEST_F(OnsiteTest, NobodyReadsAnothersMessages) {
  const std::int64_t id = put("anna", "For Anna");
  EXPECT_THAT(ask("anna").body, HasSubstr("For Anna"));
  EXPECT_THAT(ask("berta").body, Not(HasSubstr("For Anna")));
  EXPECT_EQ(ask("anna", "", signature(key, "berta")).status, 401) << "signed for somebody else";
  EXPECT_EQ(ask("anna", "", base::to_hex(base::hmac_sha256(key, "anna"))).status, 401) << "the key itself is no secret of both";
  EXPECT_EQ(ask("anna", "", std::string(64, '0')).status, 401);
  for (const char* odd : {"", "Onsite", "Onsite x anna", "Bearer anna", "Onsite  anna"}) EXPECT_EQ(send(odd).status, 401) << odd;
  EXPECT_EQ(send("Onsite " + signature(key, "") + " ").status, 401) << "nobody";
  // Not by marking them either.
  EXPECT_EQ(ask("berta", fmt::format(R"({{"read": {}}})", id)).status, 404);
  EXPECT_FALSE(must(store_->inbox().of_customer("anna", clock.now())).front().read_at);
  // Joined ids are not the id that was signed: anybody may join with the public key of events.
  must(store_->events().join("anna", "mallory", "alias", clock.now()));
  EXPECT_THAT(ask("mallory").body, Not(HasSubstr("For Anna")));
}

TEST_F(OnsiteTest, OnlyLivingKeysOfTheScopeSign) {
  const std::string events = must(entry::make_api_key("tracker", store_->keys(), clock.now(), {"events", "inbox"}));
  EXPECT_EQ(ask("anna", "", signature(events, "anna")).status, 401);
  EXPECT_EQ(ask("anna").status, 200);
  EXPECT_TRUE(must(store_->keys().revoke("pages", clock.now())));
  EXPECT_EQ(ask("anna").status, 401);
}

TEST_F(OnsiteTest, GuessesAreSlowedAndPeopleAreNot) {
  int refused = 0;
  for (int i = 0; i < 200; ++i) refused += ask("anna", "", std::string(64, 'a')).status == 429 ? 1 : 0;
  EXPECT_EQ(refused, 0) << "one every two seconds";
  for (int i = 0; i < 60; ++i) {
    clock.advance(-2s);
    refused += ask("anna", "", std::string(64, 'a')).status == 429 ? 1 : 0;
  }
  EXPECT_GT(refused, 30);
  EXPECT_EQ(ask("anna").status, 200);
}

TEST_F(OnsiteTest, MessagesAreReadAndClicked) {
  const std::int64_t id = put("anna", "For Anna");
  json now = seen("anna");
  EXPECT_EQ(now["messages"][0]["url"], "https://shop.example/a?b=1");
  EXPECT_EQ(now["messages"][0]["read"], false);
  EXPECT_FALSE(now["messages"][0].contains("html"));
  EXPECT_EQ(now["words"]["close"], "關閉");
  now = seen("anna", fmt::format(R"({{"read": {}}})", id));
  EXPECT_EQ(now["messages"][0]["read"], true);
  seen("anna", fmt::format(R"({{"click": {}}})", id));
  const auto kinds = must(store_->responses().of_message(must(store_->inbox().of_customer("anna", clock.now())).front().message_id));
  EXPECT_EQ(std::ranges::count(kinds, model::ResponseKind::opened, &model::Response::kind), 1);
  EXPECT_EQ(std::ranges::count(kinds, model::ResponseKind::clicked, &model::Response::kind), 1);
  for (const char* bad : {"{", "[]", "{}", R"({"read": "1"})", R"({"read": 1, "click": 1})"}) EXPECT_EQ(ask("anna", bad).status, 400) << bad;
  EXPECT_EQ(http::find(ask("anna").headers, "Access-Control-Allow-Origin"), "https://shop.example");
}

TEST_F(OnsiteTest, OneQuestionAtATime) {
  json now = seen("anna");
  const auto invitation = now["question"]["invitation"].get<std::int64_t>();
  EXPECT_EQ(now["question"]["kind"], "scale");
  EXPECT_EQ(seen("anna")["question"]["invitation"], invitation) << "asked again it is the same";
  EXPECT_FALSE(must(store_->surveys().find(invitation))->started_at);
  const auto say = [&](const std::string& user, const json& rest) {
    json body{{"invitation", invitation}};
    body.update(rest);
    return ask(user, body.dump());
  };
  EXPECT_EQ(say("berta", {{"question", now["question"]["question"]}, {"score", 3}}).status, 404) << "another's";
  EXPECT_EQ(say("anna", {{"question", "nonsense"}}).status, 400);
  int asked = 0;
  for (; !now["question"].is_null() && asked < 10; ++asked) {
    const json question = now["question"];
    now = json::parse(say("anna", {{"question", question["question"]}, {"score", 3}, {"words", "The parcel was late"}}).body);
    EXPECT_NE(now["question"], question);
  }
  EXPECT_EQ(asked, static_cast<int>(find_survey(surveys, "nps")->questions.size()));
  EXPECT_NE(now["thanks"], "");
  const auto after = *must(store_->surveys().find(invitation));
  EXPECT_TRUE(after.started_at && after.finished_at);
  ASSERT_EQ(must(store_->inbox().open_tasks()).size(), 1U) << "a low score with words";
  std::set<std::string> kinds;
  for (const auto& one : must(store_->back().unsaid(100))) kinds.insert(one.kind);
  EXPECT_TRUE(kinds.contains("nps"));
  EXPECT_TRUE(seen("anna")["question"].is_null());
  clock.advance(24h * 91);
  EXPECT_FALSE(seen("anna")["question"].is_null()) << "after the rest";
}

TEST_F(OnsiteTest, WhoClosesIsNotAskedAgain) {
  const json now = seen("anna");
  const auto invitation = now["question"]["invitation"].get<std::int64_t>();
  EXPECT_TRUE(seen("anna", json{{"invitation", invitation}, {"dismiss", true}}.dump())["question"].is_null());
  EXPECT_TRUE(seen("anna")["question"].is_null());
  const auto after = *must(store_->surveys().find(invitation));
  EXPECT_FALSE(after.started_at) << "passing over is no answer";
  EXPECT_FALSE(after.finished_at);
  EXPECT_TRUE(must(store_->back().unsaid(100)).empty());
}

TEST_F(OnsiteTest, AskedIsWhoMayBeAndWhenTheShopWantsTo) {
  EXPECT_TRUE(seen("stranger")["question"].is_null()) << "nobody we know";
  const model::ConsentRecord no{"berta", "*", "*", model::ConsentState::withdrawn, clock.now() - 1h, clock.now(), "test", ""};
  must(store_->people().add_consents({&no, 1}));
  EXPECT_TRUE(seen("berta")["question"].is_null()) << "said no to everything";
  must(store_->surveys().invite({.survey = "why-left", .customer_id = "anna", .message_id = 9, .channel = "email", .invited_at = clock.now()}));
  EXPECT_TRUE(seen("anna")["question"].is_null()) << "asked by letter just now";
  clock.advance(24h * 91);
  open({.share = 0, .onsite = "nps"});
  EXPECT_TRUE(seen("anna")["question"].is_null()) << "nobody is drawn";
  open({.share = 1});
  EXPECT_TRUE(seen("anna")["question"].is_null()) << "no survey is asked here";
  open({.share = 1, .onsite = "nps"});
  EXPECT_FALSE(seen("anna")["question"].is_null());
}

TEST_F(OnsiteTest, TheScriptIsSmallAndSafe) {
  const http::Response script = router.handle({.method = "GET", .path = "/onsite.js", .segments = {"onsite.js"}});
  EXPECT_EQ(script.status, 200);
  EXPECT_LE(script.body.size(), 4096U);
  EXPECT_EQ(http::find(script.headers, "Cross-Origin-Resource-Policy"), "cross-origin");
  for (const char* never : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.cookie", "localStorage", "eval(", "new Function", "setAttribute(\"style\"", "import("}) {
    EXPECT_THAT(script.body, Not(HasSubstr(never)));
  }
}

}  // namespace
}  // namespace app
