// Every named query is prepared against the schema the migrations make: a typo in SQL fails here, not at a user's.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "adapter/sqlite/database.h"
#include "gen/files.h"
#include "tests/support/places.h"

namespace adapter::sqlite {
namespace {

/// The texts of the blocks "-- name: x" as gen.py sees them.
std::vector<std::pair<std::string, std::string>> named_queries() {
  std::vector<std::pair<std::string, std::string>> queries;
  for (const auto& entry : std::filesystem::directory_iterator{tests::source_dir() / "sql/store"}) {
    if (entry.path().extension() != ".sql") continue;
    const std::string text = tests::read_file(entry.path());
    for (std::size_t at = text.find("-- name: "); at != text.npos;) {
      const std::size_t line = text.find('\n', at);
      const std::size_t next = text.find("-- name: ", line);
      queries.emplace_back(text.substr(at + 9, line - at - 9), text.substr(line, next - line));
      at = next;
    }
  }
  return queries;
}

TEST(StoreQueries, EveryOneIsValidOnTheMigratedSchema) {
  tests::TemporaryFolder folder;
  auto database = Database::open(folder.path() / "store.sqlite");
  ASSERT_TRUE(database) << database.error().message;
  const auto migrated = migrate(**database);
  ASSERT_TRUE(migrated) << migrated.error().message;
  const auto queries = named_queries();
  EXPECT_GE(queries.size(), 15U);
  for (const auto& [name, text] : queries) {
    const gen::store::Sql sql{name, text};
    const auto prepared = (*database)->prepare(sql);
    EXPECT_TRUE(prepared) << prepared.error().message;
  }
}

/// What is asked for every message, customer, click and turn of the engine, while a million customers wait.
constexpr std::string_view kHot[] = {
    "claim_messages", "attempt_message", "settle_message", "expired_messages", "unknown_messages", "find_message",
    "find_message_by_key", "messages_of_customer", "open_messages", "cancel_message", "attempted_since", "first_attempt",
    "next_due_message", "count_accepted", "count_complaints", "freeze_message", "thaw_message", "find_frozen", "move_contact",
    "remove_contact", "contacts_of", "find_person", "find_contact_point", "customers_of_address", "points_of_customer",
    "list_consents", "find_suppression", "save_enrolment", "find_enrolment", "find_enrolment_facts", "last_entry",
    "due_enrolments", "next_due_enrolment", "open_enrolments_of_customer", "wake_enrolment", "find_code",
    "find_code_of_enrolment", "offer_has_pool", "first_of_pool", "redeem_code", "codes_past_end", "find_code_accounts",
    "responses_of_enrolment", "responses_of_message", "find_link_id", "find_link_url", "inbox_of_customer",
    "find_user", "find_user_by_email", "find_user_by_subject", "find_one_time_link", "find_session", "touch_session", "sessions_of_user",
    "count_grants", "take_grant", "loyalty_entries", "loyalty_of_order", "find_loyalty_member", "find_referrer", "referral_of_newcomer",
    "referrals_of", "referrals_due", "audit_entries_before", "audit_entries_after", "touch_api_key"};

TEST(StoreQueries, HotOnesReadNoTableFromEndToEnd) {
  tests::TemporaryFolder folder;
  auto database = Database::open(folder.path() / "store.sqlite");
  ASSERT_TRUE(database && migrate(**database));
  const auto queries = named_queries();
  for (const std::string_view name : kHot) {
    const auto found = std::ranges::find(queries, name, &std::pair<std::string, std::string>::first);
    ASSERT_NE(found, queries.end()) << "there is no query " << name;
    const std::string text = "EXPLAIN QUERY PLAN " + found->second;
    auto plan = (*database)->prepare({name, text});
    ASSERT_TRUE(plan) << plan.error().message;
    std::string steps;
    for (auto row = plan->step(); row && *row; row = plan->step()) {
      const std::string step = plan->text(3);
      steps += step + "\n";
      // Campaigns are few, and a constant row is no table.
      const bool small = step == "SCAN c" || step == "SCAN campaign" || step.starts_with("SCAN CONSTANT") || step.starts_with("SCAN (subquery");
      EXPECT_TRUE(!step.starts_with("SCAN") || small) << name << "\n" << steps;
      // What one customer, enrolment, message or campaign has is sorted when it is asked for; queues are not.
      const bool queue = text.find("LIMIT") != std::string::npos;
      EXPECT_FALSE(queue && step.starts_with("USE TEMP B-TREE")) << name << " sorts everything it finds\n" << steps;
    }
  }
}

TEST(StoreQueries, AllParametersHaveNames) {
  for (const auto& [name, text] : named_queries()) EXPECT_EQ(text.find('?'), std::string::npos) << name;
}

}  // namespace
}  // namespace adapter::sqlite
