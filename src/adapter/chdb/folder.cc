#include "adapter/chdb/folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>

namespace adapter::chdb {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kFormatFile = "winback-warehouse.format";
constexpr std::string_view kFormatWord = "winback-warehouse ";
constexpr std::uint64_t kRoomForDefinition = 16 << 20;

base::Result<void> write_durably(const fs::path& path, std::string_view text) {
  const fs::path half = path.string() + ".new";
  const int file = open(half.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  const int reason = errno;
  if (file >= 0) close(file);
  if (!written || rename(half.c_str(), path.c_str()) != 0) {
    return base::fail(reason == ENOSPC ? base::Code::exhausted : base::Code::unavailable,
                      "cannot write {}: {}; free space or rights are missing there", path.string(),
                      std::strerror(reason));
  }
  const int folder = open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    fsync(folder);
    close(folder);
  }
  return {};
}

base::Result<void> check_format(const fs::path& path) {
  const fs::path file = path / kFormatFile;
  std::error_code ignored;
  if (!fs::exists(file, ignored)) {
    for (const auto& entry : fs::directory_iterator{path, ignored}) {
      const std::string name = entry.path().filename();
      if (name == "engine" || name == "store" || name == "metadata") {
        return base::fail(
            base::Code::corrupt,
            "{} holds a warehouse without {}: it was only half written or copied; restore the folder from a "
            "backup, or move it away and import again",
            path.string(), kFormatFile);
      }
    }
    return write_durably(file, fmt::format("{}{}\n", kFormatWord, kFolderFormat));
  }
  std::ifstream in{file};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  int version = 0;
  if (text.starts_with(kFormatWord)) {
    std::from_chars(text.data() + kFormatWord.size(), text.data() + text.size(), version);
  }
  if (version == kFolderFormat) return {};
  if (version > kFolderFormat) {
    return base::fail(base::Code::unsupported,
                      "{} was written by a newer winback (folder format {}, this one knows {}); use the newer program",
                      path.string(), version, kFolderFormat);
  }
  return base::fail(
      base::Code::corrupt,
      "{} does not say a known folder format; restore the folder from a backup, or move it away and import again",
      file.string());
}

template <class Visit>
void each_definition(const fs::path& engine, const Visit& visit) {
  std::error_code ignored;
  for (const char* part : {"metadata", "store"}) {
    auto entry =
        fs::recursive_directory_iterator{engine / part, fs::directory_options::skip_permission_denied, ignored};
    for (; !ignored && entry != fs::recursive_directory_iterator{}; entry.increment(ignored)) {
      // store/abc/abcd…/ holds one database's definitions or one table's parts; no definition lies deeper.
      if (entry.depth() >= 2) entry.disable_recursion_pending();
      if (entry->is_regular_file(ignored) && entry->path().extension() == ".sql" && entry->file_size(ignored) == 0) {
        visit(entry->path());
      }
    }
  }
}

}  // namespace

base::Result<Folder> Folder::open(const fs::path& path, int patience_ms) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed) {
    return base::fail(base::Code::unavailable, "cannot make the folder {}: {}", path.string(), failed.message());
  }
  chmod(path.c_str(), 0700);
  const int lock = ::open((path / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) {
    return base::fail(base::Code::unavailable, "cannot write in {}: {}; give the user rights there", path.string(),
                      std::strerror(errno));
  }
  Folder folder{path, lock};
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds{patience_ms};
  while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= until) {
      char holder[32] = {};
      const ssize_t size = pread(lock, holder, sizeof holder - 1, 0);
      return base::fail(
          base::Code::conflict,
          "{} is in use by another winback-warehouse (process {}); only one can hold it, end that one first",
          path.string(), size > 0 ? std::string_view{holder, static_cast<std::size_t>(size)} : "unknown");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  const std::string own = std::to_string(getpid());
  if (ftruncate(lock, 0) != 0 || pwrite(lock, own.data(), own.size(), 0) < 0) {
    // Only the name of the holder in an error message depends on it; a full disk must not keep the folder shut.
  }
  WB_TRY(check_format(path));
  fs::create_directories(folder.engine(), failed);
  fs::create_directories(folder.temporary(), failed);
  return folder;
}

Folder::Folder(Folder&& other) noexcept : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

Folder::~Folder() {
  if (lock_ >= 0) close(lock_);
}

std::vector<fs::path> Folder::empty_definitions() const {
  std::vector<fs::path> found;
  each_definition(engine(), [&](const fs::path& path) { found.push_back(path); });
  return found;
}

std::vector<std::string> Folder::mend() const {
  std::vector<std::string> mended;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{temporary(), ignored}) fs::remove_all(entry.path(), ignored);
  for (const fs::path& path : empty_definitions()) {
    fs::remove(path, ignored);
    mended.push_back(path.string());
  }
  return mended;
}

bool Folder::has_room_for_definition() const {
  struct statvfs disk {};
  if (statvfs(path_.c_str(), &disk) != 0) return true;  // the engine will say what is wrong
  const bool counts_files = disk.f_files != 0;
  return static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize >= kRoomForDefinition &&
         (!counts_files || disk.f_favail >= 100);
}

}  // namespace adapter::chdb
