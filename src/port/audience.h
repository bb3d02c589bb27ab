#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace port {

/// One customer as a provider of advertising may know them: SHA-256 in lower-case hexadecimal digits, empty where there is none.
struct AudienceKeys {
  std::string email, phone, id;
};

/// A list of people at a provider of advertising. For one thread.
class Audience {
 public:
  virtual ~Audience() = default;

  /// "meta", "file", …
  virtual std::string_view name() const = 0;

  /// Rows of one call at most.
  virtual std::size_t most_rows() const = 0;

  struct Taken {
    std::uint64_t received = 0;
    std::uint64_t invalid = 0;  ///< rows the provider could not read
  };

  /// Puts people in, or takes them out; doing either twice changes nothing. `unavailable` when it may work later, and the
  /// provider may have acted on it already; `invalid_input` when a person must mend something first: the sentence says what.
  virtual base::Result<Taken> add(std::span<const AudienceKeys> people) = 0;
  virtual base::Result<Taken> remove(std::span<const AudienceKeys> people) = 0;
};

}  // namespace port
