#pragma once

#include <memory>

#include "port/phone_numbers.h"

namespace adapter::phone {

/// Google's libphonenumber with the plans of numbers it was released with.
std::unique_ptr<port::PhoneNumbers> open_phone();

}  // namespace adapter::phone
