#pragma once

#include <string_view>
#include <vector>

#include "app/channels.h"
#include "port/phone_numbers.h"

namespace app {

/// Text messages: Twilio and Aliyun. Each may be limited to `countries`; of several the first that takes a number sends to it.
void add_sms(std::vector<Provider>& list);

/// The plans of telephone numbers; lives as long as the program.
const port::PhoneNumbers& phone_numbers();

}  // namespace app
