#include "console/preview.h"

#include <filesystem>
#include <fstream>
#include <functional>

#include "collect/csv_reader.h"
#include "collect/table.h"

namespace console {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kSampleRows = 12;
constexpr std::size_t kRejects = 50;
constexpr std::uintmax_t kLooked = 2 << 20;

/// Takes everything and keeps nothing.
class NoWarehouse final : public port::Warehouse {
 public:
  Result<void> execute(const port::Statement&) override { return {}; }
  Result<void> select(const port::Statement&, const base::BlockSink&) override { return {}; }
  Result<void> insert(std::string_view, std::string_view, const base::Block&) override { return {}; }
  Result<void> stream(const port::Statement&, std::string_view, const base::ByteSink&) override { return {}; }
  Result<void> stream_readonly(const port::Statement&, std::string_view, const base::ByteSink&) override { return {}; }
  Result<port::WarehouseInfo> info() override { return port::WarehouseInfo{}; }
};

class NoLedger final : public port::ImportStore {
 public:
  Result<model::Import> begin(const model::Import& draft) override { return draft; }
  Result<void> finish(const model::Import&) override { return {}; }
  Result<std::optional<model::Import>> find_finished(std::string_view) override { return std::optional<model::Import>{}; }
  Result<std::optional<model::Import>> find(std::uint32_t) override { return std::optional<model::Import>{}; }
  Result<std::vector<model::Import>> list() override { return std::vector<model::Import>{}; }
  Result<void> mark_undone(std::uint32_t, base::Instant) override { return {}; }
};

class NoContacts final : public port::ContactStore {
 public:
  Result<void> put(std::span<const model::ContactPoint>) override { return {}; }
  Result<void> each(const std::function<Result<void>(const model::ContactPoint&)>&) override { return {}; }
  Result<std::uint64_t> count() override { return 0; }
  Result<std::string> pseudonym(std::string_view) override { return std::string{"p_"}; }
};

/// The beginning of a text file, ending with a whole line; the file itself when it is small, packed or Parquet.
Result<std::string> beginning(const std::string& path, const std::string& scratch) {
  std::error_code problem;
  if (fs::file_size(path, problem) <= kLooked || problem) return path;
  std::ifstream in{path, std::ios::binary};
  std::string start(kLooked, '\0');
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(in.gcount()));
  if (start.starts_with("\x1f\x8b") || start.starts_with("PAR1") || start.find('\0') != std::string::npos) return path;
  const std::size_t end = start.rfind('\n');
  if (end == std::string::npos) return path;
  start.resize(end + 1);
  const std::string cut = scratch + "/beginning" + fs::path{path}.extension().string();
  std::ofstream out{cut, std::ios::binary};
  out << start;
  if (!out.flush()) return fail(Code::exhausted, "there is no room on the disk to look at the file");
  return cut;
}

Result<void> read_rejects(const std::string& path, ImportPreview& preview) {
  if (path.empty()) return {};
  WB_ASSIGN(collect::Table table, collect::Table::open(path, {}, nullptr));
  return table.read([&](const collect::RowBatch& batch) -> Result<bool> {
    for (std::size_t row = 0; row < batch.rows() && preview.rejects.size() < kRejects; ++row) {
      std::vector<std::string> cells;
      for (std::size_t c = 1; c < table.heading().size(); ++c) cells.emplace_back(batch.row(row)[c]);
      preview.rejects.push_back(std::move(cells));
    }
    return preview.rejects.size() < kRejects;
  });
}

}  // namespace

Result<ImportPreview> preview_import(const collect::ImportRequest& asked, const std::string& scratch, port::Parquet* parquet) {
  ImportPreview preview;
  collect::ImportRequest request = asked;
  WB_ASSIGN(request.path, beginning(asked.path, scratch));
  request.rejects_path = scratch + "/rejects.csv";
  request.again = true;
  const auto look = [&]() -> Result<void> {
    WB_ASSIGN(collect::Table table, collect::Table::open(request.path, request.table, parquet));
    preview.headings = table.heading();
    preview.summary.format = table.facts().format;
    preview.summary.charset = table.facts().charset;
    return table.read([&](const collect::RowBatch& batch) -> Result<bool> {
      for (std::size_t row = 0; row < batch.rows() && preview.sample.size() < kSampleRows; ++row) {
        std::vector<std::string> cells;
        for (std::size_t c = 0; c < preview.headings.size(); ++c) cells.emplace_back(batch.row(row)[c]);
        preview.sample.push_back(std::move(cells));
      }
      return preview.sample.size() < kSampleRows;
    });
  };
  if (const auto looked = look(); !looked) {
    preview.problem = looked.error().message;
    return preview;
  }
  NoWarehouse warehouse;
  NoLedger ledger;
  NoContacts contacts;
  const bool records = request.kind == model::ImportKind::consents || request.kind == model::ImportKind::redemptions || request.kind == model::ImportKind::codes ||
                       request.kind == model::ImportKind::tickets || request.kind == model::ImportKind::calls;
  auto read = records ? collect::import_records(request, ledger, contacts, parquet, [](std::uint32_t, base::Block&&, collect::Rejects&) -> Result<void> { return {}; }, {})
                      : collect::import_file(request, warehouse, ledger, contacts, parquet, {});
  if (read) {
    preview.summary = std::move(*read);
    WB_TRY(read_rejects(preview.summary.rejects_path, preview));
  } else {
    preview.problem = read.error().message;
  }
  std::error_code ignored;
  fs::remove(request.rejects_path, ignored);
  if (request.path != asked.path) fs::remove(request.path, ignored);
  return preview;
}

std::vector<RoleInfo> roles_of(model::ImportKind kind) {
  const auto roles = [](std::initializer_list<std::string_view> needed, std::initializer_list<std::string_view> others) {
    std::vector<RoleInfo> all;
    for (const std::string_view one : needed) all.push_back({std::string{one}, true});
    for (const std::string_view one : others) all.push_back({std::string{one}, false});
    return all;
  };
  using Kind = model::ImportKind;
  switch (kind) {  // docs/formats.md, "Files winback reads"
    case Kind::orders:
      return roles({"customer_id", "ordered_at"}, {"order_id", "line_id", "sku", "product", "category", "quantity", "unit_price", "amount", "discount", "order_total", "currency", "status", "channel", "country", "coupon", "paid_at", "customer_email", "customer_phone", "customer_name"});
    case Kind::customers:
      return roles({"customer_id"}, {"customer_email", "customer_phone", "customer_wechat", "customer_name", "language", "country", "city", "birthday", "joined_at", "tags", "accepts_email", "accepts_sms"});
    case Kind::products: return roles({"sku"}, {"product", "category", "price", "cost", "stock", "rating", "tags"});
    case Kind::events: return roles({"customer_id", "occurred_at", "type"}, {"event_id", "sku"});
    case Kind::spend: return roles({"day", "amount"}, {"channel", "purpose", "new_customers"});
    case Kind::consents: return roles({"customer_id", "state"}, {"customer_email", "customer_phone", "channel", "topic", "valid_from", "source", "proof"});
    case Kind::redemptions: return roles({"code", "order_id"}, {"amount", "at"});
    case Kind::codes: return roles({"code"}, {});
    case Kind::feedback: return roles({"customer_id", "occurred_at"}, {"feedback_id", "type", "score", "language", "order_id", "sku", "reason", "text"});
    case Kind::tickets: return roles({"feedback_id", "customer_id", "occurred_at"}, {"customer_email", "customer_phone", "topic", "text", "agent", "state", "severity", "source", "language", "order_id"});
    case Kind::calls: return roles({"customer_id", "occurred_at"}, {"feedback_id", "customer_email", "customer_phone", "topic", "text", "agent", "state", "severity", "source", "language", "order_id"});
  }
  return {};
}

}  // namespace console
