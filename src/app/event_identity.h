#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "port/act_store.h"

namespace app {

/// An address that more ids than this carry (a shop's own, a placeholder) says nothing about who somebody is.
inline constexpr std::size_t kMostIdsOfAnAddress = 5;

/// A visitor without a name turned out to be this user. One who was somebody else already (a shared browser) stays with the first; that
/// is noted and nothing is merged. True when they were joined.
base::Result<bool> meet_anonymous(std::string_view user, std::string_view anonymous, port::ActStore& store, base::Instant now);

/// Two ids are one person, because the shop says so (alias) or they share an address. The stricter consent holds, of two entries into one
/// campaign the earlier stays and the later ends, and both ids reach the person from now on. True when that is new.
base::Result<bool> join_people(std::string_view person, std::string_view other, std::string_view why, port::ActStore& store, base::Instant now);

/// Everyone who shares this address with the customer becomes one person with them.
base::Result<bool> join_by_address(std::string_view customer, std::string_view channel, std::string_view address, port::ActStore& store,
                                   base::Instant now);

}  // namespace app
