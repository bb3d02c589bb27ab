// A customer's data from files to the answer "everything held", and to nothing at all.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/sqlite/open_sqlite.h"
#include "base/hash.h"
#include "tests/support/program.h"

namespace tests {
namespace {

using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

/// A word that looks like no other: compression cannot shorten it by another one.
std::string canary(const std::string& field) {
  std::string word;
  for (const std::uint8_t byte : base::sha256(field)) word += static_cast<char>('a' + byte % 26);
  return word.substr(0, 24);
}

constexpr const char* kFields[] = {"name",    "local",  "city",   "attribute", "tag",    "property", "source",  "proof",  "facts",
                                   "subject", "html",   "text",   "inbox",     "title",  "script",   "detail",  "answer", "mark",   "said"};

/// The fields whose canary stands in some file of the folder.
std::vector<std::string> sung(const fs::path& folder) {
  std::string all;
  for (const auto& entry : fs::recursive_directory_iterator{folder, fs::directory_options::skip_permission_denied}) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in{entry.path(), std::ios::binary};
    all.append(std::istreambuf_iterator<char>{in}, {});
  }
  std::vector<std::string> found;
  for (const char* field : kFields) {
    if (all.find(canary(field)) != std::string::npos) found.emplace_back(field);
  }
  return found;
}

/// Everything acting would have stored of the customer.
void plant(const fs::path& data) {
  auto opened = adapter::sqlite::open_sqlite(data / "store.sqlite");
  ASSERT_TRUE(opened) << opened.error().message;
  port::ActStore& store = **opened;
  const base::Instant now = base::instant_from_millis(1'772'000'000'000);
  ASSERT_TRUE(store.campaigns().save({.id = "c", .journey = "c", .launched_at = now}));
  model::Enrolment enrolment{.campaign_id = "c", .customer_id = "k1", .entered_at = now, .state = model::EnrolmentState::finished, .exit_reason = "bought"};
  ASSERT_TRUE(*store.enrolments().add(enrolment, fmt::format(R"({{"note":"{}"}})", canary("facts"))));
  model::Message sent{.send_key = "s1", .enrolment_id = enrolment.id, .campaign_id = "c", .customer_id = "k1", .step = "a", .channel = "email", .due_at = now, .created_at = now};
  model::Message open{.send_key = "s2", .enrolment_id = enrolment.id, .campaign_id = "c", .customer_id = "k1", .step = "b", .channel = "in_app", .due_at = now, .created_at = now};
  ASSERT_TRUE(*store.outbox().add(sent));
  ASSERT_TRUE(*store.outbox().add(open));
  const auto letter = store.outbox().claim("email", now, now + std::chrono::hours{1}, 9)->at(0);
  const model::Content frozen{canary("subject"), canary("html"), canary("text"), "en"};
  ASSERT_TRUE(*store.outbox().attempt(letter, &frozen, now));
  ASSERT_TRUE(*store.outbox().settle(letter, model::MessageState::unknown, "", canary("detail"), now, now));
  ASSERT_TRUE(store.inbox().put({.message_id = open.id, .customer_id = "k1", .content = {"Hello", "", canary("inbox"), "en"}, .created_at = now}));
  ASSERT_TRUE(store.inbox().add_task({.enrolment_id = enrolment.id, .campaign_id = "c", .customer_id = "k1", .step = "t", .queue = "calls", .title = canary("title"), .script = canary("script"), .created_at = now, .deadline = now}));
  ASSERT_TRUE(*store.responses().add({.key = "r1", .kind = model::ResponseKind::answered, .message_id = sent.id, .customer_id = "k1", .at = now, .detail = canary("answer")}));
  const std::string mark[] = {canary("mark")};
  ASSERT_TRUE(store.inbox().change_tags("k1", mark, {}, now));
}

TEST(Person, IsToldEverythingAndThenForgotten) {
  const Program winback;
  const auto file = [&](const char* name, const std::string& text) {
    write_file(winback.here() / name, text);
    return std::string{name};
  };
  const std::string address = canary("local") + "@example.com";
  const std::string customers = file("customers.csv", fmt::format("customer_id,email,name,city,tags,language,hobby\nk1,{},{},{},{},en,{}\nk2,bert@example.com,Bert,Bonn,vip,de,chess\n", address,
                                                                  canary("name"), canary("city"), canary("tag"), canary("attribute")));
  const std::string orders = file("orders.csv", "order_id,customer_id,date,sku,quantity,amount\no1,k1,2026-01-02,tea,1,12.50\no2,k2,2026-01-03,tea,1,12.50\n");
  const std::string events = file("events.jsonl", fmt::format("{{\"customer_id\":\"k1\",\"timestamp\":\"2026-01-05T10:00:00Z\",\"event\":\"ticket\",\"words\":\"{}\"}}\n"
                                                              "{{\"customer_id\":\"k2\",\"timestamp\":\"2026-01-05T10:00:00Z\",\"event\":\"ticket\",\"words\":\"fine\"}}\n", canary("property")));
  const std::string consents = file("consents.csv", fmt::format("customer_id,channel,state,valid_from,source,proof\nk1,email,granted,2026-01-02,{},{}\n", canary("source"), canary("proof")));
  const std::string feedback = file("feedback.csv", fmt::format("feedback_id,customer_id,date,kind,text\nf1,k1,2026-01-06,survey,the price is too high {}\n", canary("said")));
  for (const auto& [kind, name] : {std::pair<std::string, std::string>{"orders", orders}, {"customers", customers}, {"events", events}, {"consents", consents}, {"feedback", feedback}}) {
    const Ran ran = kind == "orders" ? winback({"import", kind, name, "--currency", "EUR"}) : winback({"import", kind, name});
    ASSERT_EQ(ran.status, 0) << ran.err;
  }
  plant(winback.data());
  ASSERT_THAT(sung(winback.data()), testing::ElementsAreArray(kFields)) << "every canary is there to be found";

  const Ran tasks = winback({"tasks", "list", "--lang", "en"});
  EXPECT_THAT(tasks.out, HasSubstr("overdue"));
  EXPECT_EQ(winback({"tasks", "done", "99", "--outcome", "none"}).status, 1);

  const Ran told = winback({"export-person", "k1"});
  ASSERT_EQ(told.status, 0) << told.err;
  for (const char* field : kFields) EXPECT_THAT(told.out, HasSubstr(canary(field))) << field;
  EXPECT_THAT(told.out, HasSubstr("o1"));
  EXPECT_THAT(told.out, Not(HasSubstr("bert@example.com")));
  EXPECT_THAT(winback({"export-person", "k3"}).err, HasSubstr("nothing is held"));
  EXPECT_EQ(winback({"erase", "k3"}).status, 1);

  const Ran erased = winback({"erase", "k1"});
  ASSERT_EQ(erased.status, 0) << erased.err;
  EXPECT_THAT(sung(winback.data()), testing::ElementsAre());
  const Ran rest = winback({"export-person", "k1"});
  EXPECT_THAT(rest.out, HasSubstr("o1")) << "the books stay whole";
  EXPECT_THAT(rest.out, HasSubstr("\"source\": \"erased\""));
  EXPECT_THAT(winback({"export-person", "k2"}).out, HasSubstr("chess")) << "nobody else is touched";
  EXPECT_THAT(winback({"export-person", "k2"}).out, HasSubstr("fine"));

  // Their address may come again with the next file: it is not written to.
  ASSERT_EQ(winback({"import", "customers", customers, "--again"}).status, 0);
  auto store = adapter::sqlite::open_sqlite(winback.data() / "store.sqlite");
  ASSERT_TRUE(store);
  EXPECT_EQ(*(*store)->people().suppressed("email", address), "erased");
}

TEST(Person, SetUpIsCheckedAndLettersCompile) {
  const Program winback;
  fs::create_directories(winback.data());
  const Ran well = winback({"doctor", "--lang", "en"});
  EXPECT_EQ(well.status, 0) << well.out << well.err;
  EXPECT_THAT(well.out, HasSubstr("The warehouse answers"));
  EXPECT_THAT(well.out, HasSubstr("No mail server is set"));
  write_file(winback.data() / "winback.yaml", "mail:\n  from: news@shop.example\n  smtp: smtp://127.0.0.1:2525\n  bounces: /nowhere/Maildir\n");
  const Ran ill = winback({"doctor", "--lang", "zh-CN"});
  EXPECT_EQ(ill.status, 1);
  EXPECT_THAT(ill.out, HasSubstr("bounces is no Maildir"));

  write_file(winback.here() / "hello.mjml", "<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ customer.name }}</mj-text></mj-column></mj-section></mj-body></mjml>");
  const Ran made = winback({"letter", "compile", "hello.mjml"});
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_THAT(read_file(winback.here() / "hello.html"), HasSubstr("Hello {{ customer.name }}"));
  write_file(winback.here() / "broken.mjml", "<mjml>\n<mj-body>\n<mj-sektion></mj-sektion>\n</mj-body></mjml>");
  const Ran broken = winback({"letter", "compile", "broken.mjml", "--out", "out.html"});
  EXPECT_EQ(broken.status, 1);
  EXPECT_THAT(broken.err, HasSubstr("broken.mjml"));
  EXPECT_THAT(broken.err, HasSubstr("3"));
  EXPECT_FALSE(fs::exists(winback.here() / "out.html"));
}

TEST(Person, KeysAndPoolsFromTheCommandLine) {
  const Program winback;
  const Ran made = winback({"key", "new", "--name", "shop"});
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_EQ(made.out.size(), 68U) << "the key and nothing else";
  EXPECT_THAT(winback({"key", "list", "--lang", "en"}).out, HasSubstr("living"));
  EXPECT_THAT(winback({"key", "new", "--name", "shop"}).err, HasSubstr("already"));
  EXPECT_EQ(winback({"key", "revoke", "shop"}).status, 0);
  EXPECT_THAT(winback({"key", "list", "--lang", "zh-TW"}).out, HasSubstr("已失效"));

  write_file(winback.here() / "codes.txt", "TEA-0001\nTEA-0002\n\nTEA-0003\n");
  EXPECT_THAT(winback({"import", "codes", "no-such-offer", "codes.txt"}).err, HasSubstr("there is no offer 'no-such-offer'"));
  const std::string err = winback({"import", "codes", "no-such-offer", "codes.txt"}).err;
  const std::size_t begin = err.find("known are ") + 10;
  const std::string offer = err.substr(begin, err.find_first_of(",\n", begin) - begin);
  const Ran filled = winback({"import", "codes", offer, "codes.txt", "--lang", "en"});
  EXPECT_EQ(filled.status, 0) << filled.err;
  EXPECT_THAT(filled.out, HasSubstr("3 codes were added"));
  EXPECT_THAT(winback({"import", "codes", offer, "codes.txt", "--lang", "en"}).out, HasSubstr("imported"));
  EXPECT_THAT(winback({"import", "codes", "codes.txt"}).err, HasSubstr("for which offer"));
  EXPECT_THAT(winback({"imports", "undo", "1"}).err, HasSubstr("are kept"));
  write_file(winback.here() / "reports", "From x\nSubject: hello\n\nhi\n\nFrom y\nSubject: again\n\nhi\n");
  EXPECT_THAT(winback({"import", "bounces", "reports", "--json"}).out, HasSubstr("\"messages\": 2"));
  EXPECT_THAT(winback({"import", "bounces", "nothing-here"}).err, HasSubstr("there is no file or folder"));
}

}  // namespace
}  // namespace tests
