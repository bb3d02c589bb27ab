#include "adapter/clickhouse/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "base/random.h"

namespace adapter::clickhouse {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongestSocket = 100;  // the system's limit is 108 bytes
constexpr int kFirstCode = 10;               // the child's exit status is this + base::Code

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  void reset() { close(std::exchange(number_, -1)); }

 private:
  int number_;
};

/// Whether somebody accepts connections there.
bool listens(const std::string& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, socket.c_str(), socket.size());
  const Descriptor probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  return connect(probe.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

struct Ended {
  int status = 0;
  std::string said;
};

/// Runs the program to its end; what it says on stderr is kept.
base::Result<Ended> run(const std::vector<std::string>& arguments) {
  int pipes[2];
  if (pipe2(pipes, O_CLOEXEC) != 0)
    return base::fail(base::Code::exhausted, "the system gives no further pipe: {}", std::strerror(errno));
  Descriptor from{pipes[0]}, to{pipes[1]};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, to.number(), STDERR_FILENO);
  std::vector<char*> raw;
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  pid_t process = 0;
  const int failed = posix_spawn(&process, raw[0], &actions, nullptr, raw.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return base::fail(base::Code::unavailable,
                      "cannot start {}: {}; it belongs beside the winback program, build or install it again",
                      arguments[0], std::strerror(failed));
  }
  to.reset();
  Ended ended;
  char piece[4096];
  for (;;) {
    const ssize_t size = read(from.number(), piece, sizeof piece);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    ended.said.append(piece, static_cast<std::size_t>(size));
  }
  while (waitpid(process, &ended.status, 0) < 0 && errno == EINTR) {
  }
  while (!ended.said.empty() && ended.said.back() == '\n') ended.said.pop_back();
  return ended;
}

base::Result<fs::path> runtime_folder() {
  const char* given = std::getenv("XDG_RUNTIME_DIR");
  const fs::path folder = given != nullptr && *given == '/' && std::strlen(given) < 50
                              ? fs::path{given} / "winback"
                              : fs::path{fmt::format("/tmp/winback-{}", getuid())};
  mkdir(folder.c_str(), 0700);
  struct stat state {};
  if (lstat(folder.c_str(), &state) != 0 || !S_ISDIR(state.st_mode) || state.st_uid != getuid() ||
      (state.st_mode & 077) != 0) {
    return base::fail(base::Code::unavailable,
                      "{} must be a folder of your own that nobody else can enter (chmod 700); "
                      "it holds the warehouse's socket because the data folder's path is too long for one",
                      folder.string());
  }
  return folder;
}

fs::path child_executable(const Config& config) {
  if (!config.child_executable.empty()) return config.child_executable;
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path() / "winback-warehouse";
}

}  // namespace

fs::path warehouse_folder(const Config& config) {
  // The real path: two names of one folder must lead to one socket.
  std::error_code ignored;
  const fs::path whole = fs::weakly_canonical(config.data_dir, ignored);
  return (whole.empty() ? fs::absolute(config.data_dir) : whole) / "warehouse";
}

base::Result<std::string> warehouse_socket(const Config& config) {
  const std::string beside = (warehouse_folder(config) / "socket").string();
  if (beside.size() <= kLongestSocket) return beside;
  WB_ASSIGN(const fs::path folder, runtime_folder());
  return (folder / fmt::format("{:016x}{:016x}", base::stable_hash(beside, 1), base::stable_hash(beside, 2))).string();
}

base::Result<void> ensure_child(const Config& config, const std::string& socket) {
  const fs::path folder = warehouse_folder(config);
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed)
    return base::fail(base::Code::unavailable,
                      "cannot make the folder {}: {}; give the user rights there, or name another data folder",
                      folder.string(), failed.message());
  chmod(folder.c_str(), 0700);
  const fs::path lock_path = folder / "start.lock";
  const Descriptor lock{open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (lock.number() < 0) {
    return base::fail(errno == ENOSPC ? base::Code::exhausted : base::Code::unavailable,
                      "cannot write {}: {}; free space or rights are missing there", lock_path.string(),
                      std::strerror(errno));
  }
  while (flock(lock.number(), LOCK_EX) != 0 && errno == EINTR) {
  }
  if (listens(socket)) return {};
  std::vector<std::string> arguments{child_executable(config).string(),
                                     "--detach",
                                     "--path",
                                     folder.string(),
                                     "--socket",
                                     socket,
                                     "--idle-seconds",
                                     fmt::format("{}", config.idle_seconds)};
  if (config.memory_bytes != 0) arguments.insert(arguments.end(), {"--memory", fmt::format("{}", config.memory_bytes)});
  if (!config.library.empty()) arguments.insert(arguments.end(), {"--library", config.library.string()});
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  for (;;) {
    WB_ASSIGN(const Ended ended, run(arguments));
    if (WIFEXITED(ended.status) && WEXITSTATUS(ended.status) == 0) return {};
    const int status = WIFEXITED(ended.status) ? WEXITSTATUS(ended.status) : 0;
    const base::Code code = status >= kFirstCode && status <= kFirstCode + static_cast<int>(base::Code::internal)
                                ? static_cast<base::Code>(status - kFirstCode)
                                : base::Code::unavailable;  // killed while it started
    if (code == base::Code::conflict && listens(socket)) return {};
    if (code != base::Code::conflict || std::chrono::steady_clock::now() > until) {
      return base::fail(
          code, "{}",
          ended.said.empty() ? "the warehouse process could not start; see the log in " + folder.string() : ended.said);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
}

}  // namespace adapter::clickhouse
