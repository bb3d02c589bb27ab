#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/error.h"
#include "base/time.h"
#include "port/clock.h"

namespace console {

/// How long work tells how far it is: a share 0 … 1 (below 0: not known) and what it does now.
using Tell = std::function<void(double progress, std::string_view stage)>;

/// Long work asked for in the console: one piece after another, beside everything else. What was asked for and how it
/// ended is remembered for the last hundred, until the program ends; the work itself keeps what it made.
class Jobs {
 public:
  /// The work of a job: gives a JSON object for whoever waits.
  using Work = std::function<base::Result<std::string>(const Tell& tell)>;

  explicit Jobs(const port::Clock& clock);

  /// Waits for the piece under way to end; what waits is not begun.
  ~Jobs();

  enum class State : std::uint8_t { waiting, running, done, failed };

  struct Job {
    std::string id;
    std::string kind;
    std::string by;
    State state = State::waiting;
    double progress = -1;
    std::string stage;
    base::Instant begun_at;
    std::optional<base::Instant> finished_at;
    std::string result = "{}";  ///< a JSON object
    std::string error;
  };

  /// Queues it; `conflict` when as many wait as may.
  base::Result<Job> begin(std::string_view kind, std::string_view by, Work work);

  std::optional<Job> find(std::string_view id) const;
  std::deque<Job> list() const;  ///< newest first

 private:
  void work(const std::stop_token& stop);

  const port::Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Job> jobs_;                             // protected by mutex_; newest first
  std::deque<std::pair<std::string, Work>> waiting_;  // protected by mutex_
  std::uint64_t next_ = 1;                           // protected by mutex_
  std::jthread worker_;
};

/// The object of api/openapi.yaml.
std::string to_json(const Jobs::Job& job);

}  // namespace console
