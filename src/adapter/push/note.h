#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace adapter::push {

/// The token of an address such as "fcm:TOKEN"; `invalid_input`, without the token, where it is none.
base::Result<std::string> device_token(std::string_view address, std::string_view prefix);

/// Whether a payload is no larger than both Google and Apple take (4,096 bytes).
base::Result<void> check_size(std::string_view payload);

}  // namespace adapter::push
