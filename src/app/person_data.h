#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "act/deliver/conductor.h"
#include "base/error.h"
#include "port/act_store.h"
#include "port/warehouse.h"

namespace app {

/// Erases a customer everywhere: journeys end, what names or describes them goes from the Store (port::PeopleStore::erase)
/// from files of the data folder (erase_from_files) and from the warehouse, down to the bytes of the files. What stays, under the bare id: orders, decisions, what was sent
/// when, that they must not be written to, and HMACs of their addresses. Gives how many journeys ended. Takes some
/// seconds: the warehouse has to let go of old files.
base::Result<std::uint64_t> erase_person(std::string_view customer, port::ActStore& store, port::Warehouse& warehouse,
                                         act::deliver::Conductor& conductor, const std::filesystem::path& data, base::Instant now);

/// The warehouse's part of it.
base::Result<void> erase_from_warehouse(std::string_view customer, port::Warehouse& warehouse);

/// Everything held about a customer as one JSON object. `not_found` when nothing is.
base::Result<std::string> export_person(std::string_view customer, port::ActStore& store, port::Warehouse& warehouse);

}  // namespace app
