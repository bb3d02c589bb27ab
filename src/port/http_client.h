#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace port {

/// Calls other programs over HTTP, where an operator allows it. Any thread.
class HttpClient {
 public:
  struct Answer {
    int status = 0;
    std::string body;  ///< at most 1 MB
  };

  virtual ~HttpClient() = default;

  /// `invalid_input` for an address that may not be called, `unavailable` when no answer comes.
  virtual base::Result<Answer> get(std::string_view url) = 0;

  /// POSTs a form; user and password go as Basic authentication unless the user is empty.
  virtual base::Result<Answer> post_form(std::string_view url, const std::vector<std::pair<std::string, std::string>>& fields,
                                         std::string_view user, std::string_view password) = 0;
};

}  // namespace port
