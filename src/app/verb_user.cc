#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "access/office.h"
#include "app/access_settings.h"
#include "app/act_settings.h"
#include "app/machine_clock.h"
#include "app/terminal.h"
#include "app/verbs.h"
#include "base/email.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using text::say;
using text::Word;

namespace {

/// What the command line does is noted as done by whoever may read the data folder.
const entry::Caller kTerminal{.name = "terminal", .address = "terminal"};

Result<model::User> find_user(port::ActStore& store, const std::string& email) {
  WB_ASSIGN(const auto address, base::parse_email(email));
  WB_ASSIGN(auto user, store.users().by_email(address.normal()));
  if (!user) return fail(Code::not_found, "nobody has an account with this address; `winback user list` shows them");
  return *std::move(user);
}

/// Prints the link by which they come in.
Result<void> print_link(Context& context, const model::User& user, const std::string& token) {
  WB_ASSIGN(const AccessSettings access, load_access_settings(context.settings_file()));
  WB_ASSIGN(const ActSettings act, load_act_settings(context.settings_file()));
  const std::string link = entry::link_url(reach_of(access, act.listen, act.behind_proxy), act.listen, "join", token);
  if (context.json()) {
    std::fputs((nlohmann::ordered_json{{"id", user.id}, {"email", user.email}, {"link", link}}.dump() + "\n").c_str(), stdout);
    return {};
  }
  std::fputs((say(context.language(), Word::user_link, fmt::arg("name", user.name)) + "\n").c_str(), stderr);
  std::fputs((link + "\n").c_str(), stdout);
  return {};
}

}  // namespace

Result<void> run_user_add(const CommonOptions& common, const UserOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, true));
  WB_ASSIGN(port::ActStore* const store, context->store());
  const auto role = model::parse_role(options.role);
  if (!role) return fail(Code::invalid_input, "--role must be owner, marketer, analyst, agent or read_only");
  entry::Audit audit{*store, machine_clock()};
  const base::Instant now = machine_clock().now();
  model::User user;
  std::string token;
  WB_TRY(store->transact([&]() -> Result<void> {
    WB_ASSIGN(user, entry::invite(options.email, options.name.empty() ? options.email : options.name, *role, kTerminal, *store, audit, now));
    WB_ASSIGN(token, entry::make_link(*store, "join", user.id, now));
    return {};
  }));
  return print_link(*context, user, token);
}

Result<void> run_user_list(const CommonOptions& common) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const auto users, store->users().list());
  const text::Language l = context->language();
  if (common.json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const model::User& user : users) {
      all.push_back({{"id", user.id},
                     {"email", user.email},
                     {"name", user.name},
                     {"role", model::name_of(user.role)},
                     {"state", model::name_of(user.state)},
                     {"last_seen_at", user.last_seen_at ? nlohmann::ordered_json(base::to_string(*user.last_seen_at)) : nlohmann::ordered_json(nullptr)}});
    }
    std::fputs((all.dump(2) + "\n").c_str(), stdout);
    return {};
  }
  if (users.empty()) {
    std::fputs((std::string{say(l, Word::users_none)} + "\n").c_str(), stdout);
    return {};
  }
  const auto head = [&](Word word) { return std::string{say(l, word)}; };
  TextTable table{{{head(Word::head_email)}, {head(Word::head_name)}, {head(Word::head_user_role)}, {head(Word::head_state)}, {head(Word::head_last_seen)}}};
  for (const model::User& user : users) {
    table.add({user.email, user.name, std::string{model::name_of(user.role)}, std::string{model::name_of(user.state)},
               user.last_seen_at ? base::to_string(*user.last_seen_at) : "-"});
  }
  std::fputs(table.str().c_str(), stdout);
  return {};
}

Result<void> run_user_reset(const CommonOptions& common, const UserOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const model::User user, find_user(*store, options.email));
  entry::Audit audit{*store, machine_clock()};
  WB_ASSIGN(const std::string token, entry::link_for(user.id, kTerminal, *store, audit, machine_clock().now()));
  return print_link(*context, user, token);
}

Result<void> run_user_remove(const CommonOptions& common, const UserOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const model::User user, find_user(*store, options.email));
  entry::Audit audit{*store, machine_clock()};
  WB_TRY(entry::remove_user(user.id, kTerminal, *store, audit));
  if (common.json) {
    std::fputs((nlohmann::ordered_json{{"id", user.id}, {"removed", true}}.dump() + "\n").c_str(), stdout);
  } else {
    std::fputs((say(context->language(), Word::user_removed, fmt::arg("name", user.name)) + "\n").c_str(), stdout);
  }
  return {};
}

Result<void> run_audit_verify(const CommonOptions& common) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const entry::Verified found, entry::verify_audit(store->audit()));
  if (common.json) {
    const nlohmann::ordered_json broken = found.broken_at == 0 ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(found.broken_at);
    std::fputs((nlohmann::ordered_json{{"entries", found.entries}, {"head", found.head}, {"broken_at", broken}}.dump() + "\n").c_str(), stdout);
  }
  if (found.broken_at != 0) return fail(Code::corrupt, "the audit log is broken at line {}: {}; lines before it are sound", found.broken_at, found.why);
  if (!common.json) {
    std::fputs((say(context->language(), Word::audit_whole, fmt::arg("count", found.entries), fmt::arg("head", found.head)) + "\n").c_str(), stdout);
  }
  return {};
}

}  // namespace app
