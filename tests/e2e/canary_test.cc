// A customer's data planted in every field there is, by files, by HTTP, by what acting writes; then the customer asks to be forgotten,
// and every byte of the data folder and of the log is searched, before and after a restart and a merge of the warehouse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "adapter/clickhouse/open_clickhouse.h"
#include "adapter/sqlite/open_sqlite.h"
#include "base/hash.h"
#include "tests/e2e/delivery_shop.h"
#include "tests/support/http_call.h"
#include "tests/support/kept_connection.h"
#include "tests/support/serving.h"

namespace tests {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

/// A word that looks like no other: compression cannot shorten it by another one.
std::string canary(const std::string& field) {
  std::string word;
  for (const std::uint8_t byte : base::sha256(field)) word += static_cast<char>('a' + byte % 26);
  return word.substr(0, 24);
}

constexpr const char* kFields[] = {
    // files
    "name", "local", "city", "attribute", "tag", "property", "source", "proof", "said", "reject", "upload",
    // acting
    "facts", "subject", "html", "text", "inbox", "title", "script", "detail", "answer", "mark",
    // events by HTTP: of a known and of an anonymous id
    "trait_mail", "trait_name", "trait_city", "trait_own", "http_property", "http_anonymous", "http_context"};

std::string bytes_of(const fs::path& folder) {
  std::string all;
  for (const auto& entry : fs::recursive_directory_iterator{folder, fs::directory_options::skip_permission_denied}) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in{entry.path(), std::ios::binary};
    all.append(std::istreambuf_iterator<char>{in}, {});
  }
  return all;
}

std::vector<std::string> sung(const std::string& bytes) {
  std::vector<std::string> found;
  for (const char* field : kFields) {
    if (bytes.find(canary(field)) != std::string::npos) found.emplace_back(field);
  }
  return found;
}

/// Which file a field's canary stands in, for whoever reads a failure.
std::string where(const fs::path& folder) {
  std::string text;
  for (const auto& entry : fs::recursive_directory_iterator{folder, fs::directory_options::skip_permission_denied}) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in{entry.path(), std::ios::binary};
    for (const std::string& field : sung({std::istreambuf_iterator<char>{in}, {}})) text += fmt::format("{} in {}\n", field, entry.path().string());
  }
  return text;
}

/// Everything acting would have stored of the customer.
void plant(port::ActStore& store) {
  const base::Instant now = base::instant_from_millis(1'772'000'000'000);
  ASSERT_TRUE(store.campaigns().save({.id = "c", .journey = "c", .launched_at = now}));
  model::Enrolment enrolment{.campaign_id = "c", .customer_id = "k1", .entered_at = now, .state = model::EnrolmentState::finished, .exit_reason = "bought"};
  ASSERT_TRUE(*store.enrolments().add(enrolment, fmt::format(R"({{"note":"{}"}})", canary("facts"))));
  model::Message sent{.send_key = "s1", .enrolment_id = enrolment.id, .campaign_id = "c", .customer_id = "k1", .step = "a", .channel = "email", .due_at = now, .created_at = now};
  model::Message open{.send_key = "s2", .enrolment_id = enrolment.id, .campaign_id = "c", .customer_id = "k1", .step = "b", .channel = "in_app", .due_at = now, .created_at = now};
  ASSERT_TRUE(*store.outbox().add(sent));
  ASSERT_TRUE(*store.outbox().add(open));
  const auto letter = store.outbox().claim("email", now, now + hours{1}, 9)->at(0);
  const model::Content frozen{canary("subject"), canary("html"), canary("text"), "en"};
  ASSERT_TRUE(*store.outbox().attempt(letter, &frozen, now));
  ASSERT_TRUE(*store.outbox().settle(letter, model::MessageState::unknown, "", canary("detail"), now, now));
  ASSERT_TRUE(store.inbox().put({.message_id = open.id, .customer_id = "k1", .content = {"Hello", "", canary("inbox"), "en"}, .created_at = now}));
  ASSERT_TRUE(store.inbox().add_task({.enrolment_id = enrolment.id, .campaign_id = "c", .customer_id = "k1", .step = "t", .queue = "calls", .title = canary("title"), .script = canary("script"), .created_at = now, .deadline = now}));
  ASSERT_TRUE(*store.responses().add({.key = "r1", .kind = model::ResponseKind::answered, .message_id = sent.id, .customer_id = "k1", .at = now, .detail = canary("answer")}));
  const std::string mark[] = {canary("mark")};
  ASSERT_TRUE(store.inbox().change_tags("k1", mark, {}, now));
}

class Canary : public testing::Test {
 protected:
  void file(const std::string& kind, const std::string& text) {
    write_file(winback_.here() / (kind + ".csv"), text);
    const Ran ran = kind == "orders" ? winback_({"import", kind, kind + ".csv", "--currency", "EUR"}) : winback_({"import", kind, kind + ".csv"});
    ASSERT_EQ(ran.status, 0) << kind << ran.err;
  }

  void plant_files() {
    fs::create_directories(winback_.here());
    file("orders", "order_id,customer_id,date,sku,quantity,amount\no1,k1,2026-01-02,tea,1,12.50\no2,k2,2026-01-03,tea,1,12.50\n");
    file("customers", fmt::format("customer_id,email,name,city,tags,language,hobby\nk1,{}@example.com,{},{},{},en,{}\nk2,bert@example.com,Bert,Bonn,vip,de,chess\n", canary("local"),
                                  canary("name"), canary("city"), canary("tag"), canary("attribute")));
    file("events", fmt::format("customer_id,timestamp,event,words\nk1,2026-01-05T10:00:00Z,ticket,{}\nk2,2026-01-05T10:00:00Z,ticket,fine\n", canary("property")));
    file("consents", fmt::format("customer_id,channel,state,valid_from,source,proof\nk1,email,granted,2026-01-02,{},{}\n", canary("source"), canary("proof")));
    file("feedback", fmt::format("feedback_id,customer_id,date,kind,text\nf1,k1,2026-01-06,survey,the price is too high {}\n", canary("said")));
    // What the console leaves of imports: rejected values without a customer beside them, a file left half way.
    fs::create_directories(winback_.data() / "rejects");
    write_file(winback_.data() / "rejects" / "2.csv", "line,column,value,reason\n3,email," + canary("reject") + "@,no address\n");
    const fs::path upload = winback_.data() / "uploads" / "0123456789abcdef0123456789abcdef";
    fs::create_directories(upload);
    write_file(upload / "file.csv", "customer_id,name\nk1," + canary("upload") + "\n");
    fs::last_write_time(upload / "file.csv", fs::file_time_type::clock::now() - hours{2});
  }

  void send_events(std::uint16_t port, const std::string& key) {
    KeptConnection connection{port};
    const auto post = [&](const char* path, const std::string& body) { ASSERT_EQ(connection.post(path, key, body), 200) << body << connection.body(); };
    post("/v1/track", fmt::format(R"({{"anonymousId":"browser-7","event":"Seen","messageId":"e0","properties":{{"term":"{}"}}}})", canary("http_anonymous")));
    post("/v1/identify", fmt::format(R"({{"anonymousId":"browser-7","userId":"k1","messageId":"e1","traits":{{"email":"{}@example.com","name":"{}","city":"{}","shoe":"{}"}}}})",
                                     canary("trait_mail"), canary("trait_name"), canary("trait_city"), canary("trait_own")));
    post("/v1/track", fmt::format(R"({{"userId":"k1","event":"Seen","messageId":"e2","context":{{"page":{{"search":"{}"}}}},"properties":{{"words":"{}"}}}})", canary("http_context"),
                                  canary("http_property")));
    post("/v1/track", R"({"userId":"k2","event":"Seen","messageId":"e3","properties":{"words":"harmless"}})");
  }

  std::string count_of(const std::string& sql) {
    const Ran ran = winback_({"sql", sql});
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.out;
  }

  Program winback_;
};

TEST_F(Canary, NothingSingsAfterErasure) {
  plant_files();
  plant(*store_of(winback_));
  const Ran made = winback_({"key", "new", "--name", "sdk", "--scope", "events"});
  ASSERT_NE(made.out.find("wb_"), std::string::npos) << made.err;
  const std::string key = "Authorization: Bearer " + made.out.substr(made.out.find("wb_"), 67) + "\r\n";
  std::string logs;
  {
    Serving serving{winback_};
    ASSERT_NE(serving.port(), 0) << serving.said();
    send_events(serving.port(), key);
    const std::vector<std::string> there = sung(bytes_of(winback_.data()));
    // What events carry beside properties and traits is dropped at the door.
    std::vector<std::string> wanted;
    for (const char* field : kFields) {
      if (std::string_view{field} != "http_context") wanted.emplace_back(field);
    }
    for (const std::string& field : wanted) EXPECT_THAT(there, testing::Contains(field)) << "planted to be found";

    const Ran erased = winback_({"erase", "k1"});
    EXPECT_EQ(erased.status, 0) << erased.err << serving.said();
    EXPECT_THAT(sung(bytes_of(winback_.data())), ElementsAre()) << where(winback_.data());
    EXPECT_EQ(serving.stop(), 0) << serving.said();
    logs += serving.said();
  }
  {
    Serving serving{winback_};
    ASSERT_NE(serving.port(), 0) << serving.said();
    KeptConnection connection{serving.port()};
    ASSERT_EQ(connection.post("/v1/track", key, R"({"userId":"k2","event":"Seen","messageId":"e4"})"), 200);
    EXPECT_EQ(serving.stop(), 0) << serving.said();
    logs += serving.said();
  }
  {
    auto warehouse = adapter::clickhouse::open_clickhouse({.data_dir = winback_.data(), .child_executable = binary_dir() / "winback-warehouse"});
    ASSERT_TRUE(warehouse) << warehouse.error().message;
    for (const char* table : {"customers", "events", "feedback", "order_lines", "identities"}) {
      const std::string merge = fmt::format("OPTIMIZE TABLE {} FINAL", table);
      const auto merged = (*warehouse)->execute({"merge", merge});
      EXPECT_TRUE(merged) << merged.error().message;
    }
  }
  EXPECT_THAT(sung(bytes_of(winback_.data())), ElementsAre()) << where(winback_.data());
  EXPECT_THAT(sung(logs), ElementsAre()) << logs;
  EXPECT_EQ(logs.find("k1"), std::string::npos) << "logs name no customer: " << logs;
  // Nobody else is touched, and the books stay whole.
  EXPECT_THAT(winback_({"export-person", "k2"}).out, HasSubstr("harmless"));
  EXPECT_THAT(winback_({"export-person", "k2"}).out, HasSubstr("chess"));
  EXPECT_THAT(winback_({"export-person", "k1"}).out, HasSubstr("o1"));
}

TEST_F(Canary, WhatWaitsInTheSpoolIsSaidWhenNothingServes) {
  plant_files();
  const Ran made = winback_({"key", "new", "--name", "sdk", "--scope", "events"});
  const std::string key = "Authorization: Bearer " + made.out.substr(made.out.find("wb_"), 67) + "\r\n";
  {
    Serving serving{winback_};
    ASSERT_NE(serving.port(), 0) << serving.said();
    send_events(serving.port(), key);
    ASSERT_TRUE(serving.kill());
  }
  if (sung(bytes_of(winback_.data() / "spool")).empty()) GTEST_SKIP() << "skipped: everything was worked off before the program was killed";
  const Ran left = winback_({"erase", "k1"});
  EXPECT_EQ(left.status, 1);
  EXPECT_THAT(left.err, HasSubstr("start `winback serve`"));
  {
    Serving serving{winback_};
    ASSERT_NE(serving.port(), 0) << serving.said();
    const Ran erased = winback_({"erase", "k1"});
    EXPECT_EQ(erased.status, 0) << erased.err;
    EXPECT_THAT(sung(bytes_of(winback_.data())), ElementsAre()) << where(winback_.data());
    EXPECT_EQ(serving.stop(), 0);
  }
}

}  // namespace
}  // namespace tests
