#pragma once

#include <cstdio>
#include <string>

#include <gtest/gtest.h>

namespace tests {

/// Counts the cases of a suite others wrote and prints "name: N passed, M failed" at the end; a case has failed when a
/// check failed since the one before it.
class Tally {
 public:
  explicit Tally(std::string name) : name_(std::move(name)), failures_(failures()) {}
  ~Tally() { std::printf("%s: %d passed, %d failed\n", name_.c_str(), passed_, failed_); }
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  void end_of_case() {
    const int now = failures();
    ++(now == failures_ ? passed_ : failed_);
    failures_ = now;
  }
  int cases() const { return passed_ + failed_; }

 private:
  static int failures() {
    const testing::TestResult& result = *testing::UnitTest::GetInstance()->current_test_info()->result();
    int count = 0;
    for (int i = 0; i < result.total_part_count(); ++i) count += result.GetTestPartResult(i).failed() ? 1 : 0;
    return count;
  }

  std::string name_;
  int failures_;
  int passed_ = 0;
  int failed_ = 0;
};

}  // namespace tests
