#pragma once

#include <cstdint>
#include <string_view>

#include "act/deliver/conductor.h"
#include "act/respond/token.h"
#include "base/error.h"
#include "port/act_store.h"

namespace app {

/// What became of messages that came back.
struct BounceCounts {
  std::uint64_t messages = 0;
  std::uint64_t hard = 0;         ///< the address is suppressed
  std::uint64_t soft = 0;         ///< counted; too many in a row suppress
  std::uint64_t complained = 0;   ///< suppressed and opted out
  std::uint64_t opted_out = 0;
  std::uint64_t known = 0;        ///< reported before
  std::uint64_t unknown = 0;      ///< about letters that are not ours
  std::uint64_t no_report = 0;    ///< answers of people, holiday notices, deliveries
  std::uint64_t replies = 0;      ///< people who answered a letter (take_mail)
  std::uint64_t auto_replies = 0; ///< machines that did
};

/// Takes one raw message that came to a bounce or complaint address (act::respond::read_report): finds the letter by its
/// signed reference, else by its Message-ID, and tells the conductor, once for each letter and kind of report. Reports
/// about unknown letters are only counted. Call it within a transaction.
base::Result<void> take_bounce(std::string_view raw, port::ActStore& store, const act::respond::Sign& sign,
                               act::deliver::Conductor& conductor, base::Instant now, BounceCounts& counts);

}  // namespace app
