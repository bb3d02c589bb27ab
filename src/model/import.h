#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace model {

/// Facts go to the warehouse; consents, redemptions, codes, tickets and calls to the Store, which brings what was said to the warehouse.
enum class ImportKind : std::uint8_t { orders, customers, products, events, spend, consents, redemptions, codes, feedback, tickets, calls };

/// One file brought in. `fingerprint` names the file's bytes together with every option that changes their meaning.
struct Import {
  std::uint32_t id = 0;
  ImportKind kind = ImportKind::orders;
  std::string file_name;  ///< as given, without folders
  std::string fingerprint;
  std::string source;  ///< the shop system or file family the ids belong to
  base::Instant started_at;
  std::optional<base::Instant> finished_at;
  std::optional<base::Instant> undone_at;
  std::uint64_t rows_read = 0;
  std::uint64_t rows_kept = 0;
  std::uint64_t rows_rejected = 0;
  std::optional<base::Day> first_day;  ///< of the facts in it
  std::optional<base::Day> last_day;
  std::string summary_json;  ///< what was found in it, as printed
};

/// A way to reach a customer. Lives in the Store only, never in the warehouse.
struct ContactPoint {
  std::string customer_id;
  std::string channel;  ///< email, sms (a number in E.164 that gets text messages), phone (for calls, as written), wechat, push
  std::string address;
  std::string name;      ///< how to greet; may be empty
  std::string language;  ///< BCP 47, may be empty
  bool opted_out = false;
};

}  // namespace model
