#pragma once

#include <memory>
#include <optional>

#include "adapter/sqlite/database.h"
#include "base/time.h"
#include "port/act_store.h"

namespace adapter::sqlite {

// The parts of the Store that acting needs, one file each. The database outlives them.
std::unique_ptr<port::CampaignStore> campaign_store(const Database& database);
std::unique_ptr<port::EnrolmentStore> enrolment_store(const Database& database);
std::unique_ptr<port::Outbox> outbox_store(const Database& database);
std::unique_ptr<port::ActCounts> act_counts(const Database& database);
std::unique_ptr<port::PeopleStore> people_store(const Database& database, port::ContactStore& contacts);
std::unique_ptr<port::CodeStore> code_store(const Database& database);
std::unique_ptr<port::ResponseStore> response_store(const Database& database);
std::unique_ptr<port::InboxStore> inbox_store(const Database& database);
std::unique_ptr<port::KeyStore> key_store(const Database& database);
std::unique_ptr<port::UserStore> user_store(const Database& database);
std::unique_ptr<port::SessionStore> session_store(const Database& database);
std::unique_ptr<port::AuditStore> audit_store(const Database& database);
std::unique_ptr<port::EventStore> event_store(const Database& database);
std::unique_ptr<port::FindingStore> finding_store(const Database& database);
std::unique_ptr<port::GrantStore> grant_store(const Database& database);
std::unique_ptr<port::AudienceStore> audience_store(const Database& database);
std::unique_ptr<port::BackStore> back_store(const Database& database);
std::unique_ptr<port::SurveyStore> survey_store(const Database& database);

inline std::optional<std::int64_t> millis_of(const std::optional<base::Instant>& at) {
  return at ? std::optional{base::millis(*at)} : std::nullopt;
}
inline std::optional<base::Instant> instant_at(const Statement& row, int column) {
  const auto value = row.maybe_integer(column);
  return value ? std::optional{base::instant_from_millis(*value)} : std::nullopt;
}
inline base::Instant moment_at(const Statement& row, int column) {
  return base::instant_from_millis(row.integer(column));
}

/// Reads all rows with `read`.
template <class T, class Read>
base::Result<std::vector<T>> all_rows(Statement& statement, Read read) {
  std::vector<T> rows;
  for (;;) {
    WB_ASSIGN(const bool more, statement.step());
    if (!more) return rows;
    rows.push_back(read(statement));
  }
}

/// The first row, if there is one.
template <class T, class Read>
base::Result<std::optional<T>> first_row(Statement& statement, Read read) {
  WB_ASSIGN(const bool there, statement.step());
  if (!there) return std::optional<T>{};
  return std::optional<T>{read(statement)};
}

}  // namespace adapter::sqlite
