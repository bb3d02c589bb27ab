#include "app/archive.h"

#include <string>
#include <vector>

#include <cstring>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/backup_manifest.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;

namespace {

Result<void> tar(std::vector<std::string> arguments, const std::filesystem::path& file) {
  std::vector<char*> raw;
  for (std::string& one : arguments) raw.push_back(one.data());
  raw.push_back(nullptr);
  pid_t child = -1;
  if (const int problem = posix_spawnp(&child, "tar", nullptr, nullptr, raw.data(), environ); problem != 0) {
    return fail(Code::unavailable, "the program tar cannot be started ({}); name a folder instead of a .tar file", std::strerror(problem));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return fail(Code::exhausted, "tar could not do its work on {}; what it wrote above says why", file.string());
}

}  // namespace

Result<void> pack(const std::filesystem::path& folder, const std::filesystem::path& file) {
  WB_TRY(tar({"tar", "--create", "--file", file.string(), "--force-local", "--directory", folder.string(), "."}, file));
  std::error_code problem;
  std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, problem);
  return make_durable(file);
}

Result<void> unpack(const std::filesystem::path& file, const std::filesystem::path& folder) {
  return tar({"tar", "--extract", "--file", file.string(), "--force-local", "--no-same-owner", "--directory", folder.string()}, file);
}

}  // namespace app
