#include "tests/support/program.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tests {

namespace fs = std::filesystem;

Program::Program() { fs::create_directories(here()); }

Program::~Program() {
  pid_t child = 0;
  std::ifstream{data() / "warehouse" / "lock"} >> child;
  if (child <= 0) return;
  kill(child, SIGTERM);
  for (int i = 0; i < 500 && kill(child, 0) == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
}

Ran Program::operator()(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), (binary_dir() / "winback").string());
  arguments.push_back("--data");
  arguments.push_back(data().string());
  const fs::path out = folder_.path() / "out.txt", err = folder_.path() / "err.txt";
  const pid_t process = fork();
  if (process == 0) {
    if (chdir(here().c_str()) != 0) _exit(126);
    if (freopen(out.c_str(), "w", stdout) == nullptr || freopen(err.c_str(), "w", stderr) == nullptr) _exit(126);
    setenv("LC_ALL", "C", 1);
    std::vector<char*> raw;
    for (std::string& argument : arguments) raw.push_back(argument.data());
    raw.push_back(nullptr);
    execv(raw[0], raw.data());
    _exit(127);
  }
  int status = 0;
  waitpid(process, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(out), read_file(err)};
}

}  // namespace tests
