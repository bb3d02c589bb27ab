#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "tests/support/program.h"

namespace tests {

/// `winback serve` on a data folder, as a process of its own on a free port. It is killed with the object.
class Serving {
 public:
  /// `environment` is added to this process's; `before` is a program that runs it, such as {"strace", "-D", …}.
  explicit Serving(const Program& program, std::vector<std::pair<std::string, std::string>> environment = {},
                   std::vector<std::string> before = {});
  ~Serving();
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  /// Where it listens, once it does; 0 when it has died or does not within the time.
  std::uint16_t port(std::chrono::milliseconds most = std::chrono::seconds{30});

  /// Its wait status, once it has ended; nothing while it runs after the time.
  std::optional<int> ended(std::chrono::milliseconds within);

  /// Sends it a signal, such as SIGHUP.
  void signal(int number);

  /// SIGKILL. False when it had ended by itself.
  bool kill();

  /// SIGTERM; its exit status, 128 + signal when it was killed.
  int stop();

  /// What it wrote to stderr.
  std::string said() const;

 private:
  std::filesystem::path err_;
  pid_t process_ = -1;
  std::optional<int> status_;
};

}  // namespace tests
