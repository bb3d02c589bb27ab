#pragma once

#include <vector>

#include "app/channels.h"

namespace app {

/// Push messages: FCM for addresses "fcm:TOKEN", APNs for "apns:TOKEN".
void add_push(std::vector<Provider>& list);

}  // namespace app
