#pragma once

#include <chrono>
#include <filesystem>
#include <string_view>

#include "base/error.h"
#include "port/act_store.h"

namespace app {

/// What of an erased customer lies in files of the data folder beside store and warehouse goes: rejects of imports (all of them: a bad
/// value does not say whose it was), uploads that were left, and segments of the spool that name them, which are waited for until
/// `winback serve` has worked them off. To be called when the Store has let go of the customer, and before the warehouse does, so
/// that what the spool still brings in is erased with the rest. `conflict` when segments stay because nothing serves the folder.
base::Result<void> erase_from_files(const std::filesystem::path& data, std::string_view customer, port::ActStore& store,
                                    std::chrono::milliseconds patience = std::chrono::seconds{20});

}  // namespace app
