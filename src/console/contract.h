#pragma once

#include <memory>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace console {

/// What api/openapi.yaml says a request of one operation may hold. Any thread.
class Contract {
 public:
  /// Of an operation; one that is not in the contract aborts: it is a mistake of ours.
  Contract(std::string_view method, std::string_view pattern);
  ~Contract();
  Contract(Contract&&) noexcept;

  /// `invalid_input` with the sentence that names the field for what the contract does not allow: a needed field left out, a wrong
  /// type, a word that is none of those there are, too long, out of its range, a body that is no JSON object or nested more than 64
  /// deep. Fields the contract does not know are let be; an empty query field, and null for a field that is not needed, mean it was
  /// left out. An id in the path longer than any is `not_found`.
  base::Result<void> check(const http::Request& request) const;

 private:
  struct Schemas;
  std::unique_ptr<Schemas> schemas_;
};

}  // namespace console
