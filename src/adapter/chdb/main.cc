// winback-warehouse: the ClickHouse engine as a small process of its own, speaking ClickHouse's HTTP interface.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/chdb/engine.h"
#include "adapter/chdb/folder.h"
#include "adapter/chdb/server.h"

namespace adapter::chdb {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUsage =
    "winback-warehouse --path FOLDER [--socket PATH] [--listen 127.0.0.1:PORT --password-file FILE [--user NAME]]\n"
    "                  [--memory BYTES] [--idle-seconds N] [--library FILE] [--detach]\n"
    "Holds the warehouse FOLDER and answers ClickHouse's HTTP interface on the socket (default FOLDER/socket) and on "
    "TCP.\n"
    "Ends N seconds (default 30; with --listen never) after the last client left; 0 = stays until SIGTERM.\n";

constexpr int kFailed = 1;
constexpr int kUsageStatus = 2;
constexpr int kFirstCode =
    10;  // exit status = this + base::Code, so that whoever starts us knows what kind of failure it was
constexpr std::uintmax_t kLogLimit = 1 << 20;

struct Options {
  fs::path path, socket, library, password_file;
  std::string listen_host, user = "default";
  std::uint16_t listen_port = 0;
  std::uint64_t memory = 0;
  double idle_seconds = -1;
  bool detach = false;
};

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto end = text.data() + text.size();
  return std::from_chars(text.data(), end, number).ptr == end && !text.empty();
}

base::Result<Options> read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--detach") {
      options.detach = true;
      continue;
    }
    if (i + 1 == argc) return base::fail(base::Code::invalid_input, "{} needs a value or is unknown\n{}", name, kUsage);
    const std::string_view value = argv[++i];
    bool good = true;
    if (name == "--path")
      options.path = fs::absolute(value).lexically_normal();
    else if (name == "--socket")
      options.socket = fs::absolute(value);
    else if (name == "--library")
      options.library = fs::absolute(value);
    else if (name == "--password-file")
      options.password_file = fs::absolute(value);
    else if (name == "--user")
      options.user = value;
    else if (name == "--memory")
      good = read_number(value, options.memory);
    else if (name == "--idle-seconds")
      good = read_number(value, options.idle_seconds) && options.idle_seconds >= 0;
    else if (name == "--listen") {
      const auto colon = value.rfind(':');
      good = colon != value.npos && read_number(value.substr(colon + 1), options.listen_port);
      if (good) options.listen_host = value.substr(0, colon);
    } else
      return base::fail(base::Code::invalid_input, "unknown option {}\n{}", name, kUsage);
    if (!good) return base::fail(base::Code::invalid_input, "{} cannot be '{}'\n{}", name, value, kUsage);
  }
  if (options.path.empty()) return base::fail(base::Code::invalid_input, "--path is missing\n{}", kUsage);
  if (!options.listen_host.empty() && options.password_file.empty()) {
    return base::fail(base::Code::invalid_input,
                      "--listen needs --password-file: the warehouse is never open to the network without a password");
  }
  if (options.socket.empty() && options.listen_host.empty()) options.socket = options.path / "socket";
  if (options.idle_seconds < 0) options.idle_seconds = options.listen_host.empty() ? 30 : 0;
  if (options.memory == 0) {
    options.memory =
        static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE)) / 2;
  }
  return options;
}

base::Result<std::string> read_password(const fs::path& file) {
  std::ifstream in{file};
  std::string line;
  if (!in || !std::getline(in, line) || line.empty()) {
    return base::fail(base::Code::invalid_input, "no password can be read from {}; write one line into it",
                      file.string());
  }
  return line;
}

/// Reports to whoever started us: to the waiting parent when detached, to stderr otherwise.
class Starter {
 public:
  explicit Starter(int pipe) : pipe_(pipe) {}
  void ready(const std::string& text) { say("+" + text); }
  void failed(int status, const std::string& text) { say(static_cast<char>(status) + text); }

 private:
  void say(const std::string& text) {
    if (pipe_ < 0) {
      fmt::print(stderr, "{}\n", std::string_view{text}.substr(1));
      return;
    }
    [[maybe_unused]] const ssize_t written = write(pipe_, text.data(), text.size());
    close(std::exchange(pipe_, -1));
  }
  int pipe_;
};

/// The parent's half of --detach: waits until the child serves or has said why it cannot.
int wait_for_child(int pipe) {
  std::string text;
  char piece[4096];
  for (ssize_t size = read(pipe, piece, sizeof piece); size > 0; size = read(pipe, piece, sizeof piece)) {
    text.append(piece, static_cast<std::size_t>(size));
  }
  if (text.starts_with('+')) return 0;
  fmt::print(stderr, "{}\n",
             text.empty() ? "the warehouse process ended while starting; see the log beside its data" : text.substr(1));
  return text.empty() ? kFailed : text[0];
}

void point_stdio_at_log(const fs::path& folder) {
  std::error_code ignored;
  const fs::path log = folder / "log";
  if (fs::exists(log, ignored) && fs::file_size(log, ignored) > kLogLimit) fs::rename(log, folder / "log.old", ignored);
  const int null = open("/dev/null", O_RDWR);
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(null, STDIN_FILENO);
  dup2(file >= 0 ? file : null, STDOUT_FILENO);
  dup2(file >= 0 ? file : null, STDERR_FILENO);
  if (file > 2) close(file);
  if (null > 2) close(null);
}

void log_line(std::string_view text) {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char stamp[32];
  std::strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &parts);
  fmt::print(stderr, "{} [{}] {}\n", stamp, getpid(), text);
}

Server* running = nullptr;  // for the signal handler
void on_signal(int) {
  if (running != nullptr) running->stop();
}

int serve(const Options& options, Starter starter) {
  const auto fail = [&](const base::Error& error) {
    const int status = kFirstCode + static_cast<int>(error.code);
    starter.failed(status, error.message);
    return status;
  };
  Credentials credentials{.user = options.user, .password = {}};
  if (!options.password_file.empty()) {
    auto password = read_password(options.password_file);
    if (!password) return fail(password.error());
    credentials.password = *password;
  }
  auto folder = Folder::open(options.path, 5000);
  if (!folder) return fail(folder.error());
  if (options.detach) point_stdio_at_log(options.path);
  for (const std::string& mended : folder->mend())
    log_line("removed the empty definition " + mended + " that a full disk left behind");

  auto engine = Engine::open({.library = options.library,
                              .folder = folder->engine(),
                              .temporary = folder->temporary(),
                              .memory_bytes = options.memory});
  if (!engine) return fail(engine.error());
  auto server =
      Server::open({.socket = options.socket,
                    .listen_host = options.listen_host,
                    .listen_port = options.listen_port,
                    .tcp_credentials = credentials,
                    .idle = std::chrono::milliseconds{static_cast<std::int64_t>(options.idle_seconds * 1000)}});
  if (!server) return fail(server.error());
  running = server->get();
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);

  if (options.detach) log_line(fmt::format("serving {} with engine {}", options.path.string(), (*engine)->version()));
  starter.ready(fmt::format("serving {}{}", options.path.string(),
                            (*server)->port() == 0 ? "" : fmt::format(" on port {}", (*server)->port())));
  (*server)->run(**engine, *folder);
  if (options.detach) log_line("ended");
  // Threads of the engine and of clients that never left may still run: every insert answered is on disk, so the
  // process simply ends; their destructors would only race each other.
  std::fflush(nullptr);
  _exit(0);
}

int run(int argc, char** argv) {
  if (argc < 2 || std::string_view{argv[1]} == "--help") {
    fmt::print("{}", kUsage);
    return argc < 2 ? kUsageStatus : 0;
  }
  auto options = read_options(argc, argv);
  if (!options) {
    fmt::print(stderr, "winback-warehouse: {}\n", options.error().message);
    return kUsageStatus;
  }
  setenv("TZ", "UTC", 1);  // the engine's zone follows it
  signal(SIGPIPE, SIG_IGN);
  close_range(3, ~0U, 0);  // whatever the starter had open, locks above all, is none of ours
  umask(077);
  if (!options->detach) return serve(*options, Starter{-1});
  int pipes[2];
  if (pipe2(pipes, O_CLOEXEC) != 0) return kFailed;
  const pid_t child = fork();
  if (child < 0) {
    fmt::print(stderr, "winback-warehouse: the system gives no further process\n");
    return kFailed;
  }
  if (child > 0) {
    close(pipes[1]);
    return wait_for_child(pipes[0]);
  }
  close(pipes[0]);
  setsid();
  [[maybe_unused]] const int moved = chdir("/");
  return serve(*options, Starter{pipes[1]});
}

}  // namespace
}  // namespace adapter::chdb

int main(int argc, char** argv) { return adapter::chdb::run(argc, argv); }
