#include "adapter/chdb/temporary_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

namespace adapter::chdb {

TemporaryFile::TemporaryFile(const std::filesystem::path& folder, std::string_view ending) {
  static std::atomic<std::uint64_t> count{0};
  path_ = folder / fmt::format("request-{}.{}", ++count, ending);
}

TemporaryFile::~TemporaryFile() {
  if (file_ >= 0) close(file_);
  unlink(path_.c_str());
}

bool TemporaryFile::append(std::string_view bytes) {
  if (file_ < 0) file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file_ < 0) return false;
  while (!bytes.empty()) {
    const ssize_t size = write(file_, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

std::string TemporaryFile::path() const {
  std::string text;
  for (const char c : path_.string()) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

bool TemporaryFile::send(const std::function<bool(std::string_view)>& write) const {
  const int file = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  std::string piece(1 << 20, '\0');
  bool whole = false;
  for (;;) {
    const ssize_t size = read(file, piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    whole = size == 0;
    if (size <= 0 || !write({piece.data(), static_cast<std::size_t>(size)})) break;
  }
  close(file);
  return whole;
}

}  // namespace adapter::chdb
