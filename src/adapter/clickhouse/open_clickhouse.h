#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "port/parquet.h"
#include "port/warehouse.h"

namespace adapter::clickhouse {

/// Where the warehouse is. With an empty `url` it is local: the folder `data_dir`/warehouse, held by a child process
/// that starts when first needed, is shared by every program on the folder and ends by itself.
struct Config {
  std::string url;  ///< "http://host:8123"; empty = local
  std::string user;
  std::string password;
  std::string database = "winback";
  std::filesystem::path data_dir;          ///< of the workspace; local only
  std::filesystem::path child_executable;  ///< winback-warehouse; empty = beside this program
  std::filesystem::path library;           ///< libchdb.so; empty = the child looks for it
  std::uint64_t memory_bytes = 0;          ///< of the local engine; 0 = half the machine's
  double idle_seconds = 30;                ///< how long the child outlives its last client
};

/// Opens the warehouse and makes its database. The object may be used from several threads at once. Local: a child that
/// died is started again by the next call, and the call is repeated once.
base::Result<std::unique_ptr<port::Warehouse>> open_clickhouse(const Config& config);

/// Parquet through the local child of `data_dir`, wherever the facts are; the child starts with the first file.
base::Result<std::unique_ptr<port::Parquet>> open_parquet(const Config& config);

}  // namespace adapter::clickhouse
