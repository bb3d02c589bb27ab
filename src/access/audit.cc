#include "access/audit.h"

#include "base/hash.h"

namespace entry {

using base::Result;
using model::AuditEntry;

namespace {

constexpr std::size_t kLongest = 500;

/// Control characters would forge lines wherever the log is printed.
std::string clean(std::string_view text) {
  std::string out{text.substr(0, kLongest)};
  while (out.size() < text.size() && !out.empty() && (static_cast<unsigned char>(text[out.size()]) & 0xC0) == 0x80) out.pop_back();
  for (char& c : out) c = static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return out;
}

}  // namespace

std::string digest_of(const AuditEntry& entry) {
  std::string bytes;
  const auto add = [&](std::string_view field) { bytes += fmt::format("{}:{}", field.size(), field); };
  add(entry.previous);
  add(std::to_string(base::millis(entry.at)));
  add(entry.who);
  add(std::to_string(entry.user_id));
  add(std::to_string(entry.key_id));
  add(entry.address);
  add(entry.action);
  add(entry.object);
  add(entry.detail);
  add(entry.result);
  return base::to_hex(base::sha256(bytes));
}

Result<void> Audit::record(const Caller& caller, std::string_view action, std::string_view object, std::string_view detail, std::string_view result) {
  AuditEntry entry{.at = clock_.now(),
                   .who = clean(caller.name),
                   .user_id = caller.user_id,
                   .key_id = caller.key_id,
                   .address = clean(caller.address),
                   .action = clean(action),
                   .object = clean(object),
                   .detail = clean(detail),
                   .result = clean(result)};
  return store_.transact([&]() -> Result<void> {
    WB_ASSIGN(const auto last, store_.audit().last_digest());
    entry.previous = last.value_or("");
    entry.digest = digest_of(entry);
    return store_.audit().append(entry);
  });
}

Result<Verified> verify_audit(port::AuditStore& log) {
  Verified found;
  std::int64_t last = 0;
  for (;;) {
    WB_ASSIGN(const auto page, log.after(last, 1000));
    if (page.empty()) return found;
    for (const AuditEntry& entry : page) {
      const auto broken = [&](std::string_view why) {
        found.broken_at = entry.id;
        found.why = why;
        return found;
      };
      if (entry.id != last + 1) return broken("lines before it are missing");
      if (entry.previous != found.head) return broken("it does not follow the line before it");
      if (entry.digest != digest_of(entry)) return broken("it was changed");
      found.head = entry.digest;
      ++found.entries;
      last = entry.id;
    }
  }
}

}  // namespace entry
