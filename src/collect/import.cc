#include "collect/import.h"

#include <filesystem>

#include "base/hash.h"
#include "collect/byte_source.h"
#include "collect/insert_queue.h"
#include "collect/reading.h"
#include "gen/sql_warehouse.h"

namespace collect {
namespace {

using base::Code;
using base::fail;
using base::Result;
using model::ImportKind;
namespace sql = gen::warehouse;

/// Raised when a stored summary or a key would no longer be made the same way from the same file.
constexpr std::string_view kRules = "1";

std::string_view table_of(ImportKind kind) {
  switch (kind) {
    case ImportKind::orders: return "order_lines";
    case ImportKind::customers: return "customers";
    case ImportKind::products: return "products";
    case ImportKind::events: return "events";
    case ImportKind::spend: return "spend";
    case ImportKind::feedback: return "feedback";
    default: return "";  // kept in the Store
  }
}

std::unique_ptr<Converter> converter_for(ImportKind kind, ConverterParts parts) {
  switch (kind) {
    case ImportKind::orders: return order_lines(std::move(parts));
    case ImportKind::customers: return customers(std::move(parts));
    case ImportKind::products: return products(std::move(parts));
    case ImportKind::events: return events(std::move(parts));
    case ImportKind::spend: return spend(std::move(parts));
    case ImportKind::consents: return consents(std::move(parts));
    case ImportKind::redemptions: return redemptions(std::move(parts));
    case ImportKind::codes: return codes(std::move(parts));
    case ImportKind::feedback: return feedback(std::move(parts));
    case ImportKind::tickets: return tickets(std::move(parts));
    case ImportKind::calls: return tickets(std::move(parts));
  }
  return nullptr;
}

/// The bytes of a file as they are on disk.
Result<void> digest_file(const std::string& path, base::Sha256& digest) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"), &std::fclose};
  if (file == nullptr) return fail(Code::not_found, "{}: cannot be opened", path);
  std::vector<char> piece(1 << 20);
  for (;;) {
    const std::size_t got = std::fread(piece.data(), 1, piece.size(), file.get());
    digest.add({piece.data(), got});
    if (got < piece.size()) {
      if (std::ferror(file.get()) != 0) return fail(Code::invalid_input, "{}: cannot be read", path);
      return {};
    }
  }
}

/// Names the file's bytes together with every option that changes what is stored. The workspace's currency is not among
/// them: the first file with money sets it, and from then on it never changes.
Result<std::string> fingerprint_of(const ImportRequest& request) {
  base::Sha256 digest;
  std::string options =
      fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|", kRules, name_of(request.kind), request.source, request.zone.name(),
                  static_cast<int>(request.date_order), static_cast<int>(request.decimal_mark), request.currency,
                  request.table.delimiter);
  if (request.table.charset) options += base::name_of(*request.table.charset);
  for (const auto& [role, heading] : request.columns) options += fmt::format("|{}={}", role, heading);
  for (const std::string& one : request.table.heading) options += "|" + one;
  digest.add(options);
  if (!request.fx_path.empty()) WB_TRY(digest_file(request.fx_path, digest));
  WB_TRY(digest_file(request.path, digest));
  return base::to_hex(digest.finish());
}

/// One reading of the file from its first row to its last.
struct Pass {
  const ImportRequest& request;
  const Reading& reading;
  Table& table;
  port::ContactStore& contacts;
  const Progress& progress;
  Totals totals;
  std::uint64_t contacts_stored = 0;
  std::uint64_t rows_read = 0;
  std::uint64_t wrong_phones = 0, landlines = 0;

  /// Reads the rows and hands the blocks to what `sinks` makes anew for each attempt.
  Result<void> run(
      bool dry, std::unique_ptr<Rejects>& rejects,
      const std::function<Result<void>(const std::function<Result<void>(const base::BlockSink&)>&)>& with_sink) {
    for (const Occurrences::Way way :
         {Occurrences::Way::by_time, Occurrences::Way::by_customer, Occurrences::Way::whole}) {
      rejects = std::make_unique<Rejects>(dry ? std::string{} : request.rejects_path, reading.file_name);
      ContactBook book{contacts, dry || table_of(request.kind).empty()};
      bool broken = false;
      const Result<void> done = with_sink([&](const base::BlockSink& sink) -> Result<void> {
        const auto converter = converter_for(request.kind, {reading, book, *rejects, sink, way});
        rows_read = 0;
        const auto take = [&](const RowBatch& batch) -> Result<bool> {
          rows_read += batch.rows() + batch.bad.size();
          const Result<void> added = converter->add(batch);
          broken = converter->order_broken;
          WB_TRY(added);
          if (progress) progress({batch.position, table.facts().bytes, rows_read, dry});
          return true;
        };
        WB_TRY(table.read(take));
        WB_TRY(converter->finish());
        totals = converter->totals;
        return {};
      });
      if (broken) continue;
      WB_TRY(done);
      WB_TRY(book.flush());
      contacts_stored = book.stored();
      wrong_phones = book.wrong_phones();
      landlines = book.landlines();
      return {};
    }
    return fail(Code::internal, "{}: the rows could not be numbered", reading.file_name);
  }
};

void describe_columns(const Reading& reading, ImportSummary& summary) {
  for (const FoundColumn& column : reading.columns.found) {
    ColumnReport report{column.heading, std::string{name_of(column.role)}, column.certainty, ""};
    const auto at = static_cast<std::size_t>(column.role);
    switch (column.role) {
      case Role::ordered_at:
      case Role::paid_at:
      case Role::joined_at:
      case Role::birthday:
      case Role::occurred_at:
      case Role::day: report.format = describe(reading.dates[at]); break;
      default:
        if (reading.marks[at] == base::DecimalMark::comma) report.format = "decimal comma";
        break;
    }
    summary.columns.push_back(std::move(report));
  }
  std::sort(summary.columns.begin(), summary.columns.end(),
            [](const ColumnReport& a, const ColumnReport& b) { return a.role < b.role; });
  const bool kept = reading.kind == ImportKind::customers || reading.kind == ImportKind::events;
  for (const std::size_t index : reading.columns.other)
    (kept ? summary.attributes : summary.unused).push_back(reading.heading[index]);
  for (const std::size_t index : reading.columns.withheld) summary.withheld.push_back(reading.heading[index]);
}

void describe_totals(const Reading& reading, const Pass& pass, const Rejects& rejects, ImportSummary& summary) {
  const Totals& totals = pass.totals;
  summary.rows_read = pass.rows_read;
  summary.rows_rejected = rejects.count();
  summary.rows_kept = totals.kept;
  summary.reject_reasons = rejects.reasons();
  summary.sales = totals.kinds[1];
  summary.cancellations = totals.kinds[2];
  summary.returns = totals.kinds[3];
  summary.refunds = totals.kinds[4];
  summary.gifts = totals.kinds[5];
  summary.adjustments = totals.kinds[6];
  summary.undone_by_status = totals.undone_by_status;
  summary.missing_customers = totals.missing_customers;
  summary.converted = totals.converted;
  summary.net = totals.net;
  summary.repeated_lines = totals.repeated;
  summary.contacts = pass.contacts_stored;
  summary.wrong_phones = pass.wrong_phones;
  summary.landlines = pass.landlines;
  summary.currency = reading.base_currency;
  summary.no_amounts = reading.kind == ImportKind::orders && !reading.columns.has(Role::amount) &&
                       !reading.columns.has(Role::unit_price) && !reading.columns.has(Role::order_total);
  if (totals.first_day <= totals.last_day) {
    summary.first_day = base::day_from_number(totals.first_day);
    summary.last_day = base::day_from_number(totals.last_day);
  }
}

Result<void> refuse_bad_rows(const Reading& reading, const Rejects& rejects, std::string_view why) {
  const BadRow& first = rejects.first();
  return fail(Code::invalid_input, "{}: {}; the first of {} bad rows is line {}: {}{}{}", reading.file_name, why,
              rejects.count(), first.line, first.column, first.column.empty() ? "" : " ", first.reason);
}

}  // namespace

std::string_view name_of(ImportKind kind) {
  switch (kind) {
    case ImportKind::orders: return "orders";
    case ImportKind::customers: return "customers";
    case ImportKind::products: return "products";
    case ImportKind::events: return "events";
    case ImportKind::spend: return "spend";
    case ImportKind::consents: return "consents";
    case ImportKind::redemptions: return "redemptions";
    case ImportKind::codes: return "codes";
    case ImportKind::feedback: return "feedback";
    case ImportKind::tickets: return "tickets";
    case ImportKind::calls: return "calls";
  }
  return "";
}

Result<void> ensure_tables(port::Warehouse& warehouse) {
  for (const sql::Sql& one :
       {sql::create_order_lines, sql::create_customers, sql::create_products, sql::create_events, sql::create_spend,
        sql::create_feedback, sql::create_identities}) {
    WB_TRY(warehouse.execute({one.name, one.text}));
  }
  return {};
}

namespace {

/// Where the blocks of one import go: runs the reading with the sink that takes them.
using Reader = std::function<Result<void>(const base::BlockSink&)>;
using Keeper = std::function<Result<void>(const model::Import& entry, Rejects& rejects, const Reader& read)>;

Result<ImportSummary> bring_in(const ImportRequest& request, port::ImportStore& imports, port::ContactStore& contacts,
                               port::Parquet* parquet, const Progress& progress, const Keeper& keep) {
  const auto start = std::chrono::steady_clock::now();
  ImportSummary summary;
  summary.kind = request.kind;
  summary.file_name = std::filesystem::path{request.path}.filename().string();
  WB_TRY(look_at(request.path));
  WB_ASSIGN(const std::string fingerprint, fingerprint_of(request));
  if (!request.again) {
    WB_ASSIGN(const std::optional<model::Import> before, imports.find_finished(fingerprint));
    if (before) {
      summary.already_imported = true;
      summary.import_id = before->id;
      summary.source = before->source;
      summary.rows_read = before->rows_read;
      summary.rows_kept = before->rows_kept;
      summary.rows_rejected = before->rows_rejected;
      summary.first_day = before->first_day;
      summary.last_day = before->last_day;
      summary.stored_json = before->summary_json;
      return summary;
    }
  }

  WB_ASSIGN(Table table, Table::open(request.path, request.table, parquet));
  WB_ASSIGN(Reading reading, settle(request, table));
  summary.source = reading.source;
  summary.system = reading.columns.system;
  describe_columns(reading, summary);

  Pass pass{request, reading, table, contacts, progress, {}, 0, 0, 0, 0};
  std::unique_ptr<Rejects> rejects;
  if (request.strict) {
    WB_TRY(pass.run(true, rejects,
                    [](const auto& read) { return read([](base::Block&&) -> Result<void> { return {}; }); }));
    if (rejects->count() > 0)
      WB_TRY(refuse_bad_rows(reading, *rejects, "is refused as asked (--strict), nothing was stored"));
  }

  model::Import draft;
  draft.kind = request.kind;
  draft.file_name = summary.file_name;
  draft.fingerprint = fingerprint;
  draft.source = reading.source;
  draft.started_at = request.now;
  WB_ASSIGN(model::Import entry, imports.begin(draft));
  reading.import_id = entry.id;
  summary.import_id = entry.id;

  WB_TRY(pass.run(false, rejects, [&](const Reader& read) { return keep(entry, *rejects, read); }));
  if (table_of(request.kind).empty()) pass.totals.kept = pass.rows_read - rejects->count();  // the sink rejects too
  WB_TRY(rejects->finish());
  if (rejects->count() > 0) summary.rejects_path = request.rejects_path;
  if (pass.totals.kept == 0 && rejects->count() > 0) WB_TRY(refuse_bad_rows(reading, *rejects, "no row could be read"));

  describe_totals(reading, pass, *rejects, summary);
  const TableFacts& facts = table.facts();
  summary.format = facts.format;
  summary.charset = facts.charset;
  if (facts.delimiter != 0 && facts.format.starts_with("CSV")) summary.delimiter = std::string(1, facts.delimiter);
  summary.replaced_bytes = facts.replaced;
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  summary.rows_per_second = summary.seconds > 0 ? static_cast<double>(summary.rows_read) / summary.seconds : 0;

  entry.finished_at = request.now;
  entry.source = reading.source;
  entry.rows_read = summary.rows_read;
  entry.rows_kept = summary.rows_kept;
  entry.rows_rejected = summary.rows_rejected;
  entry.first_day = summary.first_day;
  entry.last_day = summary.last_day;
  entry.summary_json = to_json(summary);
  WB_TRY(imports.finish(entry));
  return summary;
}

}  // namespace

Result<ImportSummary> import_file(const ImportRequest& request, port::Warehouse& warehouse, port::ImportStore& imports,
                                  port::ContactStore& contacts, port::Parquet* parquet, const Progress& progress) {
  std::uint64_t sent = 0;
  const auto keep = [&](const model::Import& entry, Rejects&, const Reader& read) -> Result<void> {
    // The id is in the token because the same file may come again after an undo: its rows must then go in anew; the size
    // of a block because it decides which rows a number names.
    const std::string token = fmt::format("import-{}-{}-{}-{}", entry.id, entry.fingerprint.substr(0, 32),
                                          table_of(request.kind), kBlockRows);
    // blocks are the same in every attempt, so those that are durable are not sent again
    InsertQueue queue{warehouse, std::string{table_of(request.kind)}, token, sent};
    const Result<void> taken = read([&](base::Block&& block) { return queue.push(std::move(block)); });
    const Result<void> stored = queue.finish();
    sent = std::max(sent, queue.sent());
    WB_TRY(taken);
    return stored;
  };
  return bring_in(request, imports, contacts, parquet, progress, keep);
}

Result<ImportSummary> import_records(const ImportRequest& request, port::ImportStore& imports,
                                     port::ContactStore& contacts, port::Parquet* parquet, const RecordSink& sink,
                                     const Progress& progress) {
  const auto keep = [&](const model::Import& entry, Rejects& rejects, const Reader& read) {
    return read([&](base::Block&& block) { return sink(entry.id, std::move(block), rejects); });
  };
  return bring_in(request, imports, contacts, parquet, progress, keep);
}

Result<UndoSummary> undo_import(std::uint32_t id, base::Instant now, port::Warehouse& warehouse,
                                port::ImportStore& imports) {
  WB_ASSIGN(std::optional<model::Import> found, imports.find(id));
  if (!found) return fail(Code::not_found, "there is no import {}; 'winback imports list' shows them", id);
  if (found->undone_at) return fail(Code::conflict, "import {} ({}) is undone already", id, found->file_name);
  const sql::Sql* statement = nullptr;
  switch (found->kind) {
    case ImportKind::orders: statement = &sql::undo_order_lines; break;
    case ImportKind::customers: statement = &sql::undo_customers; break;
    case ImportKind::products: statement = &sql::undo_products; break;
    case ImportKind::events: statement = &sql::undo_events; break;
    case ImportKind::spend: statement = &sql::undo_spend; break;
    case ImportKind::feedback: statement = &sql::undo_feedback; break;
    default:
      return fail(Code::unsupported,
                  "import {} ({}) holds {}: what customers said and codes that were used are kept; import what holds now", id,
                  found->file_name, name_of(found->kind));
  }
  WB_TRY(warehouse.execute({statement->name, statement->text, {{"import_id", std::to_string(id)}}}));
  WB_TRY(imports.mark_undone(id, now));
  UndoSummary result;
  result.undone = *found;
  result.undone.undone_at = now;
  WB_ASSIGN(const std::vector<model::Import> all, imports.list());
  for (const model::Import& other : all) {
    // Only an earlier import can have lost rows to this one, and only where both hold the same days (master data has
    // none).
    const bool earlier = other.id < id && other.kind == found->kind && other.finished_at && !other.undone_at;
    if (!earlier ||
        ((found->kind == ImportKind::orders || found->kind == ImportKind::events) && other.source != found->source))
      continue;
    const bool apart = found->first_day && other.first_day && found->kind != ImportKind::customers &&
                       (*other.last_day < *found->first_day || *other.first_day > *found->last_day);
    if (!apart) result.import_again.push_back(other);
  }
  return result;
}

}  // namespace collect
