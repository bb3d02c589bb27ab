#include "adapter/wechat/open_wechat.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "adapter/web/open_web.h"
#include "adapter/wechat/callback.h"
#include "adapter/wechat/crypt.h"
#include "adapter/wechat/xml.h"
#include "base/random.h"
#include "tests/support/fake_clock.h"
#include "tests/support/providers/wechat.h"

namespace adapter::wechat {
namespace {

using model::Delivery;
using model::NoticeKind;
using model::Outcome;
using model::OutcomeKind;
using model::Purpose;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

const base::Instant kNow = base::instant_from_millis(1'767'690'000'000);

Delivery delivery(const std::string& openid, const std::string& template_id, int number = 1) {
  Delivery one;
  one.send_key = fmt::format("{:032x}", number);
  one.address = openid;
  one.purpose = Purpose::service;
  one.content = {.text = "您的退款已到账", .language = "zh-CN", .link = "https://shop.example/o/1", .template_id = template_id, .fields = {{"thing1", "退款"}, {"amount2", "¥30"}}};
  one.at = kNow;
  return one;
}

class WechatTest : public testing::Test {
 protected:
  WechatTest() {
    web::WebConfig config;
    config.rules = {true, {"127.0.0.1"}};
    config.timeout = 5s;
    web_ = *web::open_web(config);
    official_ = *open_official(config_here(), *web_, clock_);
    mini_ = *open_mini(config_here(), *web_, clock_);
    reply_ = *open_reply(config_here(), *web_, clock_);
  }
  WechatConfig config_here() const { return {.app_id = "wx1", .secret = "s3cret", .server = fake_.url()}; }
  static Outcome send(port::Channel& channel, const Delivery& one) { return channel.send({&one, 1}).front(); }

  tests::FakeClock clock_{kNow};
  tests::FakeWechat fake_;
  std::unique_ptr<port::HttpClient> web_;
  std::unique_ptr<port::Channel> official_, mini_, reply_;
};

TEST_F(WechatTest, ATemplateMessageCarriesTheSendKey) {
  const Delivery one = delivery("oABC", "T1");
  const Outcome outcome = send(*official_, one);
  EXPECT_EQ(outcome.kind, OutcomeKind::accepted) << outcome.detail;
  const auto taken = fake_.ledger.all();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(outcome.provider_id, taken[0].id);
  const json body = json::parse(taken[0].body);
  EXPECT_EQ(body["touser"], "oABC");
  EXPECT_EQ(body["client_msg_id"], one.send_key);
  EXPECT_EQ(body["url"], "https://shop.example/o/1");
  EXPECT_EQ(body["data"]["thing1"]["value"], "退款");
  EXPECT_EQ(body["data"]["amount2"]["value"], "¥30");
}

TEST_F(WechatTest, AReplayWithinTheWindowActsOnce) {
  EXPECT_GT(official_->replay_window(), 0s);
  EXPECT_LE(official_->replay_window(), 10min);
  fake_.ledger.fault("drop");
  const Delivery one = delivery("oABC", "T1");
  EXPECT_EQ(send(*official_, one).kind, OutcomeKind::unknown);
  const Outcome again = send(*official_, one);
  EXPECT_EQ(again.kind, OutcomeKind::accepted);
  EXPECT_EQ(again.provider_id, fake_.ledger.all().front().id);
  EXPECT_EQ(fake_.ledger.count(one.send_key), 1U);
  EXPECT_EQ(mini_->replay_window(), 0s) << "subscribe messages have no such key";
  WechatConfig both = config_here();
  both.subscribe_templates = {"S1"};
  EXPECT_EQ((*open_official(both, *web_, clock_))->replay_window(), 0s);
}

TEST_F(WechatTest, MarketingIsRefusedBeforeAnyCall) {
  for (port::Channel* channel : {official_.get(), mini_.get(), reply_.get()}) {
    Delivery one = delivery("oABC", "T1");
    one.purpose = Purpose::marketing;
    const Outcome outcome = send(*channel, one);
    EXPECT_EQ(outcome.kind, OutcomeKind::rejected);
    EXPECT_FALSE(outcome.address_dead);
    EXPECT_THAT(outcome.detail, HasSubstr("service notices"));
  }
  EXPECT_EQ(fake_.calls(), 0U);
}

TEST_F(WechatTest, OneGrantIsOneMessage) {
  Delivery one = delivery("oABC", "S1");
  one.content.link = "pages/order?id=1";
  EXPECT_TRUE(mini_->needs_grant(one.content));
  EXPECT_FALSE(official_->needs_grant(one.content));
  fake_.grant("oABC", "S1");
  EXPECT_EQ(send(*mini_, one).kind, OutcomeKind::accepted);
  const json body = json::parse(fake_.ledger.all().front().body);
  EXPECT_EQ(body["page"], "pages/order?id=1");
  EXPECT_EQ(body["lang"], "zh_CN");
  EXPECT_FALSE(body.contains("client_msg_id"));
  const Outcome none = send(*mini_, one);
  EXPECT_EQ(none.kind, OutcomeKind::rejected);
  EXPECT_THAT(none.detail, HasSubstr("no grant"));
  EXPECT_FALSE(none.address_dead);
  EXPECT_EQ(fake_.ledger.all().size(), 1U);
  // A link to the web is no page of a mini program.
  fake_.grant("oABC", "S1");
  one.content.link = "https://shop.example/";
  EXPECT_EQ(send(*mini_, one).kind, OutcomeKind::accepted);
  EXPECT_FALSE(json::parse(fake_.ledger.all().back().body).contains("page"));
  // The official account's subscribe notices.
  WechatConfig config = config_here();
  config.subscribe_templates = {"S1"};
  const auto both = *open_official(config, *web_, clock_);
  EXPECT_TRUE(both->needs_grant(one.content));
  fake_.grant("oABC", "S1");
  EXPECT_EQ(send(*both, one).kind, OutcomeKind::accepted);
  EXPECT_EQ(send(*both, delivery("oABC", "T1", 7)).kind, OutcomeKind::accepted);
}

TEST_F(WechatTest, AnAnswerOnlyWithinFortyEightHours) {
  const Delivery one = delivery("oABC", "");
  const Outcome closed = send(*reply_, one);
  EXPECT_EQ(closed.kind, OutcomeKind::rejected);
  EXPECT_THAT(closed.detail, HasSubstr("window closed"));
  fake_.wrote("oABC");
  EXPECT_EQ(send(*reply_, one).kind, OutcomeKind::accepted);
  EXPECT_EQ(json::parse(fake_.ledger.all().front().body)["text"]["content"], "您的退款已到账");
}

TEST_F(WechatTest, WhatAnErrorMeans) {
  struct Case {
    int code;
    OutcomeKind kind;
    bool dead = false, throttled = false, trouble = false;
  };
  using enum OutcomeKind;
  for (const Case& one : {Case{-1, retryable},
                          {40003, rejected, true},
                          {40037, rejected},
                          {41030, rejected},
                          {43004, rejected},
                          {43101, rejected},
                          {47003, rejected},
                          {99999, rejected},
                          {45009, retryable, false, true},
                          {45011, retryable, false, true},
                          {48001, retryable, false, false, true},
                          {40013, retryable, false, false, true},
                          {40125, retryable, false, false, true},
                          {40164, retryable, false, false, true},
                          {61007, retryable, false, false, true}}) {
    fake_.ledger.fault(fmt::format("errcode {}", one.code));
    const Outcome outcome = send(*official_, delivery("oSECRET", "T1"));
    EXPECT_EQ(outcome.kind, one.kind) << one.code;
    EXPECT_EQ(outcome.address_dead, one.dead) << one.code;
    EXPECT_EQ(outcome.throttled, one.throttled) << one.code;
    EXPECT_EQ(!outcome.trouble.empty(), one.trouble) << one.code;
    EXPECT_THAT(outcome.detail, HasSubstr(std::to_string(one.code)));
    EXPECT_THAT(outcome.detail, Not(HasSubstr("oSECRET")));
  }
  EXPECT_TRUE(fake_.ledger.all().empty());
  fake_.ledger.fault("429");
  const Outcome slower = send(*official_, delivery("oABC", "T1"));
  EXPECT_EQ(slower.kind, retryable);
  EXPECT_EQ(slower.retry_after, 9s);
  fake_.ledger.fault("503");
  EXPECT_EQ(send(*official_, delivery("oABC", "T1")).kind, unknown);
}

TEST_F(WechatTest, TakenWithoutASureAnswerIsInDoubt) {
  fake_.grant("oABC", "S1", 2);
  for (const char* fault : {"drop", "500 taken"}) {
    fake_.ledger.fault(fault);
    const std::size_t before = fake_.ledger.all().size();
    const Delivery one = delivery("oABC", "S1", fault[0]);
    EXPECT_EQ(send(*mini_, one).kind, OutcomeKind::unknown) << fault;
    EXPECT_EQ(fake_.ledger.all().size(), before + 1) << fault;
    EXPECT_EQ(mini_->look_up(one).kind, OutcomeKind::unknown);
  }
}

TEST_F(WechatTest, TheTokenIsSharedRenewedInTimeAndMadeAnewWhenItEnds) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(send(*official_, delivery("oABC", "T1", i)).kind, OutcomeKind::accepted);
  EXPECT_EQ(fake_.calls(), 4U) << "one call for the token";
  fake_.end_token();
  const Outcome refused = send(*official_, delivery("oABC", "T1", 10));
  EXPECT_EQ(refused.kind, OutcomeKind::retryable);
  EXPECT_EQ(refused.trouble, "");
  EXPECT_EQ(send(*official_, delivery("oABC", "T1", 10)).kind, OutcomeKind::accepted);
  EXPECT_EQ(fake_.tokens_given(), 2);
  clock_.advance(116min);
  const std::size_t before = fake_.calls();
  EXPECT_EQ(send(*official_, delivery("oABC", "T1", 11)).kind, OutcomeKind::accepted);
  EXPECT_EQ(fake_.calls(), before + 2);
}

TEST_F(WechatTest, WrongCredentialsAreTroubleAndCheckSaysWhich) {
  EXPECT_TRUE(official_->check());
  for (const auto& [change, word] : std::vector<std::pair<std::function<void(WechatConfig&)>, std::string>>{
           {[](WechatConfig& config) { config.app_id = "wx2"; }, "app_id is wrong"}, {[](WechatConfig& config) { config.secret = "hidden"; }, "secret is wrong"}}) {
    WechatConfig config = config_here();
    change(config);
    const auto channel = *open_official(config, *web_, clock_);
    const Outcome outcome = send(*channel, delivery("oABC", "T1"));
    EXPECT_EQ(outcome.kind, OutcomeKind::retryable) << word;
    EXPECT_THAT(outcome.trouble, HasSubstr(word));
    EXPECT_THAT(outcome.trouble, Not(HasSubstr("hidden")));
    const auto checked = channel->check();
    ASSERT_FALSE(checked);
    EXPECT_THAT(checked.error().message, HasSubstr(word));
  }
  EXPECT_FALSE(open_official({.app_id = "wx1"}, *web_, clock_));
  EXPECT_TRUE(fake_.ledger.all().empty());
}

TEST_F(WechatTest, TemplatesAreLookedUpInTheAccount) {
  EXPECT_TRUE(official_->check_template("T1"));
  EXPECT_TRUE(mini_->check_template("S1"));
  const auto missing = official_->check_template("T9");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("T9"));
  EXPECT_FALSE(mini_->check_template("T1"));
  EXPECT_EQ(send(*official_, delivery("oABC", "")).kind, OutcomeKind::rejected);
  EXPECT_EQ(send(*official_, delivery("o/../x", "T1")).kind, OutcomeKind::rejected);
}

// The example of the encryption library WeChat publishes, byte for byte.
constexpr char kSampleKey[] = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
constexpr char kSampleApp[] = "wx2c2769f8efd9abc2";
constexpr char kSampleCipher[] =
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNl"
    "ZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0E"
    "IBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE=";
constexpr char kSamplePlain[] =
    "<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName>\n<FromUserName><![CDATA[oyORnuP8q7ou2gfYjqLzSIWZf0rs]]></FromUserName>\n<CreateTime>1409735668</CreateTime>\n"
    "<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[abcdteT]]></Content>\n<MsgId>6054768590064713728</MsgId>\n</xml>";

TEST(WechatCrypt, ThePublishedExample) {
  EXPECT_EQ(signature_of({"spamtest", "1409735669", "1320562132", kSampleCipher}), "5d197aaffba7e9b25a30732f161a50dee96bd5fa");
  const std::string key = *open_aes_key(kSampleKey);
  EXPECT_EQ(decrypt(key, kSampleCipher, kSampleApp).value_or("unreadable"), kSamplePlain);
  EXPECT_EQ(encrypt(key, kSamplePlain, kSampleApp, "89465c840c5f116f"), kSampleCipher);
  EXPECT_FALSE(decrypt(key, kSampleCipher, "wx-another"));
  EXPECT_FALSE(decrypt(*open_aes_key("bbcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"), kSampleCipher, kSampleApp));
  for (const char* text : {"", "AAAA", "not base64", "AAAAAAAAAAAAAAAAAAAAAA=="}) EXPECT_FALSE(decrypt(key, text, kSampleApp)) << text;
  for (const char* text : {"", "short", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEF="}) EXPECT_FALSE(open_aes_key(text)) << text;
}

TEST(WechatCallback, ThePublishedExampleArrivesAsAMessage) {
  const auto callback = *open_callback({.app_id = kSampleApp, .token = "spamtest", .aes_key = kSampleKey});
  port::Callback::Request request{.method = "POST",
                                  .url = "https://shop.example/callbacks/official_account?signature=" + signature_of({"spamtest", "1409735669", "1320562132"}) +
                                         "&timestamp=1409735669&nonce=1320562132&encrypt_type=aes&msg_signature=5d197aaffba7e9b25a30732f161a50dee96bd5fa",
                                  .body = fmt::format("<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName><Encrypt><![CDATA[{}]]></Encrypt></xml>", kSampleCipher)};
  const base::Instant then{std::chrono::seconds{1'409'735'670}};
  const auto told = callback->read(request, then);
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_EQ(told->reply, "success");
  ASSERT_EQ(told->notices.size(), 1U);
  EXPECT_EQ(told->notices[0].kind, NoticeKind::inbound);
  EXPECT_EQ(told->notices[0].from, "oyORnuP8q7ou2gfYjqLzSIWZf0rs");
  EXPECT_EQ(told->notices[0].text, "abcdteT");
  EXPECT_EQ(told->notices[0].at, base::Instant{std::chrono::seconds{1'409'735'668}});
  EXPECT_FALSE(callback->read(request, then + 11min)) << "an old call";
  // Unencrypted, it is not believed, although its signature is right: that does not cover the body.
  request.body = kSamplePlain;
  EXPECT_FALSE(callback->read(request, then));
}

std::string event_xml(const std::string& rest) {
  return "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oABC]]></FromUserName><CreateTime>1767690000</CreateTime>" + rest + "</xml>";
}

std::vector<model::Notice> read(const std::string& xml) {
  const auto callback = *open_callback({.app_id = "wx1", .token = "t0ken"});
  const auto told = callback->read(tests::FakeWechat::call(xml, "t0ken", kNow), kNow);
  EXPECT_TRUE(told) << told.error().message;
  if (!told) return {};
  EXPECT_EQ(told->reply, "success");
  return told->notices;
}

TEST(WechatCallback, TheAddressCheckIsAnsweredWithItsEcho) {
  const auto callback = *open_callback({.app_id = "wx1", .token = "t0ken"});
  auto request = tests::FakeWechat::call("", "t0ken", kNow);
  request.method = "GET";
  request.url += "&echostr=7213%2B9";
  EXPECT_EQ(callback->read(request, kNow)->reply, "7213+9");
  request = tests::FakeWechat::call("", "other", kNow);
  request.method = "GET";
  EXPECT_FALSE(callback->read(request, kNow));
  EXPECT_EQ(callback->channel(), "wechat");
  EXPECT_EQ(callback->provider(), "official_account");
  EXPECT_FALSE(open_callback({.app_id = "wx1"}));
  EXPECT_FALSE(open_callback({.app_id = "wx1", .token = "t", .aes_key = "short"}));
}

TEST(WechatCallback, FollowingAndUnfollowing) {
  auto notices = read(event_xml("<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event><EventKey></EventKey>"));
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].kind, NoticeKind::agreed);
  EXPECT_EQ(notices[0].from, "oABC");
  EXPECT_EQ(notices[0].subject, "");
  EXPECT_EQ(notices[0].at, kNow);
  const std::string key = notices[0].key;
  EXPECT_THAT(key, Not(HasSubstr("oABC")));
  notices = read(event_xml("<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[unsubscribe]]></Event>"));
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].kind, NoticeKind::withdrew);
  EXPECT_NE(notices[0].key, key);
}

TEST(WechatCallback, GrantsAndRefusalsOfSubscribeMessages) {
  const std::string popup =
      "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_popup_event]]></Event><SubscribeMsgPopupEvent>"
      "<List><TemplateId><![CDATA[S1]]></TemplateId><SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString><PopupScene>2</PopupScene></List>"
      "<List><TemplateId><![CDATA[S2]]></TemplateId><SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString><PopupScene>2</PopupScene></List>"
      "</SubscribeMsgPopupEvent>";
  auto notices = read(event_xml(popup));
  ASSERT_EQ(notices.size(), 2U);
  EXPECT_EQ(notices[0].kind, NoticeKind::agreed);
  EXPECT_EQ(notices[0].subject, "S1");
  EXPECT_EQ(notices[0].count, 1U);
  EXPECT_EQ(notices[1].kind, NoticeKind::withdrew);
  EXPECT_EQ(notices[1].subject, "S2");
  EXPECT_NE(notices[0].key, notices[1].key);
  EXPECT_EQ(read(event_xml(popup))[0].key, notices[0].key) << "told twice, it is one";
  notices = read(event_xml("<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_change_event]]></Event><SubscribeMsgChangeEvent><List><TemplateId>S1</TemplateId>"
                           "<SubscribeStatusString>accept</SubscribeStatusString></List></SubscribeMsgChangeEvent>"));
  EXPECT_TRUE(notices.empty()) << "a change in the settings grants nothing";
}

TEST(WechatCallback, WhatBecameOfMessages) {
  const auto finished = [](const std::string& status) {
    return read(event_xml("<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>200163836</MsgID><Status><![CDATA[" + status + "]]></Status>"));
  };
  auto notices = finished("success");
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].kind, NoticeKind::event);
  EXPECT_EQ(notices[0].event, "delivered");
  EXPECT_EQ(notices[0].provider_id, "200163836");
  notices = finished("failed: system failed");
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].event, "bounced_soft");
  notices = finished("failed:user block");
  ASSERT_EQ(notices.size(), 2U);
  EXPECT_EQ(notices[0].event, "bounced_soft");
  EXPECT_EQ(notices[1].kind, NoticeKind::withdrew);
  EXPECT_EQ(notices[1].from, "oABC");
  notices = read(event_xml("<MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event><SubscribeMsgSentEvent><List><TemplateId>S1</TemplateId><MsgID>1700827132819554304</MsgID>"
                           "<ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List></SubscribeMsgSentEvent>"));
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].event, "delivered");
  EXPECT_EQ(notices[0].provider_id, "1700827132819554304");
  EXPECT_TRUE(read(event_xml("<MsgType>event</MsgType><Event>LOCATION</Event>")).empty());
  EXPECT_TRUE(read(event_xml("<MsgType>image</MsgType>")).empty());
}

TEST(WechatCallback, EncryptedCallsOfTheFakeAreRead) {
  const std::string key = *open_aes_key(kSampleKey);
  const auto callback = *open_callback({.channel = "wechat_mini", .provider = "mini_program", .app_id = "wx1", .token = "t0ken", .aes_key = kSampleKey});
  const std::string xml = event_xml("<MsgType>text</MsgType><Content>退货 &amp; 退款</Content><MsgId>1</MsgId>");
  auto request = tests::FakeWechat::call(xml, "t0ken", kNow, key);
  const auto told = callback->read(request, kNow);
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_EQ(told->notices.at(0).text, "退货 & 退款");
  for (const std::string value : {"?signature=", "&timestamp=", "&nonce=", "&msg_signature="}) {
    auto changed = request;
    char& c = changed.url[changed.url.find(value) + value.size() + 4];
    c = c == '1' ? '2' : '1';
    EXPECT_FALSE(callback->read(changed, kNow)) << value;
  }
  EXPECT_FALSE(callback->read(tests::FakeWechat::call(xml, "t0ken", kNow, key, "wx2"), kNow)) << "meant for another account";
}

TEST(WechatXml, WhatIsRefused) {
  for (const std::string& text : std::vector<std::string>{
           "", "text", "<a>", "<a></b>", "<a></a><b/>", "<a b=\"c\"></a>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a>&x;</a>", "<a>&#65;</a>", "<a><!-- c --></a>",
           "<a><?p q?></a>", "<a><![CDATA[x</a>", "<1/>", "<a>\xff</a>", std::string{"<a>\0</a>", 8}, "<a>" + std::string(70'000, 'x') + "</a>", "<?xml version=\"1.0\"", "<a><b><c><d><e><f><g><h><i/></h></g></f></e></d></c></b></a>"}) {
    EXPECT_FALSE(read_xml(text)) << text.substr(0, 60);
  }
  std::string many = "<a>";
  for (int i = 0; i < 1'100; ++i) many += "<b/>";
  EXPECT_FALSE(read_xml(many + "</a>"));
  const auto read = read_xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a ><b><![CDATA[<&]]>]x</b>&lt;&gt;&amp;&quot;&apos;<c /></a >\n");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->text_of("b"), "<&]x");
  EXPECT_EQ(read->text, "<>&\"'");
  EXPECT_NE(read->child("c"), nullptr);
  EXPECT_EQ(read->child("d"), nullptr);
}

TEST(WechatXml, AnyBytesAreReadOrRefused) {
  const std::string good = event_xml("<MsgType><![CDATA[text]]></MsgType><Content>a &amp; b</Content><MsgId>1</MsgId>");
  base::Rng random{7};
  for (int i = 0; i < 20'000; ++i) {
    std::string text = good;
    for (std::uint64_t changes = random.below(4) + 1; changes > 0; --changes) {
      const std::size_t at = random.below(text.size());
      const std::string_view pieces[] = {"<", ">", "</", "<![CDATA[", "]]>", "&", "&lt;", "<xml>", "\xe4", "/>"};
      switch (random.below(3)) {
        case 0: text.erase(at, random.below(9)); break;
        case 1: text.insert(at, pieces[random.below(std::size(pieces))]); break;
        default: text[at] = static_cast<char>(random.below(256)); break;
      }
      if (text.empty()) text = "<";
    }
    const auto read = read_xml(text);
    EXPECT_TRUE(!read || !read->name.empty());
  }
}

}  // namespace
}  // namespace adapter::wechat
