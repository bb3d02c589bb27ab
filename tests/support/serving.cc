#include "tests/support/serving.h"

#include <csignal>
#include <cstdlib>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tests {

using namespace std::chrono;

namespace {

std::vector<char*> raw(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

// Spawned, not forked: the test has threads.
Serving::Serving(const Program& program, std::vector<std::pair<std::string, std::string>> environment,
                 std::vector<std::string> before)
    : err_(program.here() / "serve.err") {
  std::vector<std::string> command = std::move(before);
  for (std::string part : {(binary_dir() / "winback").string(), std::string{"serve"}, std::string{"--listen"},
                           std::string{"127.0.0.1:0"}, std::string{"--data"}, program.data().string()})
    command.push_back(std::move(part));
  std::vector<std::string> variables = {"LC_ALL=C"};
  for (char** one = environ; *one != nullptr; ++one) variables.emplace_back(*one);
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, program.here().c_str());
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int problem = posix_spawnp(&process_, command[0].c_str(), &actions, nullptr, raw(command).data(), raw(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (problem != 0) {
    ADD_FAILURE() << command[0] << " cannot be started: " << std::strerror(problem);
    status_ = 127 << 8;
  }
}

Serving::~Serving() { kill(); }

std::string Serving::said() const { return std::filesystem::exists(err_) ? read_file(err_) : std::string{}; }

std::uint16_t Serving::port(milliseconds most) {
  const auto end = steady_clock::now() + most;
  do {
    const std::string text = said();
    const std::size_t at = text.find("(port ");
    if (at != text.npos && text.find(')', at) != text.npos) return static_cast<std::uint16_t>(std::atoi(text.c_str() + at + 6));
  } while (!ended(milliseconds{5}) && steady_clock::now() < end);
  return 0;
}

std::optional<int> Serving::ended(milliseconds within) {
  const auto end = steady_clock::now() + within;
  while (!status_) {
    int status = 0;
    if (waitpid(process_, &status, WNOHANG) == process_) status_ = status;
    if (status_ || steady_clock::now() >= end) break;
    std::this_thread::sleep_for(milliseconds{2});
  }
  return status_;
}

void Serving::signal(int number) {
  if (!ended(milliseconds{0})) ::kill(process_, number);
}

bool Serving::kill() {
  if (ended(milliseconds{0})) return false;
  ::kill(process_, SIGKILL);
  return ended(seconds{30}) && WIFSIGNALED(*status_);
}

int Serving::stop() {
  if (!ended(milliseconds{0})) ::kill(process_, SIGTERM);
  if (!ended(seconds{30})) return -1;
  return WIFEXITED(*status_) ? WEXITSTATUS(*status_) : 128 + WTERMSIG(*status_);
}

}  // namespace tests
