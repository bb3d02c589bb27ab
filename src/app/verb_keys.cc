#include <cstdio>

#include <nlohmann/json.hpp>

#include "app/api_keys.h"
#include "app/machine_clock.h"
#include "app/terminal.h"
#include "app/verbs.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using text::say;
using text::Word;

Result<void> run_key_new(const CommonOptions& common, const std::string& name) {
  WB_ASSIGN(const auto context, Context::open(common, true));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const std::string key, make_api_key(name, store->keys(), machine_clock().now()));
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
      all.push_back({{"name", key.name}, {"created_at", base::to_string(key.created_at)}, {"living", !key.revoked_at.has_value()}});
    }
    std::fputs((all.dump(2) + "\n").c_str(), stdout);
    return {};
  }
  if (keys.empty()) {
    std::fputs((std::string{say(l, Word::keys_none)} + "\n").c_str(), stdout);
    return {};
  }
  const auto head = [&](Word word) { return std::string{say(l, word)}; };
  TextTable table{{{head(Word::head_name)}, {head(Word::head_when)}, {head(Word::head_state)}}};
  for (const model::ApiKey& key : keys) {
    table.add({key.name, base::to_string(key.created_at), head(key.revoked_at ? Word::key_ended : Word::key_living)});
  }
  std::fputs(table.str().c_str(), stdout);
  return {};
}

Result<void> run_key_revoke(const CommonOptions& common, const std::string& name) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const bool ended, store->keys().revoke(name, machine_clock().now()));
  if (!ended) return fail(Code::not_found, "there is no living key named '{}'; `winback key list` shows them", name);
  std::fputs((say(context->language(), Word::key_revoked, fmt::arg("name", name)) + "\n").c_str(), stdout);
  return {};
}

}  // namespace app
