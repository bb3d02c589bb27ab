#pragma once

#include <filesystem>
#include <string>

#include "adapter/clickhouse/open_clickhouse.h"
#include "base/error.h"

namespace adapter::clickhouse {

/// The folder of the local warehouse in a workspace.
std::filesystem::path warehouse_folder(const Config& config);

/// The Unix socket of that folder: inside it, or, where that path is too long for a socket, in a private runtime folder
/// under a name made from it. Every program on the folder comes to the same path.
base::Result<std::string> warehouse_socket(const Config& config);

/// Makes sure a child serves the folder: does nothing when one answers, else starts one, detached, under a lock file so
/// that programs starting together start one. The error is the child's own sentence.
base::Result<void> ensure_child(const Config& config, const std::string& socket);

}  // namespace adapter::clickhouse
