#include "app/mjml.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "gen/files.h"

extern char** environ;

namespace app {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// The two ends of a pipe, closed with the object.
struct Pipe {
  Pipe() {
    if (pipe2(ends, O_CLOEXEC) != 0) ends[0] = ends[1] = -1;
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(int which) {
    if (ends[which] >= 0) close(ends[which]);
    ends[which] = -1;
  }
  int ends[2];
};

/// What a process said, and how it ended.
struct Ended {
  std::string out;
  std::string err;
  int status = 0;
  bool late = false;
};

/// Writes the input and reads both outputs until they end or the time is over.
void talk(Pipe& in, Pipe& out, Pipe& err, std::string_view input, Clock::time_point until, Ended& ended) {
  fcntl(in.ends[1], F_SETFL, O_NONBLOCK);
  while (out.ends[0] >= 0 || err.ends[0] >= 0) {
    if (input.empty()) in.close_end(1);
    pollfd polled[3] = {{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}, {in.ends[1], POLLOUT, 0}};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) {
      ended.late = true;
      return;
    }
    if (poll(polled, 3, static_cast<int>(left)) < 0 && errno != EINTR) return;
    char piece[65536];
    for (const auto& [pipe, which, text] : {std::tuple(&out, 0, &ended.out), std::tuple(&err, 1, &ended.err)}) {
      if (pipe->ends[0] < 0 || polled[which].revents == 0) continue;
      const ssize_t got = read(pipe->ends[0], piece, sizeof(piece));
      if (got > 0) text->append(piece, static_cast<std::size_t>(got));
      if (got == 0 || (got < 0 && errno != EINTR)) pipe->close_end(0);
    }
    if (in.ends[1] >= 0 && polled[2].revents != 0) {
      const ssize_t put = write(in.ends[1], input.data(), input.size());
      if (put > 0) input.remove_prefix(static_cast<std::size_t>(put));
      if (put < 0 && errno != EAGAIN && errno != EINTR) in.close_end(1), input = {};
    }
  }
}

/// Without this, a process that ends before it has read everything would end this one too.
class PipeSignalBlocked {
 public:
  PipeSignalBlocked() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set_, &old_);
  }
  ~PipeSignalBlocked() {
    const timespec none{};
    while (sigtimedwait(&set_, nullptr, &none) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &old_, nullptr);
  }
  PipeSignalBlocked(const PipeSignalBlocked&) = delete;
  PipeSignalBlocked& operator=(const PipeSignalBlocked&) = delete;

 private:
  sigset_t set_;
  sigset_t old_;
};

std::string read_whole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Mjml::Mjml(Config config) : config_(std::move(config)) {
  if (config_.script.empty()) {
    std::error_code ignored;
    config_.script = fs::read_symlink("/proc/self/exe", ignored).parent_path() / "mjml" / "mjml.cjs";
  }
  constexpr std::string_view kFolder = "templates/partials/", kEnding = ".mjml";
  for (const gen::File& file : gen::files()) {
    if (!file.path.starts_with(kFolder) || !file.path.ends_with(kEnding)) continue;
    const std::string_view name = file.path.substr(kFolder.size(), file.path.size() - kFolder.size() - kEnding.size());
    parts_.emplace(name, file.text);
  }
}

base::Result<std::string> Mjml::compile(std::string_view file, std::string_view text) const {
  std::string input;
  try {
    input = nlohmann::json{{"text", text}, {"parts", parts_}}.dump();
  } catch (const nlohmann::json::exception&) {
    return base::fail(base::Code::invalid_input, "{}: the letter is not UTF-8; save it as UTF-8", file);
  }
  base::Sha256 hash;
  hash.add(read_whole(config_.script));
  hash.add(input);
  const fs::path kept = config_.cache / (base::to_hex(hash.finish()) + ".html");
  std::error_code ignored;
  if (!config_.cache.empty() && fs::exists(kept, ignored)) return read_whole(kept);

  WB_ASSIGN(const std::string said, run(input));
  std::string html;
  try {
    const auto made = nlohmann::json::parse(said);
    if (made.contains("errors")) {
      const auto& first = made.at("errors").at(0);
      return base::fail(base::Code::invalid_input, "{}:{}: {}", file, first.at("line").get<std::size_t>(), first.at("sentence").get<std::string>());
    }
    html = made.at("html").get<std::string>();
  } catch (const nlohmann::json::exception& error) {
    return base::fail(base::Code::internal, "{}: the compiler of letters answered what is no result: {}", file, error.what());
  }
  if (!config_.cache.empty()) {  // a cache that cannot be written is no reason to fail
    fs::create_directories(config_.cache, ignored);
    const fs::path written = kept.string() + fmt::format(".{}", getpid());
    if (std::ofstream out(written, std::ios::binary); out << html << std::flush) {
      fs::rename(written, kept, ignored);
    } else {
      fs::remove(written, ignored);
    }
  }
  return html;
}

base::Result<std::string> Mjml::run(const std::string& input) const {
  std::error_code ignored;
  if (!fs::exists(config_.script, ignored)) {
    return base::fail(base::Code::not_found, "letters in MJML need {}, which is not there; install the program whole, or write the letter as .html",
                      config_.script.string());
  }
  Pipe in, out, err;
  if (in.ends[0] < 0 || out.ends[0] < 0 || err.ends[0] < 0)
    return base::fail(base::Code::exhausted, "no more files can be opened: {}", std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.ends[0], 0);
  posix_spawn_file_actions_adddup2(&actions, out.ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err.ends[1], 2);
  std::string node = config_.node, script = config_.script.string();
  char* arguments[] = {node.data(), script.data(), nullptr};
  pid_t process = 0;
  const int failed = posix_spawnp(&process, node.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return base::fail(base::Code::unavailable, "letters in MJML are compiled with '{}', which could not be started ({}); install Node.js 18 or later, "
                      "or write the letter as .html", config_.node, std::strerror(failed));
  }
  in.close_end(0);
  out.close_end(1);
  err.close_end(1);
  Ended ended;
  {
    const PipeSignalBlocked blocked;
    talk(in, out, err, input, Clock::now() + config_.limit, ended);
  }
  if (ended.late) kill(process, SIGKILL);
  while (waitpid(process, &ended.status, 0) < 0 && errno == EINTR) {
  }
  if (ended.late)
    return base::fail(base::Code::timeout, "the letter took longer than {} ms to compile; make it simpler", config_.limit.count());
  if (!WIFEXITED(ended.status) || WEXITSTATUS(ended.status) != 0)
    return base::fail(base::Code::internal, "the compiler of letters failed: {}", ended.err.substr(0, 400));
  return std::move(ended.out);
}

}  // namespace app
