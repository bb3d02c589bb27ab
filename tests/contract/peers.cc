#include "tests/contract/peers.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace tests {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPassword = "right horse battery";

struct Started {
  pid_t process = 0;
  int output = -1;  // its stderr
};

Started start(const std::vector<std::string>& arguments) {
  int pipes[2];
  EXPECT_EQ(pipe2(pipes, O_CLOEXEC), 0);
  const std::string program = child_program();
  std::vector<char*> raw{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipes[1], STDERR_FILENO);
  Started started{.process = 0, .output = pipes[0]};
  EXPECT_EQ(posix_spawn(&started.process, raw[0], &actions, nullptr, raw.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  close(pipes[1]);
  return started;
}

}  // namespace

fs::path child_program() { return binary_dir() / "winback-warehouse"; }

bool engine_is_here() {
  if (const char* named = std::getenv("WINBACK_CHDB"); named != nullptr) return fs::exists(named);
  return fs::exists(source_dir() / "build/npm/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so");
}

adapter::clickhouse::Config local_config(const fs::path& data_dir) {
  adapter::clickhouse::Config config;
  config.data_dir = data_dir;
  config.child_executable = child_program();
  config.memory_bytes = 1500ULL << 20;
  config.idle_seconds = 1;
  return config;
}

bool runs(pid_t process) {
  std::ifstream in{fmt::format("/proc/{}/stat", process)};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  const auto end = text.rfind(") ");
  return end != text.npos && text[end + 2] != 'Z';
}

pid_t child_of(const fs::path& data_dir) {
  std::ifstream in{data_dir / "warehouse" / "lock"};
  pid_t process = 0;
  in >> process;
  return process > 0 && runs(process) ? process : 0;
}

void end_child(const fs::path& data_dir, int signal) {
  const pid_t process = child_of(data_dir);
  if (process == 0) return;
  kill(process, signal);
  for (int i = 0; i < 1000 && runs(process); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  EXPECT_FALSE(runs(process)) << "the child does not end";
}

Ran run_child(const std::vector<std::string>& arguments) {
  const Started started = start(arguments);
  Ran ran;
  char piece[4096];
  for (ssize_t size = read(started.output, piece, sizeof piece); size > 0;
       size = read(started.output, piece, sizeof piece)) {
    ran.said.append(piece, static_cast<std::size_t>(size));
  }
  close(started.output);
  int status = 0;
  waitpid(started.process, &status, 0);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

LocalFolder::~LocalFolder() { end_child(path(), SIGTERM); }

RemotePeer::RemotePeer() {
  const fs::path password = folder_.path() / "password";
  write_file(password, fmt::format("{}\n", kPassword));
  const Started started =
      start({"--path", (folder_.path() / "warehouse").string(), "--listen", "127.0.0.1:0", "--password-file",
             password.string(), "--memory", "1500000000", "--idle-seconds", "20"});
  process_ = started.process;
  std::string said;
  char c = 0;
  while (read(started.output, &c, 1) == 1 && c != '\n') said += c;
  close(started.output);
  const auto at = said.rfind("port ");
  if (at == said.npos) {
    ADD_FAILURE() << "the remote peer did not start: " << said;
  } else {
    port_ = std::stoi(said.substr(at + 5));
  }
}

RemotePeer::~RemotePeer() {
  kill(process_, SIGTERM);
  int status = 0;
  waitpid(process_, &status, 0);
}

adapter::clickhouse::Config RemotePeer::config() const {
  adapter::clickhouse::Config config;
  config.url = "http://127.0.0.1:" + std::to_string(port_);
  config.user = "default";
  config.password = kPassword;
  return config;
}

}  // namespace tests
