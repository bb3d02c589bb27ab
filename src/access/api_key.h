#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "port/act_store.h"

namespace entry {

/// What keys can open; every scope in api/openapi.yaml is one of them.
std::span<const std::string_view> scopes();

/// What a key opens when nobody says: what keys could before there were scopes.
std::vector<std::string> usual_scopes();

/// Makes a key for a program and keeps its digest. The key is 32 random bytes, "wb_" and 64 hexadecimal digits; this is
/// the only time anyone sees it. `conflict` when a living key has the name, `invalid_input` for a scope there is not.
base::Result<std::string> make_api_key(std::string_view name, port::KeyStore& keys, base::Instant now,
                                       std::vector<std::string> opens = usual_scopes(), std::string_view created_by = "terminal");

/// The living key that `presented` is; nothing for any other text. Every stored digest is compared, each in constant time,
/// so that the time taken says nothing about how near a guess came.
base::Result<std::optional<model::ApiKey>> known_api_key(std::string_view presented, port::KeyStore& keys);

bool opens(const model::ApiKey& key, std::string_view scope);

}  // namespace entry
