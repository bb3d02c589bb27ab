#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/router.h"

namespace app {

/// The console's files, packed into the program. Immutable after it is made; any thread.
class ConsoleFiles {
 public:
  ConsoleFiles();

  /// What a GET or HEAD outside the routes gets: a file of the console, its page for every other address (the console reads
  /// it), or 404 for a file that is not there. Nothing for other methods and for addresses of programs (/api, /v1).
  std::optional<http::Response> answer(const http::Request& request) const;

  /// Answers what no route of the router does: the console's addresses as above, all else as the contract's 404. To be called
  /// after the pages customers reach have been mounted; this object outlives the router.
  void mount(http::Router& router) const;

  /// The page with a nonce of its own, which its policy names.
  http::Response page() const;

 private:
  std::string before_nonce_;  // the page's text, cut where the nonce goes
  std::string after_nonce_;
};

/// The text of gzip bytes packed into the program; they are whole, so nothing can fail.
std::string unpacked(std::string_view gzip);

}  // namespace app
