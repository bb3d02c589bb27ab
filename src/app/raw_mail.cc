#include "app/raw_mail.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <vector>

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kMostBytes = 2 * 1024 * 1024;  // what act::respond::read_report looks at

Result<std::string> read_start(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::string bytes(kMostBytes, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!in && !in.eof()) return fail(Code::unavailable, "{}: cannot be read; has this user the right to?", file.string());
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

/// The files of a folder in the order of their names; Maildir names begin with the time of delivery.
Result<std::vector<fs::path>> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code problem;
  for (fs::directory_iterator at{folder, problem}, end; !problem && at != end; at.increment(problem)) {
    std::error_code unknown;
    if (at->is_regular_file(unknown) && !at->path().filename().string().starts_with('.')) files.push_back(at->path());
  }
  if (problem) return fail(Code::unavailable, "{}: cannot be read: {}", folder.string(), problem.message());
  std::ranges::sort(files);
  return files;
}

/// Messages begin with a line "From …" at the start or after an empty line (RFC 4155).
Result<void> each_of_mbox(const fs::path& file, const MailSink& sink) {
  std::ifstream in{file, std::ios::binary};
  std::string line, message;
  std::size_t number = 0, first = 1;
  bool blank = true, any = false;
  const auto hand_on = [&]() -> Result<void> {
    if (!any) return {};
    WB_TRY(sink(fmt::format("{}:{}", file.string(), first), message));
    message.clear();
    return {};
  };
  while (std::getline(in, line)) {
    ++number;
    if (blank && line.starts_with("From ")) {
      WB_TRY(hand_on());
      any = true;
      first = number;
      blank = false;
      continue;
    }
    blank = line.empty() || line == "\r";
    if (message.size() + line.size() < kMostBytes) message += line + '\n';
  }
  if (in.bad()) return fail(Code::unavailable, "{}: cannot be read", file.string());
  return hand_on();
}

}  // namespace

Result<void> each_mail(const fs::path& path, const MailSink& sink) {
  std::error_code problem;
  if (!fs::exists(path, problem)) return fail(Code::not_found, "there is no file or folder {}", path.string());
  if (fs::is_directory(path, problem)) {
    const bool maildir = fs::is_directory(path / "new", problem) || fs::is_directory(path / "cur", problem);
    for (const fs::path& folder : maildir ? std::vector{path / "new", path / "cur"} : std::vector{path}) {
      if (!fs::is_directory(folder, problem)) continue;
      WB_ASSIGN(const auto files, files_in(folder));
      for (const fs::path& file : files) {
        WB_ASSIGN(const std::string raw, read_start(file));
        WB_TRY(sink(file.string(), raw));
      }
    }
    return {};
  }
  WB_ASSIGN(const std::string raw, read_start(path));
  if (raw.starts_with("From ")) return each_of_mbox(path, sink);
  return sink(path.string(), raw);
}

Result<std::size_t> take_new_mail(const fs::path& maildir, std::size_t limit, const MailSink& sink) {
  std::error_code problem;
  if (!fs::is_directory(maildir / "new", problem))
    return fail(Code::not_found, "winback.yaml, mail: bounces is no Maildir: there is no folder {}", (maildir / "new").string());
  WB_ASSIGN(auto files, files_in(maildir / "new"));
  if (files.size() > limit) files.resize(limit);
  fs::create_directories(maildir / "cur", problem);
  std::size_t taken = 0;
  std::optional<base::Error> first;
  for (const fs::path& file : files) {
    const Result<void> done = [&]() -> Result<void> {
      WB_ASSIGN(const std::string raw, read_start(file));
      WB_TRY(sink(file.string(), raw));
      std::error_code refused;
      fs::rename(file, maildir / "cur" / (file.filename().string() + ":2,S"), refused);
      if (refused) return fail(Code::unavailable, "{}: cannot be moved to cur/: {}", file.string(), refused.message());
      return {};
    }();
    if (done) ++taken;
    else if (!first) first = done.error();
  }
  if (first) return std::unexpected(*first);
  return taken;
}

}  // namespace app
