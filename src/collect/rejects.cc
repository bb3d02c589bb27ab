#include "collect/rejects.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "collect/csv_writer.h"

namespace collect {

using base::Code;
using base::fail;
using base::Result;

Rejects::Rejects(std::string path, std::string file_name) : path_(std::move(path)), file_name_(std::move(file_name)) {}

Rejects::~Rejects() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> Rejects::add(BadRow row) {
  if (++count_ == 1) first_ = row;
  // reasons hold no values, so that they can be counted; a file with very many kinds of fault counts the rest together
  std::string what = row.column.empty() ? row.reason : row.column + " " + row.reason;
  if (reasons_.size() >= kMostReasons && !reasons_.contains(what)) what = "other";
  ++reasons_[what];
  if (path_.empty()) return {};
  const std::string line = std::to_string(row.line);
  if (pending_.empty() && descriptor_ < 0) {
    const std::string_view heading[] = {"file", "line", "column", "value", "reason"};
    append_csv_row(pending_, heading);
  }
  const std::string_view cells[] = {file_name_, line, row.column, row.value, row.reason};
  append_csv_row(pending_, cells);
  if (pending_.size() > 256 * 1024) return write();
  return {};
}

Result<void> Rejects::write() {
  const std::string part = path_ + ".part";
  if (descriptor_ < 0) {
    descriptor_ = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor_ < 0) return fail(Code::exhausted, "{}: cannot be written: {}", part, std::strerror(errno));
  }
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const ssize_t done = ::write(descriptor_, rest.data(), rest.size());
    if (done < 0 && errno != EINTR)
      return fail(Code::exhausted, "{}: cannot be written: {}", part, std::strerror(errno));
    if (done > 0) rest.remove_prefix(static_cast<std::size_t>(done));
  }
  pending_.clear();
  return {};
}

Result<void> Rejects::finish() {
  if (path_.empty() || count_ == 0) return {};
  WB_TRY(write());
  ::close(descriptor_);
  descriptor_ = -1;
  const std::string part = path_ + ".part";
  if (std::rename(part.c_str(), path_.c_str()) != 0) {
    return fail(Code::exhausted, "{}: cannot be written: {}", path_, std::strerror(errno));
  }
  return {};
}

}  // namespace collect
