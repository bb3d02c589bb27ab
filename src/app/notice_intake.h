#pragma once

#include <string_view>

#include "app/reply_intake.h"
#include "act/respond/token.h"
#include "model/notice.h"

namespace app {

/// What became of one thing a provider told us.
enum class NoticeFate { taken, known, early, stranger };
std::string_view name_of(NoticeFate fate);

/// Takes one notice in, once for its key, within a transaction. An event of a message nobody knows is kept for some minutes
/// (`early`): it may have overtaken our own commit. `stranger`: it is about an address of nobody's.
base::Result<NoticeFate> take_notice(const model::Notice& notice, std::string_view provider, std::string_view channel,
                                     const ReplyTools& tools, const act::respond::Sign& sign, base::Instant now);

/// Tries early events again, each in a transaction of its own, and lets go of those older than ten minutes. Gives how many were taken.
base::Result<std::size_t> take_early(port::ActStore& store, act::deliver::Conductor& conductor, const act::respond::Sign& sign,
                                     base::Instant now);

}  // namespace app
