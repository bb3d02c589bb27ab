// What people note when a task is done, and whom it moves.
#include "app/task_finish.h"

#include <gmock/gmock.h>

#include "tests/support/deliver_world.h"

namespace app {
namespace {

using tests::kStart;
using tests::must;

class TaskFinishTest : public tests::DeliverTest {
 protected:
  /// A journey that asks for a call and waits for what comes of it.
  TaskFinishTest() {
    using namespace model;
    Journey journey{.id = "calls", .topic = "win_back", .exits = {"bought"}};
    journey.steps.push_back({.id = "call", .what = TaskStep{.queue = "calls", .title = {"Call"}, .script = {"Say hello"}}, .next = 1});
    journey.steps.push_back({.id = "wait", .what = WaitForStep{.events = {"reached", "not_reached"}, .at_most = std::chrono::days{30}, .otherwise = kEnd}, .next = 2});
    journey.steps.push_back({.id = "tag", .what = TagStep{.add = {"called"}}, .next = kEnd});
    play(std::move(journey));
    enrol("anna");
  }
  bool finish(std::string note, std::string_view key = "") {
    bool done = false;
    const auto tasks = must(store_->inbox().open_tasks());
    must(store_->transact([&]() -> base::Result<void> {
      WB_ASSIGN(done, finish_task(tasks.empty() ? 1 : tasks.at(0).id, note, key, *store_, conductor_, kStart));
      return {};
    }));
    return done;
  }
  bool moved() { return !must(store_->inbox().tags("anna")).empty(); }
};

TEST(TaskOutcome, IsReadAtTheBeginning) {
  EXPECT_EQ(outcome_in("reached"), "reached");
  EXPECT_EQ(outcome_in("Not reached, rang twice"), "not_reached");
  EXPECT_EQ(outcome_in("已聯繫上，很满意"), "reached");
  EXPECT_EQ(outcome_in("稍后再打"), "later");
  EXPECT_EQ(outcome_in("I reached her"), "");
  EXPECT_EQ(outcome_in("reachedout"), "");
  EXPECT_EQ(outcome_in(""), "");
}

TEST_F(TaskFinishTest, ANoteBecomesFeedbackAndMovesTheJourney) {
  EXPECT_TRUE(finish("Reached: the parcel was late, she may come back"));
  EXPECT_TRUE(moved());
  const auto said = must(store_->back().unsaid(10));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].kind, "task_note");
  EXPECT_EQ(said[0].customer_id, "anna");
  EXPECT_EQ(said[0].text, "Reached: the parcel was late, she may come back");
  EXPECT_FALSE(finish("again")) << "it is done";
}

TEST_F(TaskFinishTest, AnOutcomeAloneSaysNothingOfReasons) {
  EXPECT_TRUE(finish("Pas joint", "not_reached"));
  EXPECT_TRUE(moved()) << "by the key, whatever the language of the note";
}

TEST_F(TaskFinishTest, LaterMovesNobody) {
  EXPECT_TRUE(finish("稍後再打"));
  EXPECT_FALSE(moved());
  EXPECT_TRUE(must(store_->back().unsaid(10)).empty());
}

TEST_F(TaskFinishTest, AKeyThereIsNotIsRefused) {
  const auto tasks = must(store_->inbox().open_tasks());
  const auto done = finish_task(tasks.at(0).id, "x", "maybe", *store_, conductor_, kStart);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, base::Code::invalid_input);
}

}  // namespace
}  // namespace app
