#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "app/terminal.h"
#include "app/verbs.h"
#include "app/yaml.h"
#include "app/yaml_fields.h"
#include "collect/import.h"
#include "gen/files.h"
#include "understand/business/account_value.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using text::say;
using text::Word;
using understand::business::AccountAssumptions;
using understand::business::AccountValue;
using understand::business::Asset;
using understand::business::kAssets;

namespace {

constexpr std::array<const char*, kAssets> kAssetKeys = {"spend", "items", "hours"};

Result<void> read_assumptions(std::string_view text, std::string_view where, AccountAssumptions& assumed) {
  WB_ASSIGN(const YAML::Node root, parse_yaml(text, where));
  if (!root.IsMap()) return yaml_error(root, where, "expected fields such as spend: {worth: 0.25, sd: 0.15}");
  Fields fields{root, where};
  fields.number("spread", assumed.spread, 0.01, 5);
  for (std::size_t a = 0; a < kAssets; ++a) fields.other(kAssetKeys[a]);
  WB_TRY(fields.finish());
  for (std::size_t a = 0; a < kAssets; ++a) {
    const YAML::Node node = root[kAssetKeys[a]];
    if (!node) continue;
    if (!node.IsMap()) return yaml_error(node, where, "an asset has fields such as {worth: 0.25, sd: 0.15}");
    Fields own{node, where};
    own.number("worth", assumed.asset[a].worth, 0, 1e6);
    own.number("sd", assumed.asset[a].sd, 1e-4, 1e6);
    WB_TRY(own.finish());
  }
  return {};
}

Result<AccountAssumptions> load_account_assumptions(const std::filesystem::path& own) {
  AccountAssumptions assumed;
  WB_TRY(read_assumptions(gen::file_text("presets/account_value.yaml"), "presets/account_value.yaml", assumed));
  if (std::ifstream in{own}; in) {
    std::ostringstream text;
    text << in.rdbuf();
    WB_TRY(read_assumptions(text.str(), own.filename().string(), assumed));
  }
  return assumed;
}

std::string json_of(const AccountValue& value, std::string_view customer, base::Day as_of, const std::string& currency) {
  nlohmann::ordered_json ledger = nlohmann::ordered_json::array();
  for (const auto& line : value.ledger) {
    ledger.push_back({{"asset", name_of(line.asset)}, {"amount", line.amount}, {"worth_each", line.worth_each}, {"worth_each_sd", line.worth_each_sd}, {"worth", line.worth}});
  }
  const nlohmann::ordered_json json = {{"customer_id", customer}, {"as_of", base::to_string(as_of)}, {"currency", currency}, {"fair", value.fair},
                                       {"low", value.low}, {"high", value.high}, {"ledger", ledger}, {"sales", value.sales}, {"assumed", value.assumed}};
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<void> run_account_value(const CommonOptions& common, const AccountValueOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(const AccountAssumptions assumed, load_account_assumptions(context->data() / "account_value.yaml"));
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_ASSIGN(base::Day as_of, understand::business::last_event_day(*warehouse));
  if (!options.as_of.empty()) {
    WB_ASSIGN(as_of, base::parse_day(options.as_of));
  }
  WB_ASSIGN(const auto events, understand::business::load_events(*warehouse, as_of));
  std::size_t row = 0;
  while (row < events.size() && events.customer_id[row] != options.customer) ++row;
  if (row == events.size()) {
    return fail(Code::not_found, "nothing is known of play by '{}' up to {}; bring it in with `winback import events FILE` (session, payment, item_gained)",
                options.customer, base::to_string(as_of));
  }
  const auto model = understand::business::AccountModel::learn(events, assumed);
  const AccountValue value = model.value(events, row);
  const std::string& currency = context->settings().currency;
  if (context->json()) {
    std::fputs(json_of(value, options.customer, as_of, currency).c_str(), stdout);
    return {};
  }
  const text::Language l = context->language();
  const auto money = [&](double amount) { return text::money(l, currency, amount, 2); };
  std::string out = say(l, Word::account_headline, fmt::arg("customer", options.customer), fmt::arg("fair", money(value.fair)),
                        fmt::arg("low", money(value.low)), fmt::arg("high", money(value.high))) + "\n\n";
  TextTable table{{{std::string{say(l, Word::account_asset)}}, {std::string{say(l, Word::account_amount)}, true},
                   {std::string{say(l, Word::account_each)}, true}, {std::string{say(l, Word::account_worth)}, true}}};
  constexpr std::array kNames = {Word::account_spend, Word::account_items, Word::account_hours};
  for (std::size_t a = 0; a < kAssets; ++a) {
    const auto& line = value.ledger[a];
    const bool hours = line.asset == Asset::hours;
    table.add({std::string{say(l, kNames[a])}, hours ? text::whole(l, line.amount) : money(line.amount),
               fmt::format("{:.2f} ± {:.2f}", line.worth_each, line.worth_each_sd), money(line.worth)});
  }
  out += table.str() + "\n";
  out += value.sales == 0 ? std::string{say(l, Word::account_assumed)} : say(l, Word::account_learned, fmt::arg("sales", text::whole(l, static_cast<double>(value.sales))));
  std::fputs((out + "\n").c_str(), stdout);
  return {};
}

}  // namespace app
