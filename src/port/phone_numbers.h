#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace port {

/// Telephone numbers of every country: how they are written, and whose they are. Any thread.
class PhoneNumbers {
 public:
  virtual ~PhoneNumbers() = default;

  /// The number as "+" and digits (E.164), from any usual writing. `region` (ISO 3166, "CN") is where a number without its country
  /// belongs; empty: such a number is none. `invalid_input` when it is no number that could be given out there; the error does not
  /// repeat it.
  virtual base::Result<std::string> e164(std::string_view written, std::string_view region) const = 0;

  /// Whether text messages can reach it: a mobile number, or one of a country whose mobile numbers look like the others.
  virtual bool is_mobile(std::string_view e164) const = 0;

  /// The region of a number in E.164, "HK"; empty when it has none.
  virtual std::string region_of(std::string_view e164) const = 0;
};

}  // namespace port
