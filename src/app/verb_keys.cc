#include <cstdio>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "access/api_key.h"
#include "access/audit.h"
#include "app/machine_clock.h"
#include "app/terminal.h"
#include "app/verbs.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using text::say;
using text::Word;

namespace {

const entry::Caller kTerminal{.name = "terminal", .address = "terminal"};

}  // namespace

Result<void> run_key_new(const CommonOptions& common, const std::string& name, const std::vector<std::string>& scopes) {
  WB_ASSIGN(const auto context, Context::open(common, true));
  WB_ASSIGN(port::ActStore* const store, context->store());
  std::string key;
  WB_TRY(store->transact([&]() -> Result<void> {
    WB_ASSIGN(key, entry::make_api_key(name, store->keys(), machine_clock().now(), scopes.empty() ? entry::usual_scopes() : scopes));
    return entry::Audit{*store, machine_clock()}.record(kTerminal, "key made", name);
  }));
  if (common.json) {
    std::fputs((nlohmann::ordered_json{{"name", name}, {"key", key}}.dump() + "\n").c_str(), stdout);
    return {};
  }
  std::fputs((say(context->language(), Word::key_made, fmt::arg("name", name)) + "\n").c_str(), stderr);
  std::fputs((key + "\n").c_str(), stdout);
  return {};
}

Result<void> run_key_list(const CommonOptions& common) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const auto keys, store->keys().list());
  const text::Language l = context->language();
  if (common.json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const model::ApiKey& key : keys) {
      all.push_back({{"name", key.name}, {"created_at", base::to_string(key.created_at)}, {"living", !key.revoked_at.has_value()},
                     {"scopes", key.scopes},
                     {"created_by", key.created_by},
                     {"last_used_at", key.last_used_at ? nlohmann::ordered_json(base::to_string(*key.last_used_at)) : nlohmann::ordered_json(nullptr)}});
    }
    std::fputs((all.dump(2) + "\n").c_str(), stdout);
    return {};
  }
  if (keys.empty()) {
    std::fputs((std::string{say(l, Word::keys_none)} + "\n").c_str(), stdout);
    return {};
  }
  const auto head = [&](Word word) { return std::string{say(l, word)}; };
  TextTable table{{{head(Word::head_name)}, {head(Word::head_when)}, {head(Word::head_state)}, {head(Word::head_scopes)}, {head(Word::head_last_used)}}};
  for (const model::ApiKey& key : keys) {
    table.add({key.name, base::to_string(key.created_at), head(key.revoked_at ? Word::key_ended : Word::key_living),
               fmt::format("{}", fmt::join(key.scopes, " ")), key.last_used_at ? base::to_string(*key.last_used_at) : "-"});
  }
  std::fputs(table.str().c_str(), stdout);
  return {};
}

Result<void> run_key_revoke(const CommonOptions& common, const std::string& name) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_TRY(store->transact([&]() -> Result<void> {
    WB_ASSIGN(const bool ended, store->keys().revoke(name, machine_clock().now()));
    if (!ended) return fail(Code::not_found, "there is no living key named '{}'; `winback key list` shows them", name);
    return entry::Audit{*store, machine_clock()}.record(kTerminal, "key revoked", name);
  }));
  std::fputs((say(context->language(), Word::key_revoked, fmt::arg("name", name)) + "\n").c_str(), stdout);
  return {};
}

}  // namespace app
