#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace liquid {

/// Why reading or rendering stopped. Thrown and caught inside this folder only: `parse` and `render` turn it into an
/// Error that names the place. A rendering that succeeds pays nothing for it.
struct Failure {
  static constexpr std::uint32_t kHere = 0xFFFFFFFF;  ///< wherever the rendering is

  base::Code code = base::Code::invalid_input;
  std::string sentence;
  std::uint32_t at = kHere;  ///< offset in the template's text
};

}  // namespace liquid
