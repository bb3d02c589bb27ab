#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/access.h"

// What access keeps: people, where they are signed in, and the audit log. As in act_store.h every method is a transaction
// of its own unless it is called within port::ActStore::transact. Any thread may call.

namespace port {

/// People and the one-time links that let them in.
class UserStore {
 public:
  virtual ~UserStore() = default;
  virtual base::Result<bool> add(model::User& user) = 0;  ///< sets its id; false: the address or subject is somebody's
  virtual base::Result<void> save(const model::User& user) = 0;
  virtual base::Result<std::optional<model::User>> find(std::int64_t id) = 0;
  virtual base::Result<std::optional<model::User>> by_email(std::string_view email) = 0;
  virtual base::Result<std::optional<model::User>> by_subject(std::string_view issuer, std::string_view subject) = 0;
  virtual base::Result<std::vector<model::User>> list() = 0;  ///< oldest first
  virtual base::Result<void> remove(std::int64_t id) = 0;

  virtual base::Result<void> put_link(const model::OneTimeLink& link) = 0;
  /// The link with this digest and purpose that has not expired at `now`.
  virtual base::Result<std::optional<model::OneTimeLink>> link(std::string_view digest, std::string_view purpose, base::Instant now) = 0;
  virtual base::Result<void> drop_links(std::int64_t user) = 0;
};

/// Where people are signed in.
class SessionStore {
 public:
  virtual ~SessionStore() = default;
  virtual base::Result<void> add(model::Session& session) = 0;  ///< sets its id
  virtual base::Result<std::optional<model::Session>> find(std::string_view digest) = 0;
  virtual base::Result<std::vector<model::Session>> of_user(std::int64_t user) = 0;  ///< newest first
  virtual base::Result<void> touch(std::string_view digest, base::Instant at) = 0;
  virtual base::Result<void> end(std::string_view digest) = 0;
  virtual base::Result<bool> end_of_user(std::int64_t user, std::int64_t id) = 0;  ///< false: they have none of that id
  virtual base::Result<void> end_all(std::int64_t user, std::string_view but_digest = {}) = 0;
  virtual base::Result<void> drop_old(base::Instant idle_since, base::Instant begun_before) = 0;
};

/// Who did what. Lines are added and never changed; the store itself refuses anything else.
class AuditStore {
 public:
  virtual ~AuditStore() = default;
  virtual base::Result<std::optional<std::string>> last_digest() = 0;
  virtual base::Result<void> append(const model::AuditEntry& entry) = 0;  ///< `conflict` when its predecessor has a successor
  virtual base::Result<std::vector<model::AuditEntry>> before(std::int64_t id, std::size_t limit) = 0;  ///< newest first
  virtual base::Result<std::vector<model::AuditEntry>> after(std::int64_t id, std::size_t limit) = 0;   ///< oldest first
};

}  // namespace port
