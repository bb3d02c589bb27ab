#include <charconv>

#include "adapter/sqlite/parts.h"

namespace adapter::sqlite {
namespace {

namespace sql = gen::store;
using model::Enrolment;

/// "memory 1,value 2": step ids hold neither blanks nor commas.
std::string visits_text(const Enrolment& enrolment) {
  std::string text;
  for (const auto& [step, count] : enrolment.visits) {
    if (!text.empty()) text += ',';
    text += step;
    text += ' ';
    text += std::to_string(count);
  }
  return text;
}

std::vector<std::pair<std::string, std::uint32_t>> read_visits(std::string_view text) {
  std::vector<std::pair<std::string, std::uint32_t>> visits;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    const std::size_t blank = one.find(' ');
    if (blank == one.npos) continue;
    std::uint32_t count = 0;
    std::from_chars(one.data() + blank + 1, one.data() + one.size(), count);
    visits.emplace_back(one.substr(0, blank), count);
  }
  return visits;
}

Enrolment read_enrolment(const Statement& row) {
  return {.id = row.integer(0),
          .campaign_id = row.text(1),
          .version = static_cast<std::uint32_t>(row.integer(2)),
          .customer_id = row.text(3),
          .entry_number = static_cast<std::uint32_t>(row.integer(4)),
          .control = row.integer(5) != 0,
          .propensity = row.real(6),
          .entered_at = moment_at(row, 7),
          .step = row.text(8),
          .state = static_cast<model::EnrolmentState>(row.integer(9)),
          .wake_at = instant_at(row, 10),
          .visits = read_visits(row.text(11)),
          .offer_id = row.text(12),
          .code = row.text(13),
          .code_ends = instant_at(row, 14),
          .exit_reason = row.text(15),
          .finished_at = instant_at(row, 16)};
}

/// What changes on the way.
void bind_state(Statement& statement, const Enrolment& e) {
  statement.bind("$version", std::int64_t{e.version})
      .bind("$step", e.step)
      .bind("$state", static_cast<std::int64_t>(e.state))
      .bind("$wake_at", millis_of(e.wake_at))
      .bind("$visits", visits_text(e))
      .bind("$offer_id", e.offer_id)
      .bind("$code", e.code)
      .bind("$code_ends", millis_of(e.code_ends))
      .bind("$exit_reason", e.exit_reason)
      .bind("$finished_at", millis_of(e.finished_at));
}

class SqliteEnrolments final : public port::EnrolmentStore {
 public:
  explicit SqliteEnrolments(const Database& database) : database_(database) {}

  base::Result<bool> add(Enrolment& enrolment, std::string_view facts_json) override {
    bool added = false;
    WB_TRY(database_.transact([&]() -> base::Result<void> {
      WB_ASSIGN(Statement insert, database_.prepare(sql::add_enrolment));
      bind_state(insert, enrolment);
      WB_TRY(insert.bind("$campaign_id", enrolment.campaign_id)
                 .bind("$customer_id", enrolment.customer_id)
                 .bind("$entry_number", std::int64_t{enrolment.entry_number})
                 .bind("$control", std::int64_t{enrolment.control})
                 .bind("$propensity", enrolment.propensity)
                 .bind("$entered_at", base::millis(enrolment.entered_at))
                 .run());
      added = database_.changed_rows() == 1;
      if (!added) return {};
      enrolment.id = database_.last_id();
      WB_ASSIGN(Statement facts, database_.prepare(sql::add_enrolment_facts));
      return facts.bind("$id", enrolment.id).bind("$facts", facts_json).run();
    }));
    return added;
  }

  base::Result<void> save(const Enrolment& enrolment) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(sql::save_enrolment));
    bind_state(update, enrolment);
    return update.bind("$id", enrolment.id).run();
  }

  base::Result<std::optional<Enrolment>> find(std::int64_t id) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_enrolment));
    select.bind("$id", id);
    return first_row<Enrolment>(select, read_enrolment);
  }

  base::Result<std::string> facts(std::int64_t id) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::find_enrolment_facts));
    WB_ASSIGN(const bool there, select.bind("$id", id).step());
    return there ? select.text(0) : "{}";
  }

  base::Result<std::optional<Enrolment>> last_entry(std::string_view campaign, std::string_view customer) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::last_entry));
    select.bind("$campaign_id", campaign).bind("$customer_id", customer);
    return first_row<Enrolment>(select, read_enrolment);
  }

  base::Result<std::vector<Enrolment>> due(std::string_view campaign, base::Instant now, std::size_t limit) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::due_enrolments));
    select.bind("$campaign_id", campaign)
        .bind("$now", base::millis(now))
        .bind("$limit", static_cast<std::int64_t>(limit));
    return all_rows<Enrolment>(select, read_enrolment);
  }

  base::Result<std::optional<base::Instant>> next_due() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql::next_due_enrolment));
    WB_TRY(select.step());
    return instant_at(select, 0);
  }

  base::Result<std::vector<Enrolment>> open_of(std::string_view customer, std::string_view campaign) override {
    const std::lock_guard lock{database_.mutex()};
    if (customer.empty()) {
      WB_ASSIGN(Statement select, database_.prepare(sql::open_enrolments_of_campaign));
      select.bind("$campaign_id", campaign);
      return all_rows<Enrolment>(select, read_enrolment);
    }
    WB_ASSIGN(Statement select, database_.prepare(sql::open_enrolments_of_customer));
    select.bind("$customer_id", customer);
    WB_ASSIGN(auto found, all_rows<Enrolment>(select, read_enrolment));
    if (!campaign.empty()) std::erase_if(found, [&](const Enrolment& e) { return e.campaign_id != campaign; });
    return found;
  }

  base::Result<void> wake(std::int64_t id, base::Instant at) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(sql::wake_enrolment));
    return update.bind("$id", id).bind("$at", base::millis(at)).run();
  }

  base::Result<void> move_to_version(std::string_view campaign, std::uint32_t version) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(sql::move_enrolments));
    return update.bind("$campaign_id", campaign).bind("$version", std::int64_t{version}).run();
  }

 private:
  const Database& database_;
};

}  // namespace

std::unique_ptr<port::EnrolmentStore> enrolment_store(const Database& database) {
  return std::make_unique<SqliteEnrolments>(database);
}

}  // namespace adapter::sqlite
