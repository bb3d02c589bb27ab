#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "base/error.h"
#include "base/time.h"
#include "collect/columns.h"
#include "collect/dates.h"
#include "collect/rejects.h"
#include "collect/table.h"
#include "model/import.h"
#include "port/parquet.h"
#include "port/phone_numbers.h"
#include "port/store.h"
#include "port/warehouse.h"

namespace collect {

/// What to bring in, and everything the user said about it. What is left out is recognised.
struct ImportRequest {
  model::ImportKind kind = model::ImportKind::orders;
  std::string path;
  std::string source;                          ///< whose ids these are; empty = the shop system recognised, or "shop"
  base::Zone zone = base::Zone::utc();         ///< of times without one, and of the shop's days
  std::map<std::string, std::string> columns;  ///< --map: role name → heading
  DateOrder date_order = DateOrder::unknown;
  base::DecimalMark decimal_mark = base::DecimalMark::unknown;
  TableOptions table;
  std::string currency;       ///< of rows that name none
  std::string base_currency;  ///< the workspace's; empty = the file's only currency
  std::string fx_path;        ///< dated rates into the workspace's currency
  bool strict = false;        ///< any bad row refuses the file before anything is stored
  bool again = false;         ///< import even if these bytes were imported before
  std::string rejects_path;   ///< where bad rows go; empty = only counted
  base::Instant now;          ///< for the ledger
  const port::PhoneNumbers* phones = nullptr;  ///< finds who can get text messages; null: nobody is asked
  std::string phone_region;   ///< ISO code of numbers without their country, whose row names none; may be empty
};

struct ImportProgress {
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_total = 0;
  std::uint64_t rows = 0;
  bool checking = false;  ///< looking before anything is stored (strict)
};
using Progress = std::function<void(const ImportProgress&)>;

/// Rows of one nature, and the money in them (millionths of the workspace's currency, as the file writes it).
struct RowsAndMoney {
  std::uint64_t rows = 0;
  std::int64_t money = 0;
};

/// What a column was taken for.
struct ColumnReport {
  std::string heading;
  std::string role;
  Certainty certainty = Certainty::heading;
  std::string format;  ///< of dates and decimals; empty otherwise
};

struct ImportSummary {
  std::uint32_t import_id = 0;
  model::ImportKind kind = model::ImportKind::orders;
  std::string file_name;
  std::string source;
  bool already_imported = false;  ///< these bytes were there; nothing changed, the figures are those of that time
  std::string stored_json;        ///< in that case: the summary of that time, as JSON

  std::string format;  ///< "CSV (gzip)"
  std::string charset;
  std::string delimiter;
  std::string system;  ///< shop system recognised
  std::vector<ColumnReport> columns;
  std::vector<std::string> attributes;  ///< columns kept as attributes or properties
  std::vector<std::string> unused;      ///< columns that were not stored
  std::vector<std::string> withheld;    ///< columns with contact data, stored nowhere

  std::uint64_t rows_read = 0;
  std::uint64_t rows_kept = 0;
  std::uint64_t rows_rejected = 0;
  std::map<std::string, std::uint64_t> reject_reasons;
  std::string rejects_path;  ///< empty when no row was rejected
  std::uint64_t replaced_bytes = 0;

  std::string currency;     ///< of all money here; empty = unknown
  bool no_amounts = false;  ///< the file has none: value unknown
  RowsAndMoney sales;
  RowsAndMoney cancellations;
  RowsAndMoney returns;
  RowsAndMoney refunds;
  RowsAndMoney gifts;
  RowsAndMoney adjustments;
  RowsAndMoney undone_by_status;     ///< part of the above: counted as 0 because the order's status says so
  RowsAndMoney missing_customers;    ///< part of the above
  RowsAndMoney converted;            ///< part of the above: from another currency
  std::int64_t net = 0;              ///< sum of the stored amounts
  std::uint64_t repeated_lines = 0;  ///< equal rows within one order, all kept
  std::uint64_t contacts = 0;        ///< contact points stored
  std::uint64_t wrong_phones = 0;    ///< telephone numbers that are none, or lack their country: no text messages
  std::uint64_t landlines = 0;       ///< telephone numbers that get no text messages

  std::optional<base::Day> first_day;
  std::optional<base::Day> last_day;
  double seconds = 0;
  double rows_per_second = 0;
};

/// The summary as one JSON object; money as decimal text.
std::string to_json(const ImportSummary& summary);

/// Makes the tables of raw facts where they are missing.
base::Result<void> ensure_tables(port::Warehouse& warehouse);

/// Brings one file in. The same bytes with the same options again change nothing; after a crash the same call takes up
/// where it was, and rows that overlap with other files replace theirs by key. Bad rows are listed in rejects.csv and
/// the rest is imported. Runs in the calling thread and one more; memory does not grow with the file beyond what
/// `Occurrences` states. `parquet` may be null. `progress` may be empty.
base::Result<ImportSummary> import_file(const ImportRequest& request, port::Warehouse& warehouse,
                                        port::ImportStore& imports, port::ContactStore& contacts,
                                        port::Parquet* parquet, const Progress& progress);

/// Takes a block of records read from a file of consents (customer_id, email, channel, topic, state, valid_from, source,
/// proof), redemptions (code, order_id, amount, at), codes (code) or tickets and calls (customer_id, email, phone, id, at, subject,
/// text, agent, source, language, order_id, state, severity); each has the line it stood in. A record that cannot
/// be used goes to the rejects.
using RecordSink = std::function<base::Result<void>(std::uint32_t import_id, base::Block&&, Rejects&)>;

/// As import_file, for records the Store keeps: the same recognition, ledger and rejects; no contact point is stored. A
/// crash may hand the same records to the sink again.
base::Result<ImportSummary> import_records(const ImportRequest& request, port::ImportStore& imports,
                                           port::ContactStore& contacts, port::Parquet* parquet, const RecordSink& sink,
                                           const Progress& progress);

struct UndoSummary {
  model::Import undone;
  /// Earlier imports that may have lost rows to this one where they overlapped: import them again (`again = true`).
  std::vector<model::Import> import_again;
};

/// Takes the rows of an import away again. Contact points stay: they belong to no single import.
base::Result<UndoSummary> undo_import(std::uint32_t id, base::Instant now, port::Warehouse& warehouse,
                                      port::ImportStore& imports);

/// "orders", "customers", …: as the command line and the ledger name them.
std::string_view name_of(model::ImportKind kind);

}  // namespace collect
