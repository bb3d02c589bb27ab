#pragma once

#include "adapter/sqlite/database.h"
#include "model/campaign.h"

namespace adapter::sqlite {

/// A row of the outbox, in the order sql/store/outbox.sql names its columns.
model::Message read_message(const Statement& row);

}  // namespace adapter::sqlite
