#include "tests/support/places.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace tests {

namespace fs = std::filesystem;

fs::path source_dir() { return WB_SOURCE_DIR; }
fs::path binary_dir() { return WB_BINARY_DIR; }

std::optional<fs::path> shared(std::string_view path) {
  const char* root = std::getenv("WINBACK_SHARED");
  const fs::path full = (root != nullptr ? fs::path{root} : source_dir() / ".." / "shared") / path;
  if (!fs::exists(full)) return std::nullopt;
  return full;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "winback-test-XXXXXX").string();
  EXPECT_NE(mkdtemp(name.data()), nullptr);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string read_file(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  EXPECT_TRUE(in) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream out{path, std::ios::binary};
  out << bytes;
  EXPECT_TRUE(out) << path;
}

}  // namespace tests
