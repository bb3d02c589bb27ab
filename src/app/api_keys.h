#pragma once

#include "access/api_key.h"

namespace app {

using entry::known_api_key;
using entry::make_api_key;

}  // namespace app
