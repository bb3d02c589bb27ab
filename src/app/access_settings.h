#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "access/oidc.h"
#include "access/sessions.h"
#include "base/error.h"
#include "base/outgoing_url.h"

namespace app {

/// What winback.yaml says of how people and programs come in: console_url, tls, sign_in, oidc.
struct AccessSettings {
  std::string console_url;       ///< https://console.shop.example: where the console is; empty: as the request came
  std::string certificate, key;  ///< PEM files, relative to the data folder; empty: no TLS of our own
  entry::SessionLife life;
  entry::OidcConfig oidc;        ///< without an issuer: none
  base::OutgoingRules oidc_rules;  ///< a provider in the own network is named here
};

/// Reads those keys; the others belong to app::load_settings. Errors name file and line.
base::Result<AccessSettings> load_access_settings(const std::filesystem::path& settings_file);

/// The keys load_access_settings reads, so that the other reader lets them be.
bool is_access_key(std::string_view key);

/// How the program is reached when it listens there: its cookies want TLS except on a loopback address without a proxy.
entry::Reach reach_of(const AccessSettings& settings, std::string_view listen, bool behind_proxy);

}  // namespace app
