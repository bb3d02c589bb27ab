#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/notice.h"

namespace port {

/// Reads what one provider tells us over HTTP: receipts, replies, opt-outs. Any thread.
class Callback {
 public:
  /// The provider's request as it came. `url` is the public address the provider called, query included: some sign it.
  struct Request {
    std::string method;
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
  };

  virtual ~Callback() = default;

  /// The channel it speaks of: "sms", "email", …
  virtual std::string_view channel() const = 0;

  /// "twilio", "aliyun", "ses", …: the last part of the address it is called at.
  virtual std::string_view provider() const = 0;

  /// Verifies the signature first, over the raw bytes; `invalid_input` when it is not the provider's (or too old), and
  /// nothing was read then. What is signed but of no interest gives no notices.
  virtual base::Result<model::Told> read(const Request& request, base::Instant now) = 0;
};

}  // namespace port
