#include "adapter/audience/open_file.h"

#include <cstdio>
#include <fstream>
#include <limits>

namespace adapter::audience {
namespace {

using base::Code;
using base::fail;
using base::Result;
using port::AudienceKeys;

class FileAudience final : public port::Audience {
 public:
  explicit FileAudience(std::filesystem::path file) : file_(std::move(file)) {}

  std::string_view name() const override { return "file"; }
  std::size_t most_rows() const override { return std::numeric_limits<std::size_t>::max(); }
  Result<Taken> add(std::span<const AudienceKeys> people) override { return write("add", people); }
  Result<Taken> remove(std::span<const AudienceKeys> people) override { return write("remove", people); }

 private:
  Result<Taken> write(std::string_view action, std::span<const AudienceKeys> people) {
    for (const AudienceKeys& one : people) text_ += fmt::format("{},{},{},{}\n", action, one.email, one.phone, one.id);
    const std::filesystem::path partial = std::filesystem::path{file_}.concat(".part");
    std::ofstream out{partial, std::ios::binary};
    out << text_;
    out.close();
    if (!out || std::rename(partial.c_str(), file_.c_str()) != 0) {
      std::error_code ignored;
      std::filesystem::remove(partial, ignored);
      return fail(Code::exhausted, "{} cannot be written; is there room on the disk, and may this user write there?", file_.string());
    }
    return Taken{people.size(), 0};
  }

  const std::filesystem::path file_;
  std::string text_ = "action,email,phone,extern_id\n";
};

}  // namespace

std::unique_ptr<port::Audience> open_file(const std::filesystem::path& file) { return std::make_unique<FileAudience>(file); }

}  // namespace adapter::audience
