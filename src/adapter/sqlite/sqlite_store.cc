#include <sys/random.h>

#include <bit>

#include "adapter/sqlite/database.h"
#include "adapter/sqlite/open_sqlite.h"
#include "adapter/sqlite/parts.h"
#include "base/hash.h"
#include "gen/sql_store.h"

namespace adapter::sqlite {

namespace store_sql = gen::store;
using base::Code;
using base::fail;

namespace {

constexpr std::string_view kKinds[] = {"orders",   "customers",   "products", "events",
                                         "spend",    "consents",    "redemptions", "codes", "feedback"};

std::optional<std::int64_t> millis(const std::optional<base::Instant>& at) {
  return at ? std::optional{base::millis(*at)} : std::nullopt;
}
std::optional<std::int64_t> number(const std::optional<base::Day>& day) {
  return day ? std::optional<std::int64_t>{base::day_number(*day)} : std::nullopt;
}
std::optional<base::Instant> instant(const std::optional<std::int64_t>& value) {
  return value ? std::optional{base::instant_from_millis(*value)} : std::nullopt;
}
std::optional<base::Day> day(const std::optional<std::int64_t>& value) {
  return value ? std::optional{base::day_from_number(static_cast<std::int32_t>(*value))} : std::nullopt;
}

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  WB_CHECK(getrandom(bytes.data(), size, 0) == static_cast<ssize_t>(size));
  return bytes;
}

class SqliteImports final : public port::ImportStore {
 public:
  explicit SqliteImports(const Database& database) : database_(database) {}

  base::Result<model::Import> begin(const model::Import& draft) override {
    std::optional<model::Import> begun;
    const auto done = database_.transact([&]() -> base::Result<void> {
      WB_ASSIGN(begun, one(store_sql::find_unfinished_import, draft.fingerprint));
      if (begun) return {};
      WB_ASSIGN(Statement insert, database_.prepare(store_sql::insert_import));
      insert.bind("$kind", kKinds[static_cast<std::size_t>(draft.kind)])
          .bind("$file_name", draft.file_name)
          .bind("$fingerprint", draft.fingerprint)
          .bind("$source", draft.source)
          .bind("$started_at", base::millis(draft.started_at))
          .bind("$summary_json", draft.summary_json);
      WB_TRY(insert.run());
      begun = draft;
      begun->id = static_cast<std::uint32_t>(database_.last_id());
      return {};
    });
    if (!done) return std::unexpected(done.error());
    return std::move(*begun);
  }

  base::Result<void> finish(const model::Import& import) override {
    if (!import.finished_at) return fail(Code::internal, "import {} is finished without a time", import.id);
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(store_sql::finish_import));
    update.bind("$finished_at", millis(import.finished_at))
        .bind("$rows_read", static_cast<std::int64_t>(import.rows_read))
        .bind("$rows_kept", static_cast<std::int64_t>(import.rows_kept))
        .bind("$rows_rejected", static_cast<std::int64_t>(import.rows_rejected))
        .bind("$first_day", number(import.first_day))
        .bind("$last_day", number(import.last_day))
        .bind("$summary_json", import.summary_json)
        .bind("$id", std::int64_t{import.id});
    WB_TRY(update.run());
    return changed_one(import.id);
  }

  base::Result<std::optional<model::Import>> find_finished(std::string_view fingerprint) override {
    return one(store_sql::find_finished_import, fingerprint);
  }

  base::Result<std::optional<model::Import>> find(std::uint32_t id) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(store_sql::find_import));
    select.bind("$id", std::int64_t{id});
    return first(select);
  }

  base::Result<std::vector<model::Import>> list() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(store_sql::list_imports));
    std::vector<model::Import> imports;
    for (;;) {
      WB_ASSIGN(auto import, first(select));
      if (!import) return imports;
      imports.push_back(std::move(*import));
    }
  }

  base::Result<void> mark_undone(std::uint32_t id, base::Instant at) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement update, database_.prepare(store_sql::undo_import));
    WB_TRY(update.bind("$undone_at", base::millis(at)).bind("$id", std::int64_t{id}).run());
    return changed_one(id);
  }

 private:
  base::Result<void> changed_one(std::uint32_t id) const {
    if (database_.changed_rows() == 1) return {};
    return fail(Code::not_found, "there is no import {}; `winback imports list` shows them", id);
  }

  base::Result<std::optional<model::Import>> one(const store_sql::Sql& sql, std::string_view fingerprint) const {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(sql));
    select.bind("$fingerprint", fingerprint);
    return first(select);
  }

  static base::Result<std::optional<model::Import>> first(Statement& row) {
    WB_ASSIGN(const bool there, row.step());
    if (!there) return std::optional<model::Import>{};
    model::Import import;
    import.id = static_cast<std::uint32_t>(row.integer(0));
    const std::string kind = row.text(1);
    const auto known = std::ranges::find(kKinds, kind);
    if (known == std::end(kKinds))
      return fail(Code::corrupt, "import {} in the store has the unknown kind '{}'; restore the store from a backup",
                  import.id, kind);
    import.kind = static_cast<model::ImportKind>(known - kKinds);
    import.file_name = row.text(2);
    import.fingerprint = row.text(3);
    import.source = row.text(4);
    import.started_at = base::instant_from_millis(row.integer(5));
    import.finished_at = instant(row.maybe_integer(6));
    import.undone_at = instant(row.maybe_integer(7));
    import.rows_read = static_cast<std::uint64_t>(row.integer(8));
    import.rows_kept = static_cast<std::uint64_t>(row.integer(9));
    import.rows_rejected = static_cast<std::uint64_t>(row.integer(10));
    import.first_day = day(row.maybe_integer(11));
    import.last_day = day(row.maybe_integer(12));
    import.summary_json = row.text(13);
    return std::optional{std::move(import)};
  }

  const Database& database_;
};

class SqliteContacts final : public port::ContactStore {
 public:
  SqliteContacts(const Database& database, std::string_view secret) : database_(database), key_(secret) {}

  base::Result<void> put(std::span<const model::ContactPoint> points) override {
    return database_.transact([&]() -> base::Result<void> {
      WB_ASSIGN(Statement insert, database_.prepare(store_sql::put_contact_point));
      for (const model::ContactPoint& point : points) {
        insert.bind("$customer_id", point.customer_id)
            .bind("$channel", point.channel)
            .bind("$address", point.address)
            .bind("$name", point.name)
            .bind("$language", point.language)
            .bind("$opted_out", std::int64_t{point.opted_out});
        WB_TRY(insert.run());
      }
      return {};
    });
  }

  base::Result<void> each(const std::function<base::Result<void>(const model::ContactPoint&)>& sink) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(store_sql::list_contact_points));
    for (;;) {
      WB_ASSIGN(const bool more, select.step());
      if (!more) return {};
      WB_TRY(sink({.customer_id = select.text(0),
                   .channel = select.text(1),
                   .address = select.text(2),
                   .name = select.text(3),
                   .language = select.text(4),
                   .opted_out = select.integer(5) != 0}));
    }
  }

  base::Result<std::uint64_t> count() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(store_sql::count_contact_points));
    WB_TRY(select.step());
    return static_cast<std::uint64_t>(select.integer(0));
  }

  base::Result<std::string> pseudonym(std::string_view normalised_address) override {
    const base::Digest digest = key_.sign(normalised_address);
    return "p_" + base::to_hex(std::span{digest}.first(16));
  }

 private:
  const Database& database_;
  const base::HmacKey key_;
};

class SqlitePlans final : public port::PlanStore {
 public:
  explicit SqlitePlans(const Database& database) : database_(database) {}

  base::Result<void> save(const model::Plan& plan) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement insert, database_.prepare(store_sql::save_plan));
    return insert.bind("$id", plan.id)
        .bind("$made_at", base::millis(plan.made_at))
        .bind("$as_of", std::int64_t{base::day_number(plan.as_of)})
        .bind("$currency", plan.currency)
        .bind("$preset", plan.preset)
        .bind("$salt", std::bit_cast<std::int64_t>(plan.salt))
        .bind("$holdout_share", plan.holdout_share)
        .bind("$horizon_days", std::int64_t{plan.horizon_days})
        .bind("$summary_json", plan.summary_json)
        .run();
  }

  base::Result<std::optional<model::Plan>> find(std::string_view id) override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(store_sql::find_plan));
    select.bind("$id", id);
    return next(select);
  }

  base::Result<std::vector<model::Plan>> list() override {
    const std::lock_guard lock{database_.mutex()};
    WB_ASSIGN(Statement select, database_.prepare(store_sql::list_plans));
    std::vector<model::Plan> plans;
    for (;;) {
      WB_ASSIGN(auto plan, next(select));
      if (!plan) return plans;
      plans.push_back(std::move(*plan));
    }
  }

 private:
  static base::Result<std::optional<model::Plan>> next(Statement& row) {
    WB_ASSIGN(const bool there, row.step());
    if (!there) return std::optional<model::Plan>{};
    return std::optional{model::Plan{.id = row.text(0),
                                     .made_at = base::instant_from_millis(row.integer(1)),
                                     .as_of = base::day_from_number(static_cast<std::int32_t>(row.integer(2))),
                                     .currency = row.text(3),
                                     .preset = row.text(4),
                                     .salt = std::bit_cast<std::uint64_t>(row.integer(5)),
                                     .holdout_share = row.real(6),
                                     .horizon_days = static_cast<std::uint32_t>(row.integer(7)),
                                     .summary_json = row.text(8)}};
  }

  const Database& database_;
};

struct Workspace {
  std::string id;
  std::string secret;
};

/// The workspace's row, made with the first opening.
base::Result<Workspace> workspace_of(const Database& database) {
  Workspace workspace;
  const auto done = database.transact([&]() -> base::Result<void> {
    WB_ASSIGN(Statement select, database.prepare(store_sql::find_workspace));
    WB_ASSIGN(const bool there, select.step());
    if (there) {
      workspace = {select.text(0), select.text(1)};
      return {};
    }
    const std::string id = random_bytes(16);
    workspace = {base::to_hex(std::span{reinterpret_cast<const std::uint8_t*>(id.data()), id.size()}),
                 random_bytes(32)};
    WB_ASSIGN(Statement insert, database.prepare(store_sql::insert_workspace));
    return insert.bind("$id", workspace.id).bind_bytes("$secret", workspace.secret).run();
  });
  if (!done) return std::unexpected(done.error());
  return workspace;
}

class SqliteStore final : public port::ActStore {
 public:
  SqliteStore(std::unique_ptr<Database> database, Workspace workspace)
      : database_(std::move(database)),
        id_(std::move(workspace.id)),
        secret_(std::move(workspace.secret)),
        imports_(*database_),
        contacts_(*database_, secret_),
        plans_(*database_),
        campaigns_(campaign_store(*database_)),
        enrolments_(enrolment_store(*database_)),
        outbox_(outbox_store(*database_)),
        counts_(act_counts(*database_)),
        people_(people_store(*database_, contacts_)),
        codes_(code_store(*database_)),
        responses_(response_store(*database_)),
        inbox_(inbox_store(*database_)),
        keys_(key_store(*database_)),
        users_(user_store(*database_)),
        sessions_(session_store(*database_)),
        audit_(audit_store(*database_)),
        events_(event_store(*database_)),
        findings_(finding_store(*database_)),
        grants_(grant_store(*database_)),
        audiences_(audience_store(*database_)),
        back_(back_store(*database_)),
        surveys_(survey_store(*database_)) {}

  std::string_view workspace_id() const override { return id_; }
  port::ImportStore& imports() override { return imports_; }
  port::ContactStore& contacts() override { return contacts_; }
  port::PlanStore& plans() override { return plans_; }
  port::CampaignStore& campaigns() override { return *campaigns_; }
  port::EnrolmentStore& enrolments() override { return *enrolments_; }
  port::Outbox& outbox() override { return *outbox_; }
  port::ActCounts& counts() override { return *counts_; }
  port::PeopleStore& people() override { return *people_; }
  port::CodeStore& codes() override { return *codes_; }
  port::ResponseStore& responses() override { return *responses_; }
  port::InboxStore& inbox() override { return *inbox_; }
  port::KeyStore& keys() override { return *keys_; }
  port::UserStore& users() override { return *users_; }
  port::SessionStore& sessions() override { return *sessions_; }
  port::AuditStore& audit() override { return *audit_; }
  port::EventStore& events() override { return *events_; }
  port::FindingStore& findings() override { return *findings_; }
  port::GrantStore& grants() override { return *grants_; }
  port::AudienceStore& audiences() override { return *audiences_; }
  port::BackStore& back() override { return *back_; }
  port::SurveyStore& surveys() override { return *surveys_; }

  base::Digest sign(std::string_view purpose, std::string_view bytes) const override {
    return key_of(purpose).sign(bytes);
  }

  base::Result<void> scrub() override {
    static constexpr store_sql::Sql kCheckpoint{"empty the journal", "PRAGMA wal_checkpoint(TRUNCATE)"};
    const std::lock_guard lock{database_->mutex()};
    WB_ASSIGN(Statement checkpoint, database_->prepare(kCheckpoint));
    WB_TRY(checkpoint.step());
    if (checkpoint.integer(0) == 0) return {};
    return fail(Code::conflict,
                "the store {} is being read, so its journal still holds old bytes; run the same command again when "
                "`winback serve` is idle",
                database_->file().string());
  }

  base::Result<void> transact(const std::function<base::Result<void>()>& work) override {
    return database_->transact(work);
  }
  base::Result<void> look(const std::function<base::Result<void>()>& work) override { return database_->look(work); }

 private:
  /// Each purpose has a key of its own, made from the secret once.
  const base::HmacKey& key_of(std::string_view purpose) const {
    const std::lock_guard lock{signing_mutex_};
    auto known = signing_.find(purpose);
    if (known == signing_.end()) {
      const base::Digest key = base::hmac_sha256(secret_, purpose);
      known = signing_.emplace(purpose, base::HmacKey{{reinterpret_cast<const char*>(key.data()), key.size()}}).first;
    }
    return known->second;
  }

  std::unique_ptr<Database> database_;
  std::string id_;
  std::string secret_;
  mutable std::mutex signing_mutex_;
  mutable std::map<std::string, base::HmacKey, std::less<>> signing_;  ///< by purpose
  SqliteImports imports_;
  SqliteContacts contacts_;
  SqlitePlans plans_;
  std::unique_ptr<port::CampaignStore> campaigns_;
  std::unique_ptr<port::EnrolmentStore> enrolments_;
  std::unique_ptr<port::Outbox> outbox_;
  std::unique_ptr<port::ActCounts> counts_;
  std::unique_ptr<port::PeopleStore> people_;
  std::unique_ptr<port::CodeStore> codes_;
  std::unique_ptr<port::ResponseStore> responses_;
  std::unique_ptr<port::InboxStore> inbox_;
  std::unique_ptr<port::KeyStore> keys_;
  std::unique_ptr<port::UserStore> users_;
  std::unique_ptr<port::SessionStore> sessions_;
  std::unique_ptr<port::AuditStore> audit_;
  std::unique_ptr<port::EventStore> events_;
  std::unique_ptr<port::FindingStore> findings_;
  std::unique_ptr<port::GrantStore> grants_;
  std::unique_ptr<port::AudienceStore> audiences_;
  std::unique_ptr<port::BackStore> back_;
  std::unique_ptr<port::SurveyStore> surveys_;
};

}  // namespace

base::Result<std::unique_ptr<port::ActStore>> open_sqlite(const std::filesystem::path& file) {
  WB_ASSIGN(auto database, Database::open(file));
  WB_TRY(migrate(*database));
  WB_ASSIGN(Workspace workspace, workspace_of(*database));
  return std::make_unique<SqliteStore>(std::move(database), std::move(workspace));
}

base::Result<std::unique_ptr<port::ActStore>> open_sqlite_in_memory() { return open_sqlite(":memory:"); }

}  // namespace adapter::sqlite
