// What a Store on a file promises beyond act_store_contract_test.cc: several processes, and what its bytes still say.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <set>

#include "adapter/sqlite/open_sqlite.h"
#include "tests/support/act_rows.h"
#include "tests/support/places.h"

namespace tests {
namespace {

using namespace std::chrono;

class ActStoreFile : public testing::Test {
 protected:
  std::unique_ptr<port::ActStore> open() { return must(adapter::sqlite::open_sqlite(file_)); }

  /// Everything the store has on the disk.
  std::string bytes() const {
    std::string all;
    for (const char* part : {"", "-wal", "-shm"}) {
      const std::filesystem::path path = file_.string() + part;
      if (std::filesystem::exists(path)) all += read_file(path);
    }
    return all;
  }

  TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "store.sqlite";
};

TEST_F(ActStoreFile, ASuppressedAddressIsNotInTheFile) {
  const auto store = open();
  must(store->people().suppress("email", "mary.byrne@example.com", "complained", kStart));
  EXPECT_TRUE(must(store->people().suppressed("email", "mary.byrne@example.com")));
  EXPECT_EQ(bytes().find("mary.byrne"), std::string::npos);
}

TEST_F(ActStoreFile, AnErasedCustomerLeavesNoAddressInFileOrLog) {
  const auto store = open();
  must(store->campaigns().save(campaign()));
  const model::Person person{.customer_id = "k1", .zone = "Europe/Dublin", .country = "Ireland"};
  must(store->people().put({&person, 1}));
  const model::ContactPoint point{.customer_id = "k1", .channel = "email", .address = "mary.byrne@example.com", .name = "Mary Byrne"};
  must(store->contacts().put({&point, 1}));
  model::Enrolment enrolment{.campaign_id = "c1", .customer_id = "k1", .entered_at = kStart, .step = "memory"};
  must(store->enrolments().add(enrolment, R"({"city":"Ballyvaughan"})"));
  model::Message message = letter("key", kStart);
  message.customer_id = "k1";
  must(store->outbox().add(message));
  const auto claims = must(store->outbox().claim("email", kStart, kStart + minutes{5}, 1));
  ASSERT_EQ(claims.size(), 1U);
  const model::Content content{.subject = "Dear Mary Byrne", .html = "<p>Ballyvaughan</p>", .text = "to mary.byrne@example.com"};
  must(store->outbox().attempt(claims[0], &content, kStart));
  must(store->outbox().settle(claims[0], model::MessageState::unknown, {}, "no answer for mary.byrne@example.com", kStart, kStart));
  must(store->inbox().put({.message_id = message.id, .customer_id = "k1", .content = content, .created_at = kStart}));
  must(store->inbox().add_task({.enrolment_id = enrolment.id, .campaign_id = "c1", .customer_id = "k1", .step = "ask", .queue = "calls",
                                .title = "Call Mary Byrne", .created_at = kStart, .deadline = kStart + days{1}}));
  ASSERT_NE(bytes().find("mary.byrne"), std::string::npos);
  ASSERT_NE(bytes().find("Ballyvaughan"), std::string::npos);

  must(store->people().erase("k1", kStart));
  must(store->scrub());
  const std::string left = bytes();
  EXPECT_EQ(left.find("mary.byrne"), std::string::npos);
  EXPECT_EQ(left.find("Mary Byrne"), std::string::npos);
  EXPECT_EQ(left.find("Ballyvaughan"), std::string::npos);
  EXPECT_EQ(must(store->people().suppressed("email", "mary.byrne@example.com")), "erased") << "nobody writes there again";
  EXPECT_FALSE(must(store->people().contact("k1", "email")));
}

TEST_F(ActStoreFile, WhatIsCommittedIsThereAfterTheProgramIsGone) {
  {
    const auto store = open();
    model::Message message = letter("key", kStart);
    must(store->outbox().add(message));
  }
  EXPECT_TRUE(must(open()->outbox().find_key("key")));
}

/// Claims and attempts until nothing is left, and writes the ids of what it may send.
void work(const std::filesystem::path& file, int out) {
  auto store = adapter::sqlite::open_sqlite(file);
  if (!store) _exit(1);
  for (int idle = 0; idle < 3;) {
    const auto claims = (*store)->outbox().claim("email", kStart, kStart + minutes{5}, 7);
    if (!claims) _exit(2);
    idle = claims->empty() ? idle + 1 : 0;
    for (const model::Message& message : *claims) {
      const auto ours = (*store)->outbox().attempt(message, nullptr, kStart);
      if (!ours) _exit(3);
      if (*ours && write(out, &message.id, sizeof message.id) != sizeof message.id) _exit(4);
    }
  }
  _exit(0);
}

TEST_F(ActStoreFile, TwoProcessesNeverClaimTheSameMessage) {
  constexpr int kMessages = 600;
  {
    const auto store = open();
    must(store->campaigns().save(campaign()));
    must(store->transact([&]() -> base::Result<void> {
      for (int i = 0; i < kMessages; ++i) {
        model::Message message = letter(fmt::format("key {}", i), kStart);
        WB_TRY(store->outbox().add(message));
      }
      return {};
    }));
  }
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  std::vector<pid_t> workers;
  for (int i = 0; i < 2; ++i) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) work(file_, pipe_ends[1]);
    workers.push_back(child);
  }
  close(pipe_ends[1]);
  std::multiset<std::int64_t> sent;
  for (std::int64_t id = 0; read(pipe_ends[0], &id, sizeof id) == sizeof id;) sent.insert(id);
  close(pipe_ends[0]);
  for (const pid_t worker : workers) {
    int status = 0;
    ASSERT_EQ(waitpid(worker, &status, 0), worker);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(sent.size(), static_cast<std::size_t>(kMessages));
  EXPECT_EQ(std::set(sent.begin(), sent.end()).size(), sent.size()) << "a message was claimed twice";
}

/// What the work says, done by another process.
int elsewhere(const std::function<bool()>& work) {
  const pid_t child = fork();
  if (child == 0) _exit(work() ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

TEST_F(ActStoreFile, OpenedTwiceHereItStillKnowsWhatOtherProgramsDo) {
  const auto first = open(), second = open();
  EXPECT_EQ(elsewhere([&] {
              const auto other = adapter::sqlite::open_sqlite(file_);
              return other && (*other)->findings().save("theirs", {kStart, "1"});
            }), 0);
  ASSERT_TRUE(first->findings().save("ours", {kStart, "2"}));
  const auto theirs = first->findings().find("theirs");
  EXPECT_TRUE(theirs && theirs->has_value());
  EXPECT_EQ(elsewhere([&] {
              const auto other = adapter::sqlite::open_sqlite(file_);
              const auto ours = other ? (*other)->findings().find("ours") : std::unexpected(other.error());
              return ours && ours->has_value();
            }), 0) << "what was acknowledged here is not in the file";
}

}  // namespace
}  // namespace tests
