#pragma once

#include <filesystem>
#include <memory>

#include "base/error.h"
#include "port/act_store.h"

namespace adapter::sqlite {

/// Opens the Store in one file, makes it or brings it up to this program's schema. What is committed survives power
/// loss (WAL, synchronous FULL); what is deleted is overwritten. May be used from several threads and several
/// processes; another one's write is waited for five seconds. Errors: `corrupt` for a file that is no store of ours or
/// is damaged, `unsupported` when a newer program wrote it, `conflict` when it stays locked, `exhausted` on a full
/// disk.
base::Result<std::unique_ptr<port::ActStore>> open_sqlite(const std::filesystem::path& file);

/// The same without a file: for rehearsals and tests. Gone with the object.
base::Result<std::unique_ptr<port::ActStore>> open_sqlite_in_memory();

/// Copies a store as it stands at one moment to a file that is not there yet, while others go on using it; the copy is checked and
/// durable when it returns.
base::Result<void> copy_sqlite(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace adapter::sqlite
