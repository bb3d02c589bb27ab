#include "app/public_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "act/deliver/consent.h"
#include "adapter/sqlite/open_sqlite.h"
#include "app/journey_yaml.h"
#include "app/robots_yaml.h"
#include "base/random.h"
#include "tests/support/act_world.h"
#include "tests/support/fake_clock.h"
#include "tests/support/places.h"
#include "tests/support/strings.h"
#include "tests/support/tally.h"
#include "text/html.h"

namespace app {
namespace {

using namespace std::chrono_literals;
using act::respond::Use;
using model::ConsentState;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1";

/// One customer with one letter of the five, and the pages around it.
class PublicPagesTest : public testing::Test {
 protected:
  PublicPagesTest() {
    store = std::move(*adapter::sqlite::open_sqlite_in_memory());
    const std::string source{*shipped_journey("five-letters")};
    score.journey_ = *read_journey(source, "five-letters.yaml");
    auto campaign = tests::campaign_of(score.journey_, clock.now());
    EXPECT_TRUE(store->campaigns().save(campaign));
    EXPECT_TRUE(store->campaigns().add_version({campaign.id, 1, source, clock.now(), "test"}));
    const model::ContactPoint point{.customer_id = "c1", .channel = "email", .address = "anna@example.com", .name = "Anna", .language = "en"};
    EXPECT_TRUE(store->contacts().put({&point, 1}));
    model::Person person;
    person.customer_id = "c1";
    person.last_order = clock.now() - 24h * 200;
    EXPECT_TRUE(store->people().put({&person, 1}));
    const model::ConsentRecord agreed{"c1", "email", "win_back", ConsentState::granted, clock.now() - 24h * 300, clock.now() - 24h * 300, "checkout", "form 3"};
    EXPECT_TRUE(store->people().add_consents({&agreed, 1}));
    conductor = std::make_unique<act::deliver::Conductor>(*store, score);
    model::Enrolment enrolment{.campaign_id = campaign.id, .customer_id = "c1", .entered_at = clock.now(), .offer_id = "ten"};
    EXPECT_TRUE(*conductor->enrol(enrolment, "{}", clock.now()));
    clock.advance(24h * 4);
    EXPECT_EQ(*conductor->wake(clock.now(), 10), 1U);
    message = store->counts().of_customer("c1")->at(0);
    clock.advance(5h);
    links = std::make_unique<PublicLinks>("https://news.shop.example/w/", [this](std::string_view purpose, std::string_view bytes) { return store->sign(purpose, bytes); });
    PublicIdentity identity{{"Bean & Leaf", "豆与叶", "豆與葉"}, "Bean & Leaf Ltd\n1 High Street, Leeds", base::Zone::utc(), true};
    door = std::make_unique<Doorway>(*store, clock, conducted(*store, *conductor), identity, *links, *load_robots("none.yaml"));
    pages = std::make_unique<PublicPages>(*door);
    pages->mount(router);
  }

  http::Response ask(std::string method, std::string url, std::string body = "", http::Pairs headers = {}) {
    http::Request request;
    request.method = std::move(method);
    constexpr std::string_view kBase = "https://news.shop.example/w";
    if (url.starts_with(kBase)) url = url.substr(kBase.size());
    const std::size_t mark = url.find('?');
    request.path = url.substr(0, mark);
    if (mark != std::string::npos) request.query = http::parse_form(url.substr(mark + 1));
    request.segments = http::split_path(request.path).value_or(std::vector<std::string>{});
    request.headers = std::move(headers);
    if (http::find(request.headers, "user-agent") == std::nullopt) request.headers.emplace_back("user-agent", kPhone);
    request.body = std::move(body);
    request.remote_ip = "10.0.0.1";
    return router.handle(request);
  }
  ConsentState consent(const std::string& channel, const std::string& topic) {
    return act::deliver::in_force(*store->people().consents("c1"), channel, topic, clock.now(), clock.now());
  }
  std::size_t responses(model::ResponseKind kind) {
    const auto all = *store->responses().of_message(message.id);
    return static_cast<std::size_t>(std::ranges::count(all, kind, &model::Response::kind));
  }
  bool journey_over() { return store->enrolments().open_of("c1")->empty(); }

  tests::FakeClock clock{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 9h};
  std::unique_ptr<port::ActStore> store;
  tests::FakeScore score;
  std::unique_ptr<act::deliver::Conductor> conductor;
  std::unique_ptr<PublicLinks> links;
  std::unique_ptr<Doorway> door;
  std::unique_ptr<PublicPages> pages;
  http::Router router;
  model::Message message;
};

TEST_F(PublicPagesTest, AskingChangesNothing) {
  for (const char* method : {"GET", "HEAD"}) {
    for (const std::string& url : {links->unsubscribe(message.id), links->unsubscribe(message.id) + "?List-Unsubscribe=One-Click&confirm=yes",
                                   links->preferences(message.id) + "?stop=all&often=less", links->preferences(message.id) + "/erase?sure=yes"}) {
      EXPECT_EQ(ask(method, url).status, 200) << url;
    }
  }
  EXPECT_EQ(consent("email", "win_back"), ConsentState::granted);
  EXPECT_FALSE(journey_over());
  EXPECT_TRUE(*store->people().contact("c1", "email"));
  const std::string page = ask("GET", links->unsubscribe(message.id)).body;
  EXPECT_THAT(page, HasSubstr("Bean &amp; Leaf"));
  EXPECT_THAT(page, HasSubstr("a•••@example.com"));
  EXPECT_THAT(page, Not(HasSubstr("anna@")));
}

TEST_F(PublicPagesTest, OneClickActsAtOnce) {
  const auto done = ask("POST", links->unsubscribe(message.id), "List-Unsubscribe=One-Click", {{"content-type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(done.status, 200);
  EXPECT_FALSE(http::find(done.headers, "Set-Cookie"));
  EXPECT_FALSE(http::find(done.headers, "Location"));
  EXPECT_EQ(consent("email", "win_back"), ConsentState::withdrawn);
  EXPECT_EQ(consent("email", "anything"), ConsentState::withdrawn);
  EXPECT_TRUE(journey_over());
  EXPECT_EQ(ask("POST", links->unsubscribe(message.id), "List-Unsubscribe=One-Click").status, 200) << "twice is no error";
}

TEST_F(PublicPagesTest, OneClickAsMultipart) {
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
  EXPECT_EQ(ask("POST", links->unsubscribe(message.id), body, {{"content-type", "multipart/form-data; boundary=b"}}).status, 200);
  EXPECT_EQ(consent("email", "win_back"), ConsentState::withdrawn);
}

TEST_F(PublicPagesTest, TheButtonUnsubscribesAndOtherPostsAsk) {
  EXPECT_EQ(ask("POST", links->unsubscribe(message.id), "hello=world").status, 400);
  EXPECT_EQ(consent("email", "win_back"), ConsentState::granted);
  EXPECT_THAT(ask("POST", links->unsubscribe(message.id), "confirm=yes").body, HasSubstr("will not write to you again"));
  EXPECT_EQ(consent("email", "win_back"), ConsentState::withdrawn);
}

TEST_F(PublicPagesTest, PreferencesAreShownSavedAndShownAgain) {
  const std::string url = links->preferences(message.id);
  std::string page = ask("GET", url).body;
  EXPECT_THAT(page, HasSubstr("value=\"win_back\" checked"));
  EXPECT_THAT(page, HasSubstr("You agreed to such letters on 6 May 2025 (<bdi>checkout</bdi>)"));
  EXPECT_THAT(page, HasSubstr("“<bdi>Five letters</bdi>”"));
  EXPECT_THAT(page, HasSubstr("You last bought from us on 14 August 2025"));
  page = ask("POST", url, "often=less&pause=30&topic=win_back&channel=email&not_personalised=yes").body;
  EXPECT_THAT(page, HasSubstr("Saved."));
  const auto person = **store->people().find("c1");
  EXPECT_TRUE(person.less_often);
  EXPECT_TRUE(person.not_personalised);
  EXPECT_EQ(person.paused_until, clock.now() + 24h * 30);
  EXPECT_EQ(store->people().consents("c1")->size(), 1U) << "untouched ticks are no new statement";
  EXPECT_FALSE(journey_over());
  page = ask("POST", url, "often=usual&pause=keep&topic=win_back&channel=email").body;
  EXPECT_THAT(page, HasSubstr("Paused until 5 April 2026"));
  EXPECT_FALSE((**store->people().find("c1")).less_often);
  EXPECT_FALSE((**store->people().find("c1")).not_personalised);
}

TEST_F(PublicPagesTest, UntickedTopicsEndAndMayComeBackByTheCustomersHand) {
  const std::string url = links->preferences(message.id);
  ask("POST", url, "often=usual&pause=none&channel=email");
  EXPECT_EQ(consent("email", "win_back"), ConsentState::withdrawn);
  EXPECT_TRUE(journey_over());
  EXPECT_THAT(ask("GET", url).body, HasSubstr("You have unsubscribed."));
  clock.advance(1h);
  ask("POST", url, "often=usual&pause=none&topic=win_back&channel=email");
  EXPECT_EQ(consent("email", "win_back"), ConsentState::granted);
  clock.advance(1h);
  ask("POST", url, "stop=all");
  EXPECT_EQ(consent("email", "win_back"), ConsentState::withdrawn);
  EXPECT_EQ(consent("sms", "news"), ConsentState::withdrawn);
  EXPECT_THAT(ask("GET", url).body, Not(HasSubstr("value=\"win_back\" checked")));
}

TEST_F(PublicPagesTest, ErasingTakesTwoSteps) {
  const std::string url = links->preferences(message.id) + "/erase";
  EXPECT_EQ(ask("POST", url).status, 400) << "without the tick";
  EXPECT_TRUE(*store->people().contact("c1", "email"));
  EXPECT_EQ(ask("POST", url, "sure=yes").status, 200);
  EXPECT_FALSE(*store->people().contact("c1", "email"));
  EXPECT_FALSE(*store->people().find("c1"));
  EXPECT_TRUE(*store->people().suppressed("email", "anna@example.com"));
  EXPECT_TRUE(journey_over());
  EXPECT_EQ(ask("GET", links->preferences(message.id)).status, 200) << "an old letter's page still opens";
}

TEST_F(PublicPagesTest, ClicksLeadWhereTheyWereSignedFor) {
  const std::int64_t link = *store->responses().link_id("https://shop.example/a?b=c&d=%20");
  const std::string url = links->click(message.id, link);
  const auto there = ask("GET", url);
  EXPECT_EQ(there.status, 302);
  EXPECT_EQ(http::find(there.headers, "Location"), "https://shop.example/a?b=c&d=%20");
  EXPECT_EQ(responses(model::ResponseKind::clicked), 1U);
  EXPECT_GT(store->responses().of_message(message.id)->at(0).human, 0.5);
  ask("GET", url);
  EXPECT_EQ(responses(model::ResponseKind::clicked), 1U) << "twice within a second is once";
  clock.advance(5s);
  EXPECT_EQ(ask("HEAD", url).status, 302);
  EXPECT_EQ(responses(model::ResponseKind::clicked), 1U) << "HEAD is no click";
  EXPECT_EQ(ask("GET", links->click(message.id, link + 99)).status, 404) << "a link that is gone";
}

TEST_F(PublicPagesTest, ScannersAreNotedAsMachines) {
  std::vector<std::int64_t> ids;
  for (const char* target : {"a", "b", "c", "d"}) ids.push_back(*store->responses().link_id(std::string{"https://shop.example/"} + target));
  for (const std::int64_t id : ids) ask("GET", links->click(message.id, id));
  const auto all = *store->responses().of_message(message.id);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_LT(all.back().human, 0.5) << "four links within seconds";
  clock.advance(60s);
  ask("GET", links->click(message.id, ids[0]), "", {{"user-agent", "Barracuda Sentinel (EE)"}});
  EXPECT_LT(store->responses().of_message(message.id)->back().human, 0.1);
}

TEST_F(PublicPagesTest, OpeningsAreAPicture) {
  const auto picture = ask("GET", links->open(message.id));
  EXPECT_EQ(picture.status, 200);
  EXPECT_EQ(http::find(picture.headers, "Content-Type"), "image/gif");
  EXPECT_EQ(picture.body.size(), 43U);
  EXPECT_EQ(responses(model::ResponseKind::opened), 1U);
  ask("HEAD", links->open(message.id));
  EXPECT_EQ(responses(model::ResponseKind::opened), 1U);
}

TEST_F(PublicPagesTest, NoTokenOpensAnotherDoor) {
  const std::int64_t link = *store->responses().link_id("https://shop.example/");
  const auto token = [&](Use use) { return act::respond::make_token(links->sign(), use, {message.id, link}); };
  for (const auto& [route, right] : {std::pair{"/c/", Use::click}, {"/o/", Use::open}, {"/u/", Use::unsubscribe}, {"/p/", Use::preferences}}) {
    for (int use = 0; use <= static_cast<int>(Use::verp); ++use) {
      const auto answer = ask("GET", route + token(static_cast<Use>(use)));
      EXPECT_EQ(answer.status == 404, static_cast<Use>(use) != right) << route << use;
    }
  }
  EXPECT_EQ(ask("POST", "/u/" + token(Use::click), "confirm=yes").status, 404);
  EXPECT_EQ(consent("email", "win_back"), ConsentState::granted);
}

TEST_F(PublicPagesTest, PagesSpeakTheReadersLanguage) {
  const std::string url = links->preferences(message.id);
  EXPECT_THAT(ask("GET", url).body, HasSubstr("<html lang=\"en\">"));
  const std::string chinese = ask("GET", url + "?lang=zh-TW").body;
  EXPECT_THAT(chinese, HasSubstr("<html lang=\"zh-TW\">"));
  EXPECT_THAT(chinese, HasSubstr("五封信"));
  EXPECT_THAT(chinese, HasSubstr("?lang=zh-TW\"")) << "the choice stays with the form";
  EXPECT_THAT(ask("GET", "/p/nothing", "", {{"accept-language", "fr, zh-CN;q=0.8, en;q=0.5"}}).body, HasSubstr("<html lang=\"zh-CN\">"));
}

TEST_F(PublicPagesTest, RatesAreLimited) {
  int busy = 0;
  for (int i = 0; i < 100; ++i) busy += ask("GET", "/u/guess" + std::to_string(i)).status == 429 ? 1 : 0;
  EXPECT_EQ(busy, 40) << "sixty guesses, then no more";
  EXPECT_EQ(ask("GET", links->unsubscribe(message.id)).status, 200) << "who holds a letter is not locked out";
  busy = 0;
  for (int i = 0; i < 50; ++i) busy += ask("GET", links->preferences(message.id)).status == 429 ? 1 : 0;
  EXPECT_EQ(busy, 20);
  clock.advance(60s);
  EXPECT_EQ(ask("GET", links->preferences(message.id)).status, 200);
}

TEST_F(PublicPagesTest, AStoreThatFailsIsSaidKindly) {
  PublicActions broken{[](const model::Response&) -> base::Result<bool> { return base::fail(base::Code::conflict, "locked by secret-host"); },
                       [](std::string_view, base::Instant) -> base::Result<void> { return base::fail(base::Code::conflict, "locked"); }};
  Doorway closed{*store, clock, broken, {{"S", "S", "S"}}, *links, {}};
  PublicPages failing{closed};
  http::Router other;
  failing.mount(other);
  std::swap(router, other);
  const auto answer = ask("POST", links->unsubscribe(message.id), "confirm=yes");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, Not(HasSubstr("secret-host")));
  const std::int64_t link = *store->responses().link_id("https://shop.example/");
  EXPECT_EQ(ask("GET", links->click(message.id, link)).status, 302) << "the reader still gets where they wanted";
  std::swap(router, other);
}

TEST_F(PublicPagesTest, OpenRedirectsLeadNowhere) {
  WB_NEED_SHARED(file, "suites/payloads/open-redirect.json");
  const std::int64_t link = *store->responses().link_id("https://shop.example/");
  const std::string good = links->click(message.id, link);
  tests::Tally tally{"payloads/open-redirect on public pages"};
  for (const std::string& payload : tests::json_strings(file)) {
    clock.advance(60s);
    for (const std::string& url : {"/c/" + payload, good + "/" + payload, good + "?url=" + payload + "&next=" + payload,
                                   links->unsubscribe(message.id) + "?next=" + payload, links->preferences(message.id) + "?redirect=" + payload}) {
      for (const char* method : {"GET", "POST"}) {
        const auto answer = ask(method, url);
        const auto location = http::find(answer.headers, "Location");
        EXPECT_TRUE(!location || *location == "https://shop.example/") << url;
        EXPECT_TRUE(answer.status >= 400 || !url.starts_with("/c/")) << url;
      }
    }
    tally.end_of_case();
  }
  EXPECT_GT(tally.cases(), 100);
}

TEST_F(PublicPagesTest, NaughtyNamesAreTextOnEveryPage) {
  WB_NEED_SHARED(file, "suites/naughty-strings/blns.json");
  tests::Tally tally{"naughty-strings on public pages"};
  for (const std::string& text : tests::json_strings(file)) {
    clock.advance(60s);
    const model::ContactPoint point{.customer_id = "c1", .channel = "email", .address = "anna@example.com", .name = text, .language = "en"};
    ASSERT_TRUE(store->contacts().put({&point, 1}));
    Doorway of{*store, clock, conducted(*store, *conductor), {{text, text, text}, text}, *links, {}};
    PublicPages named{of};
    http::Router other;
    named.mount(other);
    std::swap(router, other);
    for (const std::string& url : {links->preferences(message.id), links->unsubscribe(message.id)}) {
      const auto page = ask("GET", url);
      EXPECT_EQ(page.status, 200) << text;
      EXPECT_THAT(page.body, HasSubstr(text::escape_html(text)));
      const bool markup = text.find('<') != std::string::npos;
      EXPECT_TRUE(!markup || page.body.find(text) == std::string::npos) << text;
    }
    std::swap(router, other);
    tally.end_of_case();
  }
  EXPECT_GT(tally.cases(), 250);
}

TEST_F(PublicPagesTest, LineBreaksMakeNoHeaders) {
  WB_NEED_SHARED(file, "suites/payloads/crlf-header.json");
  for (const std::string& payload : tests::json_strings(file)) {
    const std::int64_t link = *store->responses().link_id("https://shop.example/" + payload);
    const auto answer = ask("GET", links->click(message.id, link));
    for (const auto& [name, value] : answer.headers) EXPECT_EQ(value.find_first_of("\r\n"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace app
