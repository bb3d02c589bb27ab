#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace port {

/// Calls other programs over HTTP, where an operator allows it. Redirects are not followed. Any thread.
class HttpClient {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  struct Answer {
    int status = 0;
    std::string body;  ///< at most 1 MB
    Fields headers;    ///< names in lower case
  };

  struct Request {
    std::string method = "GET";
    std::string url;
    Fields headers;    ///< Content-Type among them where there is a body
    std::string body;
    bool http2 = false;  ///< the server speaks nothing else (APNs); over TLS only
  };

  /// What became of one request.
  struct Exchange {
    std::optional<Answer> answer;
    bool forbidden = false;         ///< without an answer: such an address or header is not called, and never will be
    bool may_have_arrived = false;  ///< without an answer: the request may have reached the server
    std::string problem;            ///< without an answer: why, in one sentence, without the request's contents
  };

  virtual ~HttpClient() = default;

  /// `invalid_input` for an address that may not be called, `unavailable` when no answer comes.
  virtual base::Result<Answer> get(std::string_view url) = 0;

  /// POSTs a form; user and password go as Basic authentication unless the user is empty.
  virtual base::Result<Answer> post_form(std::string_view url, const Fields& fields, std::string_view user,
                                         std::string_view password) = 0;

  /// Sends each request once, also where a kept connection breaks, several at a time, and gives what became of them in their order.
  virtual std::vector<Exchange> exchange(std::span<const Request> requests) = 0;
};

}  // namespace port
