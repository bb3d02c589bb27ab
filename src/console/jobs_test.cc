#include "console/jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/support/fake_clock.h"

namespace console {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Jobs::Job ended(const Jobs& jobs, const std::string& id) {
  for (int i = 0; i < 1000; ++i) {
    const auto job = jobs.find(id);
    if (job && job->finished_at) return *job;
    std::this_thread::sleep_for(5ms);
  }
  ADD_FAILURE() << id << " did not end";
  return {};
}

TEST(Jobs, OneAfterAnotherWithWhatBecameOfEach) {
  tests::FakeClock clock{base::instant_from_millis(1'800'000'000'000)};
  Jobs jobs{clock};
  std::atomic<int> at_once = 0, most = 0;
  const auto work = [&](const Tell& tell) -> base::Result<std::string> {
    most = std::max(most.load(), ++at_once);
    tell(0.5, "half");
    std::this_thread::sleep_for(10ms);
    --at_once;
    return std::string{R"({"plan": "p1"})"};
  };
  const auto first = jobs.begin("plan", "Ann", work), second = jobs.begin("plan", "Ann", work);
  const auto broken = jobs.begin("import", "Ben", [](const Tell&) -> base::Result<std::string> { return base::fail(base::Code::invalid_input, "line 3 is no row"); });
  const auto thrown = jobs.begin("import", "Ben", [](const Tell&) -> base::Result<std::string> { throw std::runtime_error{"out of paper"}; });
  ASSERT_TRUE(first && second && broken && thrown);
  EXPECT_NE(first->id, second->id);
  EXPECT_EQ(ended(jobs, second->id).state, Jobs::State::done);
  EXPECT_EQ(most, 1);
  EXPECT_THAT(to_json(ended(jobs, first->id)), HasSubstr(R"("result":{"plan":"p1"})"));
  EXPECT_EQ(ended(jobs, broken->id).error, "line 3 is no row");
  EXPECT_EQ(ended(jobs, thrown->id).state, Jobs::State::failed) << "one piece of work never ends the rest";
  EXPECT_EQ(jobs.list().front().id, thrown->id) << "newest first";
  EXPECT_FALSE(jobs.find("plan-of-another-day"));
}

TEST(Jobs, TooManyAreRefusedAndWhatWaitsIsNotBegunAtTheEnd) {
  tests::FakeClock clock{base::instant_from_millis(1'800'000'000'000)};
  std::atomic<int> ran = 0;
  {
    Jobs jobs{clock};
    for (int i = 0; i < 40; ++i) {
      const auto job = jobs.begin("analyze", "Ann", [&](const Tell&) -> base::Result<std::string> {
        ++ran;
        std::this_thread::sleep_for(30ms);
        return std::string{"{}"};
      });
      if (!job) {
        EXPECT_EQ(job.error().code, base::Code::conflict);
      }
    }
  }
  EXPECT_LT(ran, 10);
}

}  // namespace
}  // namespace console
