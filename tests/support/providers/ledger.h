#pragma once

#include <algorithm>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace tests {

/// What a provider took, and what it shall do wrong with the next calls. Any thread.
class Ledger {
 public:
  struct Entry {
    std::string to;    ///< the address
    std::string key;   ///< the send key, where the provider is told it
    std::string id;    ///< what the provider calls it
    std::string body;  ///< as it came
  };

  void take(Entry entry) {
    const std::lock_guard lock{mutex_};
    entries_.push_back(std::move(entry));
  }
  std::vector<Entry> all() const {
    const std::lock_guard lock{mutex_};
    return entries_;
  }
  std::size_t count(const std::string& key) const {
    const auto entries = all();
    return static_cast<std::size_t>(std::ranges::count(entries, key, &Entry::key));
  }

  /// For the next calls, one each, in their order: "429", "503" and such refuse; "500 taken" takes the message and answers
  /// so; "drop" takes it and answers nothing; "" does what is right.
  void fault(std::string one) {
    const std::lock_guard lock{mutex_};
    faults_.push_back(std::move(one));
  }
  std::string next_fault() {
    const std::lock_guard lock{mutex_};
    if (faults_.empty()) return {};
    std::string one = std::move(faults_.front());
    faults_.pop_front();
    return one;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::deque<std::string> faults_;
};

/// A whole HTTP/1.1 answer with a JSON body.
inline std::string json_answer(int status, const std::string& body, const std::string& more_headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         more_headers + "\r\n" + body;
}

}  // namespace tests
