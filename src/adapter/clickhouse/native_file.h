#pragma once

#include <cstdint>
#include <filesystem>

#include "base/block.h"
#include "base/error.h"

namespace adapter::clickhouse {

/// Hands the blocks of a file in ClickHouse's Native format to the sink and gives how many rows they hold. Memory stays at a block.
/// `not_found` when it cannot be opened, `corrupt` when it ends in the middle or holds what we have no column for.
base::Result<std::uint64_t> read_native_file(const std::filesystem::path& file, const base::BlockSink& sink);

}  // namespace adapter::clickhouse
