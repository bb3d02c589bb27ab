#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace app {

/// What a backup holds: `manifest.json` in its folder, written last. Without it the folder is no backup.
struct BackupManifest {
  static constexpr int kFormat = 1;

  struct File {
    std::string path;  ///< relative, "store.sqlite", "spool/…", "warehouse/…", "files/…"
    std::uint64_t bytes = 0;
    std::string sha256;
  };
  struct Table {
    std::string name;
    std::string definition;  ///< the engine's CREATE statement
    std::string file;        ///< one of `files`; empty for a view
    std::uint64_t rows = 0;
  };

  std::string program;    ///< the version that wrote it
  std::string workspace;  ///< its id
  std::string began_at;   ///< everything acknowledged before this moment is in it
  std::vector<File> files;
  std::vector<Table> tables;  ///< and views, in an order in which they can be made

  std::uint64_t rows() const;
  std::uint64_t bytes() const;
  std::size_t tables_with_rows() const;  ///< tables without the views
};

/// The size and SHA-256 of a file.
base::Result<BackupManifest::File> measure_file(const std::filesystem::path& folder, const std::string& path);

/// Durable when it returns.
base::Result<void> write_manifest(const std::filesystem::path& folder, const BackupManifest& manifest);

/// Reads it and compares every file with it; `corrupt` names the first that differs, `unsupported` a newer form.
base::Result<BackupManifest> read_checked_manifest(const std::filesystem::path& folder);

/// fsync of a file or of a folder's names.
base::Result<void> make_durable(const std::filesystem::path& path);

/// The program's version, as `--version` says it.
inline constexpr const char* kProgramVersion = "0.1.0";

}  // namespace app
