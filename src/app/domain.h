#pragma once

#include "app/act_settings.h"
#include "app/desk.h"
#include "base/error.h"
#include "port/channel.h"
#include "text/language.h"

namespace app {

/// Fails with what to publish while SPF, DKIM, DMARC or the way back of bounces are not in order. Nothing is asked where
/// no mail server is set, or it is one of this machine.
base::Result<void> need_domain(const ActSettings& settings, text::Language language);

/// Sends a copy of each letter, written for an invented customer, to the workspace's seed addresses.
base::Result<void> send_to_seeds(Desk& desk, const std::vector<std::string>& letters, base::Instant now);

/// Sends one letter to one address, marked as a test.
base::Result<model::Outcome> send_test(Desk& desk, port::Channel& mail, const std::string& letter, const std::string& address,
                                       const act::letter::LetterData& data, base::Instant now);

}  // namespace app
