#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using base::Result;

class SqliteFindings final : public port::FindingStore {
 public:
  explicit SqliteFindings(const Database& database) : database_(database) {}

  Result<void> save(std::string_view name, const Finding& finding) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(sql::save_finding));
    return insert.bind("$name", name).bind("$made_at", base::millis(finding.made_at)).bind("$json", finding.json).run();
  }

  Result<std::optional<Finding>> find(std::string_view name) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_finding));
    select.bind("$name", name);
    return first_row<Finding>(select, [](const Statement& row) { return Finding{moment_at(row, 0), row.text(1)}; });
  }

  Result<std::vector<Contacts>> contacts() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::count_contacts));
    return all_rows<Contacts>(select, [](const Statement& row) {
      return Contacts{row.text(0), static_cast<std::uint64_t>(row.integer(1)), static_cast<std::uint64_t>(row.integer(2)),
                      static_cast<std::uint64_t>(row.integer(3))};
    });
  }

  Result<std::vector<model::ConsentRecord>> latest_consents(std::size_t limit) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::latest_consents));
    select.bind("$limit", static_cast<std::int64_t>(limit));
    return all_rows<model::ConsentRecord>(select, [](const Statement& row) {
      return model::ConsentRecord{.customer_id = row.text(0),
                                  .channel = row.text(1),
                                  .topic = row.text(2),
                                  .state = static_cast<model::ConsentState>(row.integer(3)),
                                  .valid_from = moment_at(row, 4),
                                  .recorded_at = moment_at(row, 5),
                                  .source = row.text(6),
                                  .proof = row.text(7)};
    });
  }

 private:
  const Database& database_;
};

}  // namespace

std::unique_ptr<port::FindingStore> finding_store(const Database& database) { return std::make_unique<SqliteFindings>(database); }

}  // namespace adapter::sqlite
