// What comes in by files: consents, codes, redemptions, reports.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "act/deliver/consent.h"
#include "adapter/sqlite/open_sqlite.h"
#include "app/bounce_intake.h"
#include "app/raw_mail.h"
#include "app/record_intake.h"
#include "collect/import.h"
#include "tests/support/act_world.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_warehouse.h"
#include "tests/support/places.h"

namespace app {
namespace {

using namespace std::chrono_literals;
using collect::ImportSummary;
using model::ConsentState;
using model::ImportKind;
using testing::HasSubstr;

class IntakeTest : public testing::Test {
 protected:
  IntakeTest() {
    store = std::move(*adapter::sqlite::open_sqlite_in_memory());
    score.journey_ = tests::varied_journey();
    EXPECT_TRUE(store->campaigns().save(tests::campaign_of(score.journey_, clock.now())));
    EXPECT_TRUE(store->campaigns().add_version({"c1", 1, "-", clock.now(), "test"}));
    EXPECT_TRUE(store->codes().open_account({.campaign_id = "c1", .offer_id = "ten"}));
    conductor = std::make_unique<act::deliver::Conductor>(*store, score);
  }

  void enrol(const std::string& customer) {
    const model::ContactPoint point{.customer_id = customer, .channel = "email", .address = customer + "@example.com", .name = "", .language = "en"};
    EXPECT_TRUE(store->contacts().put({&point, 1}));
    EXPECT_TRUE(*conductor->enrol({.campaign_id = "c1", .customer_id = customer, .entered_at = clock.now()}, "{}", clock.now()));
  }
  base::Result<ImportSummary> import(ImportKind kind, std::string_view text, std::string name = "file.csv", bool again = false) {
    tests::write_file(folder.path() / name, text);
    collect::ImportRequest request;
    request.kind = kind;
    request.path = folder.path() / name;
    request.rejects_path = folder.path() / "rejects.csv";
    request.now = clock.now();
    request.again = again;
    ConsentIntake consents{*store, *conductor, clock.now()};
    RedemptionIntake redemptions{*store, *conductor, clock.now()};
    PoolIntake pool{*store, "ten"};
    auto summary = collect::import_records(request, store->imports(), store->contacts(), nullptr,
                                           [&](std::uint32_t id, base::Block&& block, collect::Rejects& rejects) -> base::Result<void> {
                                             if (kind == ImportKind::consents) return consents.take(id, block, rejects);
                                             if (kind == ImportKind::redemptions) return redemptions.take(block, rejects);
                                             return pool.take(block, rejects);
                                           },
                                           {});
    fresh = kind == ImportKind::codes ? pool.fresh : consents.fresh;
    ended = consents.ended;
    return summary;
  }
  ImportSummary good(ImportKind kind, std::string_view text, std::string name = "file.csv") {
    auto summary = import(kind, text, std::move(name));
    EXPECT_TRUE(summary) << summary.error().message;
    return summary.value_or(ImportSummary{});
  }
  std::string rejects() { return tests::read_file(folder.path() / "rejects.csv"); }
  ConsentState consent(const std::string& customer, const std::string& channel, const std::string& topic) {
    return act::deliver::in_force(*store->people().consents(customer), channel, topic, clock.now(), clock.now());
  }
  bool open(const std::string& customer) { return !store->enrolments().open_of(customer)->empty(); }

  /// Sends the customer a letter outside any journey and gives its send_key.
  model::Message letter(const std::string& customer, int number) {
    model::Message message{.send_key = base::to_hex(base::sha256(customer + std::to_string(number))).substr(0, 32), .customer_id = customer, .channel = "email"};
    EXPECT_TRUE(*conductor->post(message, clock.now()));
    auto claimed = *store->outbox().claim("email", clock.now(), clock.now() + 1h, 100);
    for (auto& one : claimed) {
      EXPECT_TRUE(*store->outbox().attempt(one, {}, clock.now()));
      EXPECT_TRUE(*store->outbox().settle(one, model::MessageState::accepted, "", "", clock.now(), clock.now()));
    }
    return **store->outbox().find_key(message.send_key);
  }
  static std::string report(const model::Message& message, std::string_view status) {
    return fmt::format(
        "Return-Path: <>\nTo: <postmaster@shop.example>\nSubject: failed\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
        "--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@example.com\nAction: failed\nStatus: {}\n"
        "--x\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{}@shop.example>\n--x--\n",
        status, message.send_key);
  }
  void bounce(const std::string& raw) {
    EXPECT_TRUE(store->transact([&] {
      return take_bounce(raw, *store, [this](std::string_view p, std::string_view b) { return store->sign(p, b); }, *conductor, clock.now(), counts);
    }));
  }

  tests::FakeClock clock{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 10h};
  tests::TemporaryFolder folder;
  std::unique_ptr<port::ActStore> store;
  tests::FakeScore score;
  std::unique_ptr<act::deliver::Conductor> conductor;
  std::uint64_t fresh = 0, ended = 0;
  BounceCounts counts;
};

TEST_F(IntakeTest, ConsentsAreReadInEnglishAndChinese) {
  const ImportSummary english = good(ImportKind::consents,
                                     "customer_id,channel,topic,state,valid_from,source,proof\n"
                                     "c1,email,win_back,granted,2026-01-05,checkout,form 3\n"
                                     "c2,E-Mail,,no,2026-01-06,,\n"
                                     "c3,sms,*,perhaps,2026-01-06,,\n"
                                     "c4,pigeon,*,yes,2026-01-06,,\n"
                                     "c5,email,*,yes,2031-01-06,,\n"
                                     ",email,*,yes,2026-01-06,,\n");
  EXPECT_EQ(english.rows_kept, 2U);
  EXPECT_EQ(english.rows_rejected, 4U);
  EXPECT_EQ(fresh, 2U);
  EXPECT_THAT(rejects(), HasSubstr("says neither granted nor withdrawn"));
  EXPECT_THAT(rejects(), HasSubstr("is no channel"));
  EXPECT_THAT(rejects(), HasSubstr("lies in the future"));
  EXPECT_THAT(rejects(), HasSubstr("says not who the customer is"));
  const auto one = store->people().consents("c1")->at(0);
  EXPECT_EQ(one.source, "checkout");
  EXPECT_EQ(one.proof, "form 3");
  EXPECT_EQ(base::to_string(one.valid_from), "2026-01-05T00:00:00Z");
  EXPECT_EQ(one.recorded_at, clock.now());
  EXPECT_EQ(store->people().consents("c2")->at(0).source, "import 1");
  EXPECT_EQ(consent("c2", "email", "anything"), ConsentState::withdrawn);

  good(ImportKind::consents, "客户编号,渠道,主题,状态,生效时间,来源\n8,邮件,全部,同意,2026-02-01,门店\n9,,,已退訂,2026-02-01,\n", "中文.csv");
  EXPECT_EQ(consent("8", "email", "win_back"), ConsentState::granted);
  EXPECT_EQ(consent("9", "sms", "win_back"), ConsentState::withdrawn) << "a refusal that names no channel is of all";
  good(ImportKind::consents, "{\"customer_id\":\"j1\",\"channel\":\"email\",\"state\":\"granted\"}\n", "lines.jsonl");
  EXPECT_EQ(consent("j1", "email", "win_back"), ConsentState::granted);
}

TEST_F(IntakeTest, ConsentsImportedAgainChangeNothing) {
  const std::string file = "customer_id,state,valid_from\nc1,yes,2026-01-05\nc1,no,2026-01-06\n";
  good(ImportKind::consents, file);
  EXPECT_EQ(fresh, 2U);
  EXPECT_TRUE(good(ImportKind::consents, file).already_imported);
  clock.advance(1h);
  ASSERT_TRUE(import(ImportKind::consents, file, "file.csv", true));
  EXPECT_EQ(fresh, 0U);
  EXPECT_EQ(store->people().consents("c1")->size(), 2U);
  // Customers imported again touch no statement.
  tests::FakeWarehouse warehouse;
  ASSERT_TRUE(collect::ensure_tables(warehouse));
  tests::write_file(folder.path() / "customers.csv", "customer_id,email,email_opt_in\nc1,c1@example.com,yes\n");
  collect::ImportRequest request;
  request.kind = ImportKind::customers;
  request.path = folder.path() / "customers.csv";
  ASSERT_TRUE(collect::import_file(request, warehouse, store->imports(), store->contacts(), nullptr, {}));
  EXPECT_EQ(consent("c1", "email", "win_back"), ConsentState::withdrawn);
}

TEST_F(IntakeTest, AddressesFindTheirCustomersAndStoreNothing) {
  enrol("k7");
  good(ImportKind::consents, "email,state\nK7@Example.com,unsubscribed\nnew@example.com,unsubscribed\n");
  EXPECT_EQ(consent("k7", "email", "win_back"), ConsentState::withdrawn);
  EXPECT_FALSE(open("k7"));
  EXPECT_EQ(consent(*store->contacts().pseudonym("new@example.com"), "email", "win_back"), ConsentState::withdrawn);
  EXPECT_EQ(*store->contacts().count(), 1U) << "no new contact point";
  EXPECT_EQ((*store->people().contact("k7", "email"))->language, "en") << "and none overwritten";
}

TEST_F(IntakeTest, AWithdrawalEndsTheJourneysItConcerns) {
  for (const char* customer : {"a", "b", "c", "d", "e"}) enrol(customer);
  good(ImportKind::consents,
       "customer_id,channel,topic,state,valid_from\n"
       "a,email,win_back,withdrawn,2026-03-01\n"
       "b,email,news,withdrawn,2026-03-01\n"
       "c,sms,*,withdrawn,2026-03-01\n"
       "d,email,*,withdrawn,2025-01-01\n"
       "d,email,*,granted,2025-06-01\n"
       "e,,,withdrawn,\n");
  EXPECT_FALSE(open("a"));
  EXPECT_TRUE(open("b")) << "another topic";
  EXPECT_TRUE(open("c")) << "another channel: seen when a text is to go";
  EXPECT_TRUE(open("d")) << "taken back since";
  EXPECT_FALSE(open("e"));
  EXPECT_EQ(ended, 2U);
  EXPECT_EQ(store->counts().of_customer("a")->at(0).state, model::MessageState::cancelled) << "the letter that waited does not go";
}

TEST_F(IntakeTest, PoolsAreFilledOnce) {
  good(ImportKind::codes, "code\nAAA\nBBB\n\"C C\"\n");
  EXPECT_EQ(fresh, 2U);
  EXPECT_THAT(rejects(), HasSubstr("has blanks in it"));
  good(ImportKind::codes, "code\nBBB\nCCC\n", "more.csv");
  EXPECT_EQ(fresh, 1U);
  ASSERT_EQ(*store->codes().add_pool("other", std::vector<std::string>{"ZZZ"}), 1U);
  good(ImportKind::codes, "code\nZZZ\nDDD\n", "other.csv");
  EXPECT_THAT(rejects(), HasSubstr("is a code of another offer"));
  const auto issued = *store->codes().issue({.code = "ignored", .offer_id = "ten", .campaign_id = "c1", .enrolment_id = 5, .customer_id = "a", .issued_at = clock.now()});
  ASSERT_TRUE(issued);
  EXPECT_EQ(issued->code, "AAA");
}

TEST_F(IntakeTest, RedemptionsAreBookedOnceAndInTime) {
  const base::Instant end = clock.now() + 24h;
  int enrolment = 100;
  for (const char* code : {"IN-TIME", "LATE", "USED", "EXPIRED-HERE"}) {
    ASSERT_TRUE(*store->codes().issue({.code = code, .offer_id = "ten", .campaign_id = "c1", .enrolment_id = ++enrolment, .customer_id = "a", .issued_at = clock.now(), .ends_at = end, .liability = 700}));
  }
  clock.advance(72h);
  ASSERT_EQ(*store->codes().expire(clock.now()), 4U);
  const std::string file =
      "code,order_id,amount,at\n"
      "IN-TIME,o1,5.50,2026-03-03T09:59:59Z\n"
      "in-time,o1,5.50,2026-03-03T09:59:59Z\n"
      "LATE,o2,5.50,2026-03-03T10:00:00Z\n"
      "USED,o3,,2026-03-03T01:00:00Z\n"
      "USED,o4,,2026-03-03T01:00:00Z\n"
      "NOBODYS,o5,1,2026-03-03T01:00:00Z\n";
  const ImportSummary summary = good(ImportKind::redemptions, file);
  EXPECT_EQ(summary.rows_kept, 3U);
  EXPECT_THAT(rejects(), HasSubstr("LATE,was over by then"));
  EXPECT_THAT(rejects(), HasSubstr("USED,was used with another order"));
  EXPECT_THAT(rejects(), HasSubstr("NOBODYS,was never given out"));
  const auto account = **store->codes().account("c1", "ten");
  EXPECT_EQ(account.redeemed, 550 + 700);
  EXPECT_EQ(account.redeemed_count, 2U);
  EXPECT_EQ(account.outstanding, 0);
  ASSERT_TRUE(import(ImportKind::redemptions, file, "file.csv", true));
  EXPECT_EQ((*store->codes().account("c1", "ten"))->redeemed, 550 + 700);
}

TEST_F(IntakeTest, AReportCountsOnceWhereverItIsFound) {
  enrol("a");
  const model::Message sent = letter("a", 1);
  const std::string dead = report(sent, "5.1.1");
  bounce(dead);
  bounce(dead);
  EXPECT_EQ(counts.hard, 1U);
  EXPECT_EQ(counts.known, 1U);
  EXPECT_EQ(*store->people().suppressed("email", "a@example.com"), "bounced_hard");
  model::Message strange = sent;
  strange.send_key = std::string(32, 'f');
  bounce(report(strange, "5.1.1"));
  bounce("Subject: hello\n\nA person wrote this.\n");
  EXPECT_EQ(counts.unknown, 1U);
  EXPECT_EQ(counts.no_report, 1U);
}

TEST_F(IntakeTest, FiveSoftBouncesInARowEndAnAddress) {
  enrol("a");
  const auto suppressed = [&] { return (*store->people().suppressed("email", "a@example.com")).value_or(""); };
  const auto send_and_bounce = [&](int number) {
    clock.advance(24h * 2);
    const model::Message sent = letter("a", number);
    bounce(report(sent, "4.2.2"));
    bounce(report(sent, "4.2.2"));
  };
  for (int i = 1; i <= 4; ++i) send_and_bounce(i);
  clock.advance(24h);
  letter("a", 5);  // this one arrives: the row begins anew
  for (int i = 6; i <= 9; ++i) send_and_bounce(i);
  EXPECT_EQ(suppressed(), "");
  send_and_bounce(10);
  EXPECT_EQ(suppressed(), "bounced_soft");
  EXPECT_EQ(counts.soft, 9U);
}

TEST_F(IntakeTest, SoftBouncesFarApartSayNothing) {
  enrol("a");
  for (int i = 1; i <= 8; ++i) {
    clock.advance(24h * 8);
    bounce(report(letter("a", i), "4.2.2"));
  }
  EXPECT_FALSE(*store->people().suppressed("email", "a@example.com")) << "never five within thirty days";
}

TEST_F(IntakeTest, ANewAddressDoesNotPayForTheOldOne) {
  enrol("a");
  const model::Message first = store->counts().of_customer("a")->at(0);
  const model::ContactPoint moved{.customer_id = "a", .channel = "email", .address = "new@example.com", .name = "", .language = ""};
  ASSERT_TRUE(store->contacts().put({&moved, 1}));
  bounce(report(first, "5.1.1"));
  EXPECT_EQ(counts.hard, 1U);
  EXPECT_FALSE(*store->people().suppressed("email", "new@example.com"));
}

TEST_F(IntakeTest, MailIsReadFromFilesFoldersAndBoxes) {
  const auto names = [&](const std::filesystem::path& path) {
    std::vector<std::string> found;
    EXPECT_TRUE(each_mail(path, [&](std::string_view, std::string_view raw) -> base::Result<void> {
      found.emplace_back(raw.substr(0, raw.find('\n')));
      return {};
    }));
    return found;
  };
  using testing::ElementsAre;
  tests::write_file(folder.path() / "one.eml", "Subject: one\n\nFrom here on.\n");
  EXPECT_THAT(names(folder.path() / "one.eml"), ElementsAre("Subject: one"));
  tests::write_file(folder.path() / "box", "From a@b Mon\nSubject: one\n\ntext\nFrom the middle of it\n\nFrom c@d Tue\nSubject: two\n\n");
  EXPECT_THAT(names(folder.path() / "box"), ElementsAre("Subject: one", "Subject: two"));
  const auto maildir = folder.path() / "Maildir";
  for (const char* part : {"new", "cur", "tmp"}) std::filesystem::create_directories(maildir / part);
  tests::write_file(maildir / "new" / "2.x", "Subject: new\n\n");
  tests::write_file(maildir / "cur" / "1.x:2,S", "Subject: old\n\n");
  tests::write_file(maildir / "tmp" / "3.x", "Subject: half\n\n");
  EXPECT_THAT(names(maildir), ElementsAre("Subject: new", "Subject: old"));

  bool refuse = true;
  const auto sink = [&](std::string_view, std::string_view) -> base::Result<void> {
    return refuse ? base::fail(base::Code::conflict, "the store is locked") : base::Result<void>{};
  };
  EXPECT_FALSE(take_new_mail(maildir, 10, sink));
  EXPECT_TRUE(std::filesystem::exists(maildir / "new" / "2.x")) << "what was not taken stays";
  refuse = false;
  EXPECT_EQ(*take_new_mail(maildir, 10, sink), 1U);
  EXPECT_TRUE(std::filesystem::exists(maildir / "cur" / "2.x:2,S"));
  EXPECT_EQ(*take_new_mail(maildir, 10, sink), 0U);
  EXPECT_THAT(take_new_mail(folder.path() / "none", 1, sink).error().message, HasSubstr("no Maildir"));
}

}  // namespace
}  // namespace app
