#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace adapter::chdb {

/// The version of the data folder this program writes and reads.
inline constexpr int kFolderFormat = 1;

/// A warehouse folder that this process alone holds until the object ends.
class Folder {
 public:
  /// Makes or opens the folder and locks it. Waits `patience_ms` for a predecessor that is ending. Errors: `conflict`
  /// when another process holds it, `unsupported` for another format, `corrupt` when it is no folder of ours.
  static base::Result<Folder> open(const std::filesystem::path& path, int patience_ms);
  Folder(Folder&& other) noexcept;
  Folder(const Folder&) = delete;
  ~Folder();

  std::filesystem::path engine() const { return path_ / "engine"; }
  std::filesystem::path temporary() const { return path_ / "tmp"; }

  /// Empties tmp/ and removes table definitions of no bytes, which a full disk leaves behind and over which the engine
  /// refuses to start. Returns what was removed.
  std::vector<std::string> mend() const;

  /// Definitions of no bytes that exist now.
  std::vector<std::filesystem::path> empty_definitions() const;

  /// Whether the disk still has room for a definition: on a full one the engine reports success and writes nothing.
  bool has_room_for_definition() const;

 private:
  Folder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::filesystem::path path_;
  int lock_;
};

}  // namespace adapter::chdb
