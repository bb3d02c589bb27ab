#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace collect::spool {

/// One file of the folder, open for appending. One thread at a time.
class AppendFile {
 public:
  virtual ~AppendFile() = default;

  /// Appends; after a failure some of the bytes may stand at the end. `exhausted` when the disk is full.
  virtual base::Result<void> write(std::string_view bytes) = 0;

  /// Everything written survives power loss when it returns. After a failure nobody knows what does.
  virtual base::Result<void> sync() = 0;

  /// Cuts the file; what is written next follows there.
  virtual base::Result<void> truncate(std::uint64_t size) = 0;
};

/// Files of one folder, as far as a log needs them: a port, so that tests can tear writes and fail syncs. Any thread may read.
class Disk {
 public:
  virtual ~Disk() = default;
  virtual base::Result<std::vector<std::string>> list() = 0;  ///< names, in their order
  virtual base::Result<std::unique_ptr<AppendFile>> open(std::string_view name) = 0;  ///< made when it is not there
  virtual base::Result<std::uint64_t> size(std::string_view name) = 0;

  /// At most so many bytes from `offset` on; fewer at the end of the file.
  virtual base::Result<std::string> read(std::string_view name, std::uint64_t offset, std::size_t most) = 0;
  virtual base::Result<void> remove(std::string_view name) = 0;

  /// Made and removed names survive power loss when it returns.
  virtual base::Result<void> sync_names() = 0;
};

/// A real folder; made when it is not there, for the owner only.
base::Result<std::unique_ptr<Disk>> open_disk(const std::filesystem::path& folder);

}  // namespace collect::spool
