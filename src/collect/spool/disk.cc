#include "collect/spool/disk.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace collect::spool {
namespace {

using base::Code;
using base::Result;

std::unexpected<base::Error> failed(std::string_view doing, const std::string& file, int error) {
  if (error == ENOSPC || error == EDQUOT) {
    return base::fail(Code::exhausted, "the disk is full: {} {} did not work; make room", doing, file);
  }
  return base::fail(error == ENOENT ? Code::not_found : Code::unavailable, "{} {} did not work: {}", doing, file, std::strerror(error));
}

class RealFile final : public AppendFile {
 public:
  RealFile(std::string name, int file) : name_(std::move(name)), file_(file) {}
  ~RealFile() override { close(file_); }
  RealFile(const RealFile&) = delete;
  RealFile& operator=(const RealFile&) = delete;

  Result<void> write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t done = ::write(file_, bytes.data(), bytes.size());
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return failed("writing", name_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return {};
  }
  Result<void> sync() override {
    if (fdatasync(file_) != 0) return failed("making durable", name_, errno);
    return {};
  }
  Result<void> truncate(std::uint64_t size) override {
    if (ftruncate(file_, static_cast<off_t>(size)) != 0) return failed("cutting", name_, errno);
    return {};
  }

 private:
  std::string name_;
  int file_;
};

class Folder final : public Disk {
 public:
  Folder(std::filesystem::path path, int folder) : path_(std::move(path)), folder_(folder) {}
  ~Folder() override { close(folder_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  Result<std::vector<std::string>> list() override {
    std::vector<std::string> names;
    std::error_code problem;
    for (std::filesystem::directory_iterator at{path_, problem}, end; !problem && at != end; at.increment(problem)) {
      names.push_back(at->path().filename().string());
    }
    if (problem) return failed("reading the folder", path_.string(), problem.value());
    std::ranges::sort(names);
    return names;
  }
  Result<std::unique_ptr<AppendFile>> open(std::string_view name) override {
    const int file = openat(folder_, std::string{name}.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return failed("opening", full(name), errno);
    return std::make_unique<RealFile>(full(name), file);
  }
  Result<std::uint64_t> size(std::string_view name) override {
    struct stat about {};
    if (fstatat(folder_, std::string{name}.c_str(), &about, 0) != 0) return failed("looking at", full(name), errno);
    return static_cast<std::uint64_t>(about.st_size);
  }
  Result<std::string> read(std::string_view name, std::uint64_t offset, std::size_t most) override {
    const int file = openat(folder_, std::string{name}.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return failed("opening", full(name), errno);
    std::string bytes(most, '\0');
    std::size_t got = 0;
    while (got < most) {
      const ssize_t step = pread(file, bytes.data() + got, most - got, static_cast<off_t>(offset + got));
      if (step < 0 && errno == EINTR) continue;
      if (step < 0) {
        const int error = errno;
        close(file);
        return failed("reading", full(name), error);
      }
      if (step == 0) break;
      got += static_cast<std::size_t>(step);
    }
    close(file);
    bytes.resize(got);
    return bytes;
  }
  Result<void> remove(std::string_view name) override {
    if (unlinkat(folder_, std::string{name}.c_str(), 0) != 0 && errno != ENOENT) return failed("deleting", full(name), errno);
    return {};
  }
  Result<void> sync_names() override {
    if (fsync(folder_) != 0) return failed("making durable", path_.string(), errno);
    return {};
  }

 private:
  std::string full(std::string_view name) const { return (path_ / name).string(); }
  std::filesystem::path path_;
  int folder_;
};

}  // namespace

Result<std::unique_ptr<Disk>> open_disk(const std::filesystem::path& folder) {
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return failed("making the folder", folder.string(), errno);
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return failed("opening", folder.string(), errno);
  return std::make_unique<Folder>(folder, file);
}

}  // namespace collect::spool
