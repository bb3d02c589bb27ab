// Surveys and the pages of offers and requests, as customers meet them.
#include <gmock/gmock.h>

#include "act/deliver/consent.h"
#include "app/landing_pages.h"
#include "app/public_pages.h"
#include "app/reasons_yaml.h"
#include "app/replies_yaml.h"
#include "app/robots_yaml.h"
#include "app/survey_answers.h"
#include "app/survey_pages.h"
#include "tests/support/deliver_world.h"
#include "tests/support/fake_clock.h"

namespace app {
namespace {

using model::ConsentState;
using testing::HasSubstr;
using testing::Not;
using tests::must;
using namespace std::chrono_literals;

constexpr std::string_view kPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1";

class BackPagesTest : public tests::DeliverTest {
 protected:
  BackPagesTest() {
    message_ = post("key of anna");
    message_ = must(store_->outbox().claim("email", clock.now(), clock.now() + 1h, 1)).at(0);
    must(store_->outbox().attempt(message_, nullptr, clock.now()));
    must(store_->outbox().settle(message_, model::MessageState::accepted, "", "", clock.now(), clock.now()));
    clock.advance(5h);
    PublicActions actions = conducted(*store_, conductor_);
    actions.tell = [this](const PageEvent& event) -> base::Result<void> {
      told.push_back(event);
      return {};
    };
    door = std::make_unique<Doorway>(*store_, clock, actions, PublicIdentity{{"Bean & Leaf", "豆与叶", "豆與葉"}, "1 High Street", base::Zone::utc(), true}, links, must(load_robots("none.yaml")));
    pages = std::make_unique<SurveyPages>(*door, surveys, rules, text::Language::en);
    pages->mount(router);
    landing = std::make_unique<LandingPages>(*door, LandingPages::Config{.deep_links = {.target = "shop://offer/{code}?c={campaign}", .ios_app_id = "TEAM.com.shop", .android_package = "com.shop", .android_sha256 = {"AB:CD"}},
                                                                         .shop_url = "https://shop.example",
                                                                         .offer_name = [](std::string_view, std::string_view) { return model::Texts{"Ten off", "减十", "減十"}; }});
    landing->mount(router);
  }

  http::Response ask(std::string method, std::string url, std::string body = "") {
    constexpr std::string_view kBase = "https://news.shop.example/w";
    if (url.starts_with(kBase)) url = url.substr(kBase.size());
    if (url.starts_with("/w/")) url = url.substr(2);
    http::Request request{.method = std::move(method)};
    const std::size_t mark = url.find('?');
    request.path = url.substr(0, mark);
    if (mark != std::string::npos) request.query = http::parse_form(url.substr(mark + 1));
    request.segments = http::split_path(request.path).value_or(std::vector<std::string>{});
    request.headers = {{"user-agent", std::string{kPhone}}};
    request.body = std::move(body);
    request.remote_ip = "10.0.0.1";
    clock.advance(10s);
    return router.handle(request);
  }
  /// Sends a form and follows where it leads.
  http::Response send(const std::string& url, std::string body) {
    const auto answer = ask("POST", url, std::move(body));
    EXPECT_EQ(answer.status, 303);
    return ask("GET", std::string{http::find(answer.headers, "Location").value_or("")});
  }
  std::string invited(const std::string& survey) {
    invitation = must(store_->surveys().invite({.survey = survey, .customer_id = message_.customer_id, .message_id = message_.id, .channel = "email", .invited_at = clock.now()})).id;
    return links.survey(invitation);
  }
  model::SurveyInvitation state() { return *must(store_->surveys().find(invitation)); }
  std::size_t answered() {
    const auto all = must(store_->responses().of_message(message_.id));
    return static_cast<std::size_t>(std::ranges::count(all, model::ResponseKind::answered, &model::Response::kind));
  }

  tests::FakeClock clock{tests::kStart};
  act::respond::Sign sign = [this](std::string_view purpose, std::string_view bytes) { return store_->sign(purpose, bytes); };
  PublicLinks links{"https://news.shop.example/w", sign};
  act::respond::ReplyRules rules = must(load_replies("nowhere"));
  Surveys surveys = must(load_surveys("nowhere", must(load_reason_rules("nowhere")), "shop"));
  std::vector<PageEvent> told;
  std::unique_ptr<Doorway> door;
  std::unique_ptr<SurveyPages> pages;
  std::unique_ptr<LandingPages> landing;
  http::Router router;
  model::Message message_;
  std::int64_t invitation = 0;
};

TEST_F(BackPagesTest, ShippedSurveysAreWholeAndFitTheBusiness) {
  ASSERT_EQ(surveys.size(), 4U);
  const model::Survey* why = find_survey(surveys, "why-left");
  ASSERT_NE(why, nullptr);
  EXPECT_EQ(std::ranges::count(why->questions[0].choices, "cannot_catch_up", &model::SurveyChoice::id), 0) << "a shop has no lessons to catch up with";
  const auto rules_of_reasons = must(load_reason_rules("nowhere"));
  const auto bad = read_survey("survey: x\ntitle: {en: A, zh-CN: B, zh-TW: C}\nthanks: {en: A, zh-CN: B, zh-TW: C}\nquestions:\n  - question: q\n    kind: many\n    ask: {en: A, zh-CN: B, zh-TW: C}\n    choices: [no_such_reason]\n", "x.yaml", rules_of_reasons);
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().message, HasSubstr("x.yaml, line 8"));
}

TEST_F(BackPagesTest, ASurveyGoesPageByPageAndKeepsEachAnswer) {
  const std::string url = invited("why-left");
  std::string page = ask("GET", url).body;
  EXPECT_THAT(page, HasSubstr("What kept you away?"));
  EXPECT_THAT(page, HasSubstr("Question 1 of 2"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_TRUE(state().opened_at);
  EXPECT_FALSE(state().started_at);
  page = send(url, "question=reason&choice=price&choice=delivery&choice=nonsense&go=next").body;
  EXPECT_THAT(page, HasSubstr("What should we have done better?"));
  EXPECT_TRUE(state().started_at);
  EXPECT_FALSE(state().finished_at);
  EXPECT_EQ(answered(), 1U) << "a partial answer is an answer";
  page = send(url, "question=better&words=Pack+it+better&go=back").body;
  EXPECT_THAT(page, HasSubstr("value=\"price\" checked"));
  page = send(url, "question=reason&choice=price&go=next").body;
  EXPECT_THAT(page, HasSubstr("Pack it better"));
  page = send(url, "question=better&words=Pack+it+better&go=next").body;
  EXPECT_THAT(page, HasSubstr("A person reads what you wrote"));
  EXPECT_TRUE(state().finished_at);
  EXPECT_EQ(answered(), 1U);
  // What was taken back is taken back in the warehouse as well: the last word on each piece counts.
  std::map<std::string, std::string> reasons;
  for (const model::Feedback& one : must(store_->back().unsaid(100))) reasons[one.feedback_id] = one.reason + one.text;
  EXPECT_EQ(reasons[fmt::format("survey/{}/reason/price", invitation)], "price");
  EXPECT_EQ(reasons[fmt::format("survey/{}/reason/delivery", invitation)], "");
  EXPECT_EQ(reasons[fmt::format("survey/{}/better/words", invitation)], "Pack it better");
  const auto counts = must(store_->surveys().counts());
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].finished, 1U);
  must(store_->people().erase(message_.customer_id, clock.now()));
  EXPECT_TRUE(must(store_->surveys().answers(invitation)).empty());
}

TEST_F(BackPagesTest, TurningPagesWithoutAWordIsNoAnswer) {
  const std::string url = invited("why-left");
  send(url, "question=reason&go=next");
  send(url, "question=better&words=++&go=next");
  EXPECT_FALSE(state().started_at);
  EXPECT_FALSE(state().finished_at);
  EXPECT_EQ(answered(), 0U);
  EXPECT_TRUE(must(store_->back().unsaid(10)).empty());
}

TEST_F(BackPagesTest, AnUnhappyAnswerWithWordsIsATaskOnce) {
  const std::string url = invited("nps");
  send(url, "question=recommend&score=3&go=next");
  EXPECT_TRUE(must(store_->inbox().open_tasks()).empty()) << "a figure alone asks for nobody";
  send(url, "question=why&words=Nobody+answers+the+phone&go=next");
  send(url, "question=why&words=Nobody+answers&go=next");
  const auto tasks = must(store_->inbox().open_tasks());
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_EQ(tasks[0].queue, "care");
  EXPECT_EQ(tasks[0].script, "Nobody answers the phone");
  bool scored = false;
  for (const auto& one : must(store_->back().unsaid(10))) scored = scored || (one.kind == "nps" && one.score == 3.0);
  EXPECT_TRUE(scored);
}

TEST_F(BackPagesTest, SurveysCloseAndStrangersSeeNothing) {
  const std::string url = invited("nps");
  EXPECT_EQ(ask("GET", links.reveal(message_.id)).status, 200);
  EXPECT_EQ(ask("GET", "/s/" + links.reveal(message_.id).substr(30)).status, 404) << "a token of another use opens nothing";
  EXPECT_EQ(ask("GET", "/s/nonsense").status, 404);
  clock.advance(24h * 14);
  EXPECT_EQ(ask("GET", url).status, 410);
  EXPECT_EQ(ask("POST", url, "question=recommend&score=3&go=next").status, 410);
  EXPECT_TRUE(must(store_->surveys().answers(invitation)).empty());
}

TEST_F(BackPagesTest, WhatIsWrittenIsShownAsText) {
  const std::string url = invited("why-left");
  send(url, "question=reason&choice=other&words=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&go=next");
  const std::string page = ask("GET", url + "?at=1").body;
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
}

TEST_F(BackPagesTest, AnOfferIsOpenedByAButton) {
  model::Enrolment enrolment{.campaign_id = "c1", .customer_id = message_.customer_id, .entered_at = clock.now()};
  must(store_->enrolments().add(enrolment, "{}"));
  must(store_->codes().open_account({.campaign_id = "c1", .offer_id = "ten"}));
  auto draft = tests::code_for(enrolment.id, 500);
  draft.customer_id = message_.customer_id;
  const auto code = must(store_->codes().issue(draft));
  ASSERT_TRUE(code);
  enrolment.offer_id = "ten";
  enrolment.code = code->code;
  enrolment.code_ends = code->ends_at;
  must(store_->enrolments().save(enrolment));
  model::Message letter = tests::letter("with an offer", clock.now());
  letter.enrolment_id = enrolment.id;
  letter.customer_id = message_.customer_id;
  must(store_->outbox().add(letter));
  const std::string url = links.reveal(letter.id);
  EXPECT_THAT(ask("GET", url).body, Not(HasSubstr(code->code)));
  EXPECT_THAT(ask("GET", url + "?open=yes").body, Not(HasSubstr(code->code)));
  EXPECT_TRUE(told.empty());
  const std::string page = ask("POST", url, "open=yes").body;
  EXPECT_THAT(page, HasSubstr(code->code));
  EXPECT_THAT(page, HasSubstr("Ten off"));
  EXPECT_THAT(page, HasSubstr("30 November 2026, 12:00"));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].name, "revealed");
  EXPECT_EQ(told[0].customer_id, message_.customer_id);
  clock.advance(24h * 11);
  EXPECT_THAT(ask("POST", url, "open=yes").body, HasSubstr("its time is over"));
  // The app's link carries the same code.
  EXPECT_THAT(ask("GET", links.app(letter.id)).body, HasSubstr(fmt::format("shop://offer/{}?c=c1", code->code)));
}

TEST_F(BackPagesTest, ARequestIsATaskAndAnEventOnce) {
  for (const auto& [url, name] : {std::pair{links.trial(message_.id), "trial_requested"}, {links.restore(message_.id), "restore_requested"}}) {
    told.clear();
    EXPECT_EQ(ask("GET", url).status, 200);
    EXPECT_EQ(ask("POST", url, "hello=world").status, 200);
    EXPECT_TRUE(told.empty()) << "asking is not confirming";
    EXPECT_EQ(ask("POST", url, "confirm=yes&words=I+was+called+Ada").status, 200);
    EXPECT_EQ(ask("POST", url, "confirm=yes").status, 200);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0].name, name);
    EXPECT_EQ(told[0].key, told[1].key) << "the door knows it the second time";
  }
  EXPECT_EQ(must(store_->inbox().open_tasks()).size(), 2U);
}

TEST_F(BackPagesTest, WritingAgainIsAskedForAndProven) {
  const std::string url = links.resubscribe(message_.id);
  const auto consent = [&] { return act::deliver::in_force(must(store_->people().consents(message_.customer_id)), "email", "win_back", clock.now(), clock.now()); };
  EXPECT_EQ(ask("GET", url + "?confirm=yes").status, 200);
  EXPECT_EQ(consent(), ConsentState::unknown);
  EXPECT_EQ(ask("POST", url + "?lang=zh-CN", "confirm=yes").status, 200);
  EXPECT_EQ(consent(), ConsentState::granted);
  EXPECT_THAT(must(store_->people().consents(message_.customer_id)).back().proof, HasSubstr("您同意豆与叶"));
}

TEST_F(BackPagesTest, WhoComplainedIsNotAskedAgain) {
  must(conductor_.take({.key = "spam", .kind = model::ResponseKind::complained, .message_id = message_.id, .customer_id = message_.customer_id, .at = clock.now()}, clock.now()));
  const std::string url = links.resubscribe(message_.id);
  EXPECT_THAT(ask("GET", url).body, HasSubstr("we keep to it"));
  EXPECT_THAT(ask("POST", url, "confirm=yes").body, HasSubstr("we keep to it"));
  for (const auto& one : must(store_->people().consents(message_.customer_id))) EXPECT_NE(one.state, ConsentState::granted);
}

TEST_F(BackPagesTest, ALinkIntoTheAppIsKeptForItsFirstStartOnce) {
  const auto page = ask("GET", links.app(message_.id));
  EXPECT_THAT(page.body, HasSubstr("id=com.shop&amp;referrer=wb_"));
  const auto claimed = must(store_->back().claim_deferred(message_.id, clock.now() - 24h, clock.now()));
  ASSERT_TRUE(claimed);
  EXPECT_EQ(claimed->target, "shop://offer/?c=c1");
  EXPECT_FALSE(must(store_->back().claim_deferred(message_.id, clock.now() - 24h, clock.now())));
  EXPECT_THAT(ask("GET", "/.well-known/apple-app-site-association").body, HasSubstr(R"({"applinks":{"details":[{"appIDs":["TEAM.com.shop"],"components":[{"/":"/w/l/*"}]}]}})"));
  EXPECT_THAT(ask("GET", "/.well-known/assetlinks.json").body, HasSubstr(R"("sha256_cert_fingerprints":["AB:CD"])"));
}

}  // namespace
}  // namespace app
