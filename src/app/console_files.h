#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace app {

/// The console's files, packed into the program. Immutable after it is made; any thread.
class ConsoleFiles {
 public:
  ConsoleFiles();

  /// What a GET or HEAD outside the routes gets: a file of the console, its page for every other address (the console reads
  /// it), or 404 for a file that is not there. Nothing for other methods and for addresses of programs (/api, /v1).
  std::optional<http::Response> answer(const http::Request& request) const;

  /// The page with a nonce of its own, which its policy names.
  http::Response page() const;

 private:
  std::string before_nonce_;  // the page's text, cut where the nonce goes
  std::string after_nonce_;
};

/// The policy of the page: scripts and connections to this program only, styles from it or with this nonce.
std::string console_policy(std::string_view nonce);

/// The text of gzip bytes packed into the program; they are whole, so nothing can fail.
std::string unpacked(std::string_view gzip);

}  // namespace app
