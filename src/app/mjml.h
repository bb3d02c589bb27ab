#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"

namespace app {

/// Compiles letters from MJML to HTML when they are edited, with node and the script that lies beside the program.
/// Results are kept by the hash of what they were made from. Safe from several threads and processes.
class Mjml {
 public:
  struct Config {
    std::filesystem::path script;                 ///< empty: mjml/mjml.cjs beside the program
    std::filesystem::path cache;                  ///< DATA/letters-cache; made when it is first needed
    std::string node = "node";                    ///< looked for in PATH
    std::chrono::milliseconds limit{20'000};      ///< for one letter
  };

  /// Knows the parts the program ships ("head", "top", "foot").
  explicit Mjml(Config config);

  /// A part of the user's own, in place of a shipped one of that name.
  void set_part(std::string name, std::string text) { parts_.insert_or_assign(std::move(name), std::move(text)); }

  /// The HTML of a letter, with the lines on its top as they were. An error names `file` and the line, or says that node
  /// is missing or took too long.
  base::Result<std::string> compile(std::string_view file, std::string_view text) const;

 private:
  base::Result<std::string> run(const std::string& input) const;

  Config config_;
  std::map<std::string, std::string> parts_;
};

}  // namespace app
