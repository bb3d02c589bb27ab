#include <algorithm>

#include "access/body.h"
#include "access/office.h"
#include "base/email.h"

namespace entry {

using base::Code;
using base::fail;
using base::Result;
using model::Role;
using model::User;
using model::UserState;

namespace {

std::string object_of(std::int64_t id) { return fmt::format("user {}", id); }

Result<User> must_find(std::int64_t id, port::ActStore& store) {
  WB_ASSIGN(auto user, store.users().find(id));
  if (!user) return fail(Code::not_found, "there is nobody with the number {}", id);
  return *std::move(user);
}

bool is_active_owner(const User& user) { return user.role == Role::owner && user.state == UserState::active; }

Result<void> keep_an_owner(std::int64_t without, port::ActStore& store) {
  WB_ASSIGN(const auto all, store.users().list());
  if (std::ranges::any_of(all, [&](const User& u) { return u.id != without && is_active_owner(u); })) return {};
  return fail(Code::conflict, "this is the last owner; make somebody else an owner first");
}

}  // namespace

Result<User> invite(std::string_view email, std::string_view name, Role role, const Caller& caller, port::ActStore& store, Audit& audit,
                    base::Instant now) {
  WB_ASSIGN(const auto address, base::parse_email(email));
  WB_TRY(check_line("name", name, 100));
  User user{.email = address.normal(), .name = std::string{name}, .role = role, .created_at = now};
  WB_TRY(store.transact([&]() -> Result<void> {
    WB_ASSIGN(const bool added, store.users().add(user));
    if (!added) return fail(Code::conflict, "somebody with this address is known already");
    return audit.record(caller, "user invited", object_of(user.id), model::name_of(role));
  }));
  return user;
}

Result<User> change_user(std::int64_t id, const UserChange& change, const Caller& caller, port::ActStore& store, Audit& audit) {
  User user;
  WB_TRY(store.transact([&]() -> Result<void> {
    WB_ASSIGN(user, must_find(id, store));
    const User before = user;
    if (change.name) {
      WB_TRY(check_line("name", *change.name, 100));
      user.name = *change.name;
    }
    if (change.role) user.role = *change.role;
    if (change.state) {
      // Who never chose a password is only invited again.
      const bool can_come_in = !user.password.empty() || !user.subject.empty();
      user.state = *change.state == UserState::active && !can_come_in ? UserState::invited : *change.state;
    }
    if (is_active_owner(before) && !is_active_owner(user)) WB_TRY(keep_an_owner(id, store));
    WB_TRY(store.users().save(user));
    if (user.state == UserState::disabled) WB_TRY(store.users().drop_links(id));
    if (user.role != before.role || user.state != before.state) WB_TRY(store.sessions().end_all(id));
    if (user.role != before.role) WB_TRY(audit.record(caller, "role changed", object_of(id), fmt::format("{} to {}", model::name_of(before.role), model::name_of(user.role))));
    if (user.state != before.state) WB_TRY(audit.record(caller, "state changed", object_of(id), fmt::format("{} to {}", model::name_of(before.state), model::name_of(user.state))));
    if (user.name != before.name) WB_TRY(audit.record(caller, "name changed", object_of(id)));
    return {};
  }));
  return user;
}

Result<void> remove_user(std::int64_t id, const Caller& caller, port::ActStore& store, Audit& audit) {
  return store.transact([&]() -> Result<void> {
    WB_ASSIGN(const User user, must_find(id, store));
    if (is_active_owner(user)) WB_TRY(keep_an_owner(id, store));
    WB_TRY(store.sessions().end_all(id));
    WB_TRY(store.users().drop_links(id));
    WB_TRY(store.users().remove(id));
    return audit.record(caller, "user removed", object_of(id));
  });
}

Result<std::string> link_for(std::int64_t id, const Caller& caller, port::ActStore& store, Audit& audit, base::Instant now) {
  std::string token;
  WB_TRY(store.transact([&]() -> Result<void> {
    WB_ASSIGN(const User user, must_find(id, store));
    if (user.state == UserState::disabled) return fail(Code::conflict, "this account is disabled; enable it first");
    WB_ASSIGN(token, make_link(store, "join", id, now));
    return audit.record(caller, "link made", object_of(id));
  }));
  return token;
}

}  // namespace entry
