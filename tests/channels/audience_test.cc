#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "act/deliver/consent.h"
#include "adapter/audience/keys.h"
#include "adapter/audience/open_file.h"
#include "adapter/audience/open_meta.h"
#include "adapter/sqlite/open_sqlite.h"
#include "adapter/web/open_web.h"
#include "app/audience_sync.h"
#include "tests/support/places.h"
#include "tests/support/providers/meta.h"

namespace app {
namespace {

using namespace adapter::audience;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

const base::Instant kNow = base::instant_from_millis(1'767'690'000'000);

TEST(AudienceKeys, EmailAddresses) {
  EXPECT_EQ(normal_email("  Mary@Example.COM\n"), "mary@example.com");
  for (const char* text : {"", "mary", "@example.com", "mary@", "a b@example.com"}) EXPECT_FALSE(normal_email(text)) << text;
  // "mary@example.com" by sha256sum.
  EXPECT_EQ(hashed(*normal_email("MARY@example.com")), "f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79");
}

TEST(AudienceKeys, TelephoneNumbers) {
  EXPECT_EQ(normal_phone("+1 (650) 555-1212"), "16505551212");
  EXPECT_EQ(normal_phone("+44 (0)20 7946 0958"), "442079460958");
  EXPECT_EQ(normal_phone("0086 138 0013 8000"), "8613800138000");
  EXPECT_EQ(normal_phone("＋86 138 0013 8000"), "8613800138000");
  for (const char* text : {"", "13800138000", "020 7946 0958", "+", "+0000000", "+12", "+1234567890123456", "+44x20 7946 0958"}) EXPECT_FALSE(normal_phone(text)) << text;
}

TEST(AudienceKeys, NamesAndAdvertiserIds) {
  EXPECT_EQ(normal_name(" O'Brien-Smith "), "obriensmith");
  EXPECT_EQ(normal_name("ÉLODIE"), "élodie");
  EXPECT_EQ(normal_name("王 小明"), "王小明");
  EXPECT_EQ(normal_advertiser_id("AB1234CD-E123-12FG-J123-000000000000"), std::nullopt);
  EXPECT_EQ(normal_advertiser_id("38400000-8CF0-11BD-B23E-10B96E40000D"), "38400000-8cf0-11bd-b23e-10b96e40000d");
  EXPECT_EQ(normal_advertiser_id("00000000-0000-0000-0000-000000000000"), std::nullopt);
}

class AudienceTest : public testing::Test {
 protected:
  AudienceTest() : store_(std::move(*adapter::sqlite::open_sqlite_in_memory())) {
    adapter::web::WebConfig config;
    config.rules = {true, {"127.0.0.1"}};
    config.timeout = 5s;
    web_ = *adapter::web::open_web(config);
    provider_ = open({});
    rules_.segment = [](const std::string&) { return true; };
  }

  std::unique_ptr<port::Audience> open(const std::function<void(MetaConfig&)>& change) {
    MetaConfig config{.audience_id = "238001", .token = "EAAB", .app_secret = "app-s3cret", .server = fake_.url()};
    if (change) change(config);
    return *open_meta(config, *web_);
  }

  void customer(const std::string& id, const std::function<void(model::Person&)>& change = {}, bool consent = true) {
    model::Person person{.customer_id = id, .birth_year = 1980, .last_order = kNow - std::chrono::days{30}};
    if (change) change(person);
    ASSERT_TRUE(store_->people().put({&person, 1}));
    point(id, "email", id + "@example.com");
    if (consent) state(id, model::ConsentState::granted, kNow - std::chrono::days{9});
  }
  void point(const std::string& id, const std::string& channel, const std::string& address) {
    const model::ContactPoint one{.customer_id = id, .channel = channel, .address = address};
    ASSERT_TRUE(store_->contacts().put({&one, 1}));
  }
  void state(const std::string& id, model::ConsentState what, base::Instant at, const std::string& topic = "lost") {
    const model::ConsentRecord one{.customer_id = id, .channel = std::string{kAudienceChannel}, .topic = topic, .state = what, .valid_from = at, .recorded_at = at, .source = "test"};
    ASSERT_TRUE(store_->people().add_consents({&one, 1}));
  }
  AudienceChoice choice() {
    auto chosen = choose_audience(rules_, *store_, kNow);
    EXPECT_TRUE(chosen) << chosen.error().message;
    return chosen ? std::move(*chosen) : AudienceChoice{};
  }
  std::vector<std::string> chosen() {
    std::vector<std::string> ids;
    for (const auto& one : choice().members) ids.push_back(one.customer_id);
    return ids;
  }
  base::Result<AudienceSync> sync(bool dry = false) { return sync_audience("lost", choice(), *provider_, *store_, kNow, dry); }
  static std::string keys(const std::string& id) { return hashed(id + "@example.com") + ",," + hashed(id); }

  std::unique_ptr<port::ActStore> store_;
  tests::FakeMeta fake_;
  std::unique_ptr<port::HttpClient> web_;
  std::unique_ptr<port::Audience> provider_;
  model::Manners manners_;
  base::Zone zone_ = base::Zone::utc();
  AudienceRules rules_{.name = "lost", .manners = &manners_, .shop_zone = &zone_};
};

TEST_F(AudienceTest, OnlyWithConsentOfItsOwnAndNeverWhoMustNotBe) {
  customer("mary");
  customer("silent", {}, false);
  customer("took_back");
  state("took_back", model::ConsentState::withdrawn, kNow - 1h);
  customer("agreed_to_all", {}, false);
  const model::ConsentRecord to_all{.customer_id = "agreed_to_all", .channel = "*", .topic = "*", .state = model::ConsentState::granted, .valid_from = kNow - 1h, .recorded_at = kNow - 1h, .source = "checkout"};
  ASSERT_TRUE(store_->people().add_consents({&to_all, 1}));
  customer("other_topic", {}, false);
  state("other_topic", model::ConsentState::granted, kNow - 1h, "newcomers");
  customer("control");
  rules_.held_out.insert("control");
  customer("child", [](model::Person& person) { person.birth_year = 2012; });
  customer("quiet", [](model::Person& person) { person.do_not_disturb = true; });
  customer("private", [](model::Person& person) { person.not_personalised = true; });
  customer("bounced");
  ASSERT_TRUE(store_->people().suppress("email", "bounced@example.com", "complained", kNow));
  customer("erased");
  ASSERT_TRUE(store_->people().erase("erased", kNow));
  const AudienceChoice all = choice();
  ASSERT_THAT(all.members, SizeIs(1));
  EXPECT_EQ(all.members[0].customer_id, "mary");
  EXPECT_EQ(all.members[0].keys, keys("mary"));
  const std::map<std::string, std::uint64_t> reasons{{"no_consent", 4}, {"held_out", 1}, {"minor", 1}, {"do_not_disturb", 1}, {"not_personalised", 1}, {"suppressed", 1}};
  EXPECT_EQ(all.left_out, reasons);
}

TEST_F(AudienceTest, WithoutASegmentThoseMessagesDoNotReach) {
  rules_.segment = nullptr;
  customer("near");
  customer("sunset", [](model::Person& person) {
    person.unanswered = 40;
    person.last_order = kNow - std::chrono::days{400};
  });
  customer("uninstalled");
  point("uninstalled", "push", "fcm:gone");
  ASSERT_TRUE(store_->people().suppress("push", "fcm:gone", "bounced_hard", kNow));
  EXPECT_THAT(chosen(), ElementsAre("sunset", "uninstalled"));
}

TEST_F(AudienceTest, AddsRemovesAndLeavesTheRest) {
  for (const char* id : {"mary", "tom", "ann"}) customer(id);
  const auto planned = sync(true);
  ASSERT_TRUE(planned);
  EXPECT_EQ(planned->added, 3U);
  EXPECT_EQ(fake_.calls(), 0U);
  const auto first = sync();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->added, 3U);
  EXPECT_EQ(fake_.members(), (std::set<std::string>{keys("mary"), keys("tom"), keys("ann")}));
  EXPECT_EQ(sync()->kept, 3U);
  EXPECT_EQ(fake_.calls(), 1U) << "nothing to do, nothing called";
  state("tom", model::ConsentState::withdrawn, kNow);
  ASSERT_TRUE(store_->people().erase("ann", kNow));
  customer("zoe");
  const auto second = sync();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->added, 1U);
  EXPECT_EQ(second->removed, 2U);
  EXPECT_EQ(second->kept, 1U);
  EXPECT_EQ(fake_.members(), (std::set<std::string>{keys("mary"), keys("zoe")}));
  EXPECT_THAT(*store_->audiences().members("lost"), SizeIs(2));
  // Another address: the old keys go out, the new ones in.
  point("mary", "email", "new@example.com");
  ASSERT_TRUE(sync());
  EXPECT_EQ(fake_.members(), (std::set<std::string>{keys("zoe"), hashed("new@example.com") + ",," + hashed("mary")}));
  for (const auto& request : fake_.requests()) {
    EXPECT_THAT(request.body, Not(HasSubstr("example.com")));
    EXPECT_THAT(request.line, Not(HasSubstr("EAAB"))) << "the token stands in no address";
  }
}

TEST_F(AudienceTest, WhateverBreaksNobodyStaysWithoutConsent) {
  customer("mary");
  fake_.ledger.fault("drop");  // taken, and the answer never came
  EXPECT_FALSE(sync());
  EXPECT_THAT(fake_.members(), SizeIs(1));
  state("mary", model::ConsentState::withdrawn, kNow);
  const auto next = sync();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->removed, 1U);
  EXPECT_TRUE(fake_.members().empty());
  // The same where the removal is what broke.
  customer("tom");
  ASSERT_TRUE(sync());
  state("tom", model::ConsentState::withdrawn, kNow);
  fake_.ledger.fault("drop");
  EXPECT_FALSE(sync());
  EXPECT_EQ(sync()->removed, 1U);
  EXPECT_TRUE(fake_.members().empty());
  EXPECT_TRUE(store_->audiences().members("lost")->empty());
  // And a doubtful addition is made again while it is wanted.
  customer("ann");
  fake_.ledger.fault("code 80003");
  EXPECT_FALSE(sync());
  EXPECT_TRUE(fake_.members().empty());
  EXPECT_EQ(sync()->added, 1U);
  EXPECT_THAT(fake_.members(), SizeIs(1));
}

TEST_F(AudienceTest, BatchesOfTenThousand) {
  AudienceChoice many;
  for (int i = 0; i < 20'001; ++i) many.members.push_back({.customer_id = fmt::format("c{:06}", i), .keys = keys(fmt::format("c{:06}", i))});
  const auto done = sync_audience("lost", many, *provider_, *store_, kNow, false);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->added, 20'001U);
  EXPECT_EQ(fake_.calls(), 3U);
  EXPECT_THAT(fake_.members(), SizeIs(20'001));
}

TEST_F(AudienceTest, WhatAnErrorMeans) {
  const std::vector<port::AudienceKeys> one{{.email = hashed("a@b.example")}};
  struct Case {
    int code;
    base::Code kind;
    const char* word;
  };
  for (const Case& c : {Case{1, base::Code::unavailable, "again"}, {2, base::Code::unavailable, "again"}, {17, base::Code::unavailable, "again"}, {80003, base::Code::unavailable, "again"},
                        {190, base::Code::invalid_input, "new one for the system user"}, {200, base::Code::invalid_input, "ads_management"}, {100, base::Code::invalid_input, "audience_id"}}) {
    fake_.ledger.fault(fmt::format("code {}", c.code));
    const auto refused = provider_->add(one);
    ASSERT_FALSE(refused) << c.code;
    EXPECT_EQ(refused.error().code, c.kind) << c.code;
    EXPECT_THAT(refused.error().message, HasSubstr(c.word));
  }
  EXPECT_EQ(open([](MetaConfig& config) { config.token = "hidden-token"; })->add(one).error().code, base::Code::invalid_input);
  EXPECT_THAT(open([](MetaConfig& config) { config.app_secret.clear(); })->add(one).error().message, HasSubstr("app_secret"));
  EXPECT_FALSE(provider_->add(std::vector<port::AudienceKeys>(10'001)));
  EXPECT_EQ(provider_->add({})->received, 0U);
  EXPECT_EQ(provider_->add(std::vector<port::AudienceKeys>{{.email = "not a hash"}})->invalid, 1U);
  EXPECT_TRUE(fake_.members().empty());
  EXPECT_FALSE(open_meta({.audience_id = "../x", .token = "t"}, *web_));
  EXPECT_FALSE(open_meta({.audience_id = "1"}, *web_));
  EXPECT_FALSE(open_meta({.audience_id = "1", .token = "t", .version = "latest/"}, *web_));
}

TEST_F(AudienceTest, AFileOfHashesInstead) {
  customer("mary");
  tests::TemporaryFolder folder;
  const auto file = open_file(folder.path() / "lost.csv");
  ASSERT_TRUE(sync_audience("file:lost", choice(), *file, *store_, kNow, false));
  EXPECT_EQ(tests::read_file(folder.path() / "lost.csv"), "action,email,phone,extern_id\nadd," + keys("mary") + "\n");
  const auto nowhere = open_file(folder.path() / "missing" / "lost.csv");
  EXPECT_FALSE(nowhere->add({}));
}

TEST(AudienceText, KeysComeBack) {
  for (const port::AudienceKeys& one : {port::AudienceKeys{"a", "b", "c"}, {"", "", ""}, {"a", "", "c"}}) {
    const auto back = keys_of(text_of(one));
    EXPECT_EQ(back.email, one.email);
    EXPECT_EQ(back.phone, one.phone);
    EXPECT_EQ(back.id, one.id);
  }
  EXPECT_EQ(keys_of("alone").email, "alone");
}

}  // namespace
}  // namespace app
