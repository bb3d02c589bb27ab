#pragma once

#include <string>
#include <string_view>

#include "port/http_client.h"

namespace port {

/// The first header of this name, whatever its case; empty when there is none.
std::string header(const HttpClient::Fields& headers, std::string_view name);

/// A provider's words fit for a detail: one line of at most 200 bytes without e-mail addresses and without runs of six and more digits.
std::string without_addresses(std::string_view text);

}  // namespace port
