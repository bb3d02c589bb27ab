#pragma once

#include <string>

#include "act/deliver/domain_check.h"

namespace act::deliver {

/// Whether receivers find our sending hosts in the SPF record of the envelope's domain (RFC 7208).
DomainFinding check_spf(port::Dns& dns, const SendingSetup& setup, const std::string& domain);

}  // namespace act::deliver
