#pragma once

#include <string_view>

#include "act/respond/token.h"
#include "app/bounce_intake.h"
#include "app/reply_intake.h"

namespace app {

/// Takes one raw message that came to the address letters are answered at: a report of a server or provider as take_bounce
/// does, else what a person wrote, when it answers one of our letters (by the signed address it came to, or by In-Reply-To or References).
/// Anything else is only counted. Call it within a transaction.
base::Result<void> take_mail(std::string_view raw, const ReplyTools& tools, const act::respond::Sign& sign, base::Instant now,
                             BounceCounts& counts);

}  // namespace app
