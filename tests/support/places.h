#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tests {

/// Sanitizers keep freed memory back, so peaks of memory mean nothing under them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

/// The repository's root.
std::filesystem::path source_dir();

/// Where the build put its programs.
std::filesystem::path binary_dir();

/// A file or folder of the shared data (WINBACK_SHARED, default ../shared beside the repository), or nothing when it is
/// absent: then say so aloud with WB_NEED_SHARED.
std::optional<std::filesystem::path> shared(std::string_view path);

/// A fresh folder, removed with everything in it when the object ends.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The whole file; the test fails when it cannot be read.
std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace tests

/// Declares `name` as the path of a shared file, or skips the test with a sentence that names it.
#define WB_NEED_SHARED(name, relative)                                                    \
  const auto name##_place_ = ::tests::shared(relative);                                   \
  if (!name##_place_) GTEST_SKIP() << "skipped: shared/" << (relative) << " is not here"; \
  const std::filesystem::path name = *name##_place_
