#pragma once

#include <filesystem>
#include <string>

#include "app/backup_manifest.h"
#include "app/context.h"
#include "base/error.h"
#include "base/time.h"

namespace app {

/// Writes a backup of the workspace into the folder, which is made and must not be there; for a name that ends in .tar, into that one
/// file. `winback serve` may run and take events and send meanwhile: see docs/operate.md ("Backups") for why what is in it agrees.
/// What was begun is taken away again when it fails.
base::Result<BackupManifest> back_up(Context& context, const std::filesystem::path& target, base::Instant now);

struct Restored {
  BackupManifest manifest;
  std::size_t paused = 0;  ///< campaigns that ran and stand still now
};

/// Makes a data folder, which must not be there or be empty, of a backup whose checksums are right. Running campaigns are paused,
/// unless `moved` says that the folder the backup is of has sent nothing since. A restore that did not finish leaves a folder that
/// no verb opens.
base::Result<Restored> restore(const CommonOptions& common, const std::filesystem::path& backup, bool moved);

/// The file in a data folder while a restore into it has not finished.
inline constexpr const char* kRestoring = "restore-unfinished";

}  // namespace app
