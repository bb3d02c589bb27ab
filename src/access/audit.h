#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "access/caller.h"
#include "base/error.h"
#include "port/act_store.h"
#include "port/clock.h"

namespace entry {

/// Writes the audit log: one line for everything that matters, each holding the digest of the one before. Any thread.
class Audit {
 public:
  /// Store and clock outlive this object.
  Audit(port::ActStore& store, const port::Clock& clock) : store_(store), clock_(clock) {}

  /// Adds a line: what was done to which object ("campaign c1"), by whom, with what result. Ids of customers only, no names
  /// or addresses. Call it in the same ActStore::transact as the deed: when it fails, the deed must not happen.
  base::Result<void> record(const Caller& caller, std::string_view action, std::string_view object, std::string_view detail = {},
                            std::string_view result = "done");

 private:
  port::ActStore& store_;
  const port::Clock& clock_;
};

/// The digest a line must have: SHA-256 over its fields, each with its length before it, `previous` first.
std::string digest_of(const model::AuditEntry& entry);

/// What a look through the whole log found.
struct Verified {
  std::uint64_t entries = 0;
  std::string head;        ///< digest of the last line: noted elsewhere, it shows later that nothing was cut off
  std::int64_t broken_at = 0;  ///< id of the first line that does not fit; 0 = none
  std::string why;
};
base::Result<Verified> verify_audit(port::AuditStore& log);

}  // namespace entry
