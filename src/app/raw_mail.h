#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string_view>

#include "base/error.h"

namespace app {

/// Takes one message as a mail server delivered it: where it stood, and its bytes (at most two megabytes of them).
using MailSink = std::function<base::Result<void>(std::string_view where, std::string_view raw)>;

/// Every message of a file (one message, or an mbox of them), a Maildir (new/ and cur/) or a plain folder of messages.
/// Nothing there is changed.
base::Result<void> each_mail(const std::filesystem::path& path, const MailSink& sink);

/// Hands at most `limit` messages of a Maildir's new/ to the sink and moves each to cur/ when the sink has taken it: after
/// a crash in between it comes again. Gives how many were taken. One that cannot be read or moved stops nothing: its error
/// is given at the end.
base::Result<std::size_t> take_new_mail(const std::filesystem::path& maildir, std::size_t limit, const MailSink& sink);

}  // namespace app
