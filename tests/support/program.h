#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/places.h"

namespace tests {

/// What a run of the program did.
struct Ran {
  int status = -1;
  std::string out;
  std::string err;
};

/// A data folder and the built `winback` on it. The warehouse child of the folder ends with this object.
class Program {
 public:
  Program();
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Runs `winback ARGUMENTS… --data FOLDER` in an empty working folder of its own.
  Ran operator()(std::vector<std::string> arguments) const;

  std::filesystem::path data() const { return folder_.path() / "data"; }
  std::filesystem::path here() const { return folder_.path() / "here"; }

 private:
  TemporaryFolder folder_;
};

}  // namespace tests
