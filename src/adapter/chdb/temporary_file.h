#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace adapter::chdb {

/// A file of the child's own for one request, gone with the object. Its path needs no quoting in SQL when the folder's
/// does not: quotes and backslashes in it are escaped by `path`.
class TemporaryFile {
 public:
  TemporaryFile(const std::filesystem::path& folder, std::string_view ending);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  /// False when the disk takes no more.
  bool append(std::string_view bytes);

  /// The path, fit to stand between single quotes in SQL.
  std::string path() const;

  /// Hands the whole file over; false when it cannot be read or `write` refuses.
  bool send(const std::function<bool(std::string_view)>& write) const;

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

}  // namespace adapter::chdb
