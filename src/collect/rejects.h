#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "collect/rows.h"

namespace collect {

/// The rows of one import that could not be used, as rejects.csv (file, line, column, value, reason). The file appears
/// with the first of them, whole when `finish` returned; an older file of that name is replaced. Without a path they
/// are only counted.
class Rejects {
 public:
  Rejects(std::string path, std::string file_name);
  ~Rejects();
  Rejects(const Rejects&) = delete;
  Rejects& operator=(const Rejects&) = delete;

  base::Result<void> add(BadRow row);
  base::Result<void> finish();

  std::uint64_t count() const { return count_; }
  const BadRow& first() const { return first_; }

  /// Reasons with their counts.
  const std::map<std::string, std::uint64_t>& reasons() const { return reasons_; }

 private:
  base::Result<void> write();

  static constexpr std::size_t kMostReasons = 50;
  std::string path_;
  std::string file_name_;
  int descriptor_ = -1;
  std::string pending_;
  std::uint64_t count_ = 0;
  BadRow first_;
  std::map<std::string, std::uint64_t> reasons_;
};

}  // namespace collect
