#pragma once

#include <cstdint>
#include <string>

namespace tests {

struct HttpAnswer {
  int status = 0;  ///< 0: none came
  std::string text;  ///< head and body
};

/// One request to a server on 127.0.0.1, on a connection of its own. Waits ten seconds at most.
HttpAnswer http_call(std::uint16_t port, const std::string& method, const std::string& path, const std::string& body = {},
                     const std::string& more_headers = {});

}  // namespace tests
