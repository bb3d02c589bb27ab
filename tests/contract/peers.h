#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "adapter/clickhouse/open_clickhouse.h"
#include "tests/support/places.h"

namespace tests {

/// The winback-warehouse this build made.
std::filesystem::path child_program();

/// Whether libchdb is installed where the child finds it; tests that need it skip aloud without.
bool engine_is_here();

/// A config for a local warehouse in the folder, whose child ends soon after its last client.
adapter::clickhouse::Config local_config(const std::filesystem::path& data_dir);

/// Whether the process still runs (one that ended and waits to be reaped does not).
bool runs(pid_t process);

/// The process that holds the local warehouse of a data folder; 0 when there is none.
pid_t child_of(const std::filesystem::path& data_dir);

/// Ends the child of a data folder and waits until it is gone.
void end_child(const std::filesystem::path& data_dir, int signal);

/// Runs the child's program in the foreground and gives its exit status and what it said on stderr.
struct Ran {
  int status = 0;
  std::string said;
};
Ran run_child(const std::vector<std::string>& arguments);

/// A data folder whose child ends with the object.
class LocalFolder {
 public:
  LocalFolder() = default;
  ~LocalFolder();
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

/// winback-warehouse as a server of its own on a TCP port with a password; shares no folder with the test.
class RemotePeer {
 public:
  RemotePeer();
  ~RemotePeer();
  RemotePeer(const RemotePeer&) = delete;
  RemotePeer& operator=(const RemotePeer&) = delete;
  adapter::clickhouse::Config config() const;
  int port() const { return port_; }

 private:
  TemporaryFolder folder_;
  pid_t process_ = 0;
  int port_ = 0;
};

}  // namespace tests

#define WB_NEED_ENGINE() \
  if (!::tests::engine_is_here()) GTEST_SKIP() << "skipped: the engine libchdb.so is not installed"
