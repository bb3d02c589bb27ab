#include <cmath>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "app/machine_clock.h"
#include "app/presets.h"
#include "app/reasons_yaml.h"
#include "app/terminal.h"
#include "app/verbs.h"
#include "app/yaml.h"
#include "app/yaml_fields.h"
#include "collect/import.h"
#include "gen/files.h"
#include "gen/sql_warehouse.h"
#include "understand/reasons/remedies.h"

namespace app {

using base::Block;
using base::Code;
using base::ColumnKind;
using base::Day;
using base::fail;
using base::Result;
using nlohmann::ordered_json;
using text::say;
using text::Word;
using understand::reasons::Complained;
using understand::reasons::RemedyRules;
using understand::reasons::Surge;

namespace {

constexpr std::chrono::days kTaskTime{5};

struct Rules {
  RemedyRules surge;
  std::vector<std::int32_t> days;
  std::uint32_t windows = 5;
  std::string credit;
  std::map<std::string, std::string> remedies;  ///< by reason
};

Result<void> read_rules(std::string_view text, std::string_view where, Rules& rules) {
  WB_ASSIGN(const YAML::Node root, parse_yaml(text, where));
  if (root.IsNull()) return {};
  Fields fields{root, where};
  const auto days = fields.list("days");
  fields.count("windows", rules.windows, 2, 60);
  fields.count("least", rules.surge.least, 2, 1'000'000);
  fields.number("times", rules.surge.times, 1, 100);
  fields.number("confidence", rules.surge.confidence, 0.5, 0.999);
  fields.text("credit", rules.credit);
  fields.other("remedies");
  WB_TRY(fields.finish());
  if (root["days"]) rules.days.clear();
  for (const YAML::Node& one : days) {
    const int count = one.IsScalar() ? one.as<int>(0) : 0;
    if (count < 7 || count > 365) return yaml_error(one, where, "days are windows of 7 to 365 days, such as [30, 90]");
    rules.days.push_back(count);
  }
  if (rules.days.empty()) return yaml_error(root, where, "days names at least one window, such as [30, 90]");
  const YAML::Node remedies = root["remedies"];
  if (remedies && !remedies.IsMap()) return yaml_error(remedies, where, "remedies are `reason: credit`, refund or news");
  if (!remedies) return {};
  for (const auto& one : remedies) {
    const std::string what = one.second.IsScalar() ? one.second.Scalar() : "";
    if (what != "credit" && what != "refund" && what != "news") return yaml_error(one.second, where, "a remedy is credit, refund or news");
    rules.remedies[one.first.Scalar()] = what;
  }
  return {};
}

Result<Rules> load_rules(const std::filesystem::path& own_file) {
  Rules rules;
  WB_TRY(read_rules(gen::file_text("presets/remedies.yaml"), "presets/remedies.yaml", rules));
  if (std::ifstream in{own_file}; in) {
    std::ostringstream text;
    text << in.rdbuf();
    WB_TRY(read_rules(text.str(), own_file.filename().string(), rules));
  }
  return rules;
}

/// A group remedy as it might be: a draft for a person to decide.
struct Draft {
  std::int32_t days = 0;
  Surge surge;
  const model::Reason* reason = nullptr;
  std::string what;              ///< credit, refund or news
  double cost = 0;               ///< at most, where every one of them takes it
};

const model::Reason* reason_of(std::string_view said, const model::ReasonRules& rules) {
  for (const model::Reason& one : rules.reasons) {
    if (one.id == said || std::ranges::find(one.also, said) != one.also.end()) return &one;
  }
  return nullptr;
}

std::map<std::string, std::string> as_of_parameters(Day as_of, std::int32_t days, std::uint32_t windows) {
  return {{"as_of", base::to_string(as_of)}, {"days", std::to_string(days)}, {"windows", std::to_string(windows)}};
}

/// What the customers of the last window paid the last time: what a refund may cost at most.
Result<double> last_orders(const std::set<std::string>& customers, Day as_of, port::Warehouse& warehouse) {
  std::string ids = "[";
  for (const std::string& id : customers) {
    ids += ids.size() > 1 ? ",'" : "'";
    for (const char c : id) {
      if (c == '\'' || c == '\\') ids += '\\';
      ids += c;
    }
    ids += '\'';
  }
  double sum = 0;
  WB_TRY(warehouse.select({gen::warehouse::last_order_amounts.name, gen::warehouse::last_order_amounts.text, {{"ids", ids + "]"}, {"as_of", base::to_string(as_of)}}},
                          [&](Block&& block) -> Result<void> {
                            WB_ASSIGN(const auto* amount, block.need("amount", ColumnKind::f64));
                            for (const double one : amount->as<double>()) sum += std::isfinite(one) ? std::max(one, 0.0) : 0;
                            return {};
                          }));
  return sum;
}

struct Looked {
  std::vector<Draft> drafts;
  std::size_t reasons = 0;
};

Result<void> look(std::int32_t days, Day as_of, const Rules& rules, const model::ReasonRules& names, double credit_cost, port::Warehouse& warehouse, Looked& looked) {
  std::map<std::string, std::array<std::set<std::pair<std::int32_t, std::string>>, 2>> said;  // by reason: now and before
  const auto parameters = as_of_parameters(as_of, days, rules.windows);
  const auto with = [&](const gen::warehouse::Sql& sql) {
    port::Statement statement{sql.name, sql.text, {}};
    for (const auto& [key, value] : parameters) statement.parameters.push_back({key, value});
    return statement;
  };
  WB_TRY(warehouse.select(with(gen::warehouse::complaints), [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
    WB_ASSIGN(const auto* window, block.need("window", ColumnKind::i32));
    WB_ASSIGN(const auto* choice, block.need("reason", ColumnKind::text));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      const model::Reason* reason = reason_of(choice->text()[i], names);
      if (reason == nullptr || reason->actor == model::Actor::nobody) continue;  // nobody can put that right
      const std::int32_t when = window->as<std::int32_t>()[i];
      said[reason->id][when == 0 ? 0 : 1].emplace(when, std::string{id->text()[i]});
    }
    return {};
  }));
  double now = 0, before = 0;
  WB_TRY(warehouse.select(with(gen::warehouse::active_customers), [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* window, block.need("window", ColumnKind::i32));
    WB_ASSIGN(const auto* customers, block.need("customers", ColumnKind::f64));
    for (std::size_t i = 0; i < block.rows(); ++i) (window->as<std::int32_t>()[i] == 0 ? now : before) += customers->as<double>()[i];
    return {};
  }));
  std::vector<Complained> complained;
  for (const auto& [reason, who] : said) complained.push_back({reason, static_cast<double>(who[0].size()), static_cast<double>(who[1].size())});
  looked.reasons += complained.size();
  for (Surge& surge : understand::reasons::find_surges(complained, now, before, rules.surge)) {
    if (!surge.proposed) continue;
    Draft draft{.days = days, .surge = surge, .reason = reason_of(surge.reason, names)};
    const auto named = rules.remedies.find(surge.reason);
    draft.what = named == rules.remedies.end() ? "news" : named->second;
    if (draft.what == "credit") draft.cost = credit_cost * surge.customers;
    if (draft.what == "refund") {
      std::set<std::string> customers;
      for (const auto& [window, id] : said[surge.reason][0]) customers.insert(id);
      WB_ASSIGN(draft.cost, last_orders(customers, as_of, warehouse));
    }
    looked.drafts.push_back(std::move(draft));
  }
  return {};
}

}  // namespace

Result<void> run_remedies(const CommonOptions& common, const RemedyOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(const Rules rules, load_rules(context->data() / "remedies.yaml"));
  WB_ASSIGN(const model::ReasonRules names, load_reason_rules(context->data()));
  WB_ASSIGN(const auto offers, all_preset_offers());
  const auto credit = std::ranges::find(offers, rules.credit, &model::Offer::id);
  if (credit == offers.end()) return fail(Code::invalid_input, "remedies.yaml gives the credit '{}', which is no offer of offers.yaml", rules.credit);
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  const base::Instant now = machine_clock().now();
  WB_ASSIGN(const base::Zone zone, base::Zone::open(context->settings().zone));
  Day as_of = zone.local_day(now);
  if (!options.as_of.empty()) {
    WB_ASSIGN(as_of, base::parse_day(options.as_of));
  }
  Looked looked;
  for (const std::int32_t days : rules.days) WB_TRY(look(days, as_of, rules, names, credit->redemption_cost, *warehouse, looked));

  const text::Language l = context->language();
  const auto li = static_cast<std::size_t>(l);
  const std::string& currency = context->settings().currency;
  constexpr std::array<std::pair<std::string_view, Word>, 3> kWhat = {{{"credit", Word::remedy_credit}, {"refund", Word::remedy_refund}, {"news", Word::remedy_news}}};
  const auto what_of = [&](const Draft& draft) { return std::string{say(l, std::ranges::find(kWhat, draft.what, &std::pair<std::string_view, Word>::first)->second)}; };
  std::size_t tasks = 0;
  ordered_json list = ordered_json::array();
  std::string out;
  for (const Draft& draft : looked.drafts) {
    const Surge& s = draft.surge;
    const std::string cost = text::money(l, currency, draft.cost, 2);
    const std::string sentence = say(l, Word::remedy_draft, fmt::arg("reason", draft.reason->name[li]), fmt::arg("customers", text::whole(l, s.customers)), fmt::arg("days", draft.days),
                                     fmt::arg("share", text::percent(l, s.share)), fmt::arg("usual", text::percent(l, s.usual)),
                                     fmt::arg("low", fmt::format("{:.1f}", 100 * s.more.low)), fmt::arg("high", fmt::format("{:.1f}", 100 * s.more.high)),
                                     fmt::arg("what", what_of(draft)), fmt::arg("cost", cost));
    out += sentence + "\n";
    list.push_back({{"reason", s.reason}, {"actor", model::name_of(draft.reason->actor)}, {"days", draft.days}, {"customers", s.customers}, {"share", s.share}, {"usual", s.usual},
                    {"more", {{"low", s.more.low}, {"high", s.more.high}}}, {"segment", fmt::format("reason = {}", s.reason)}, {"remedy", draft.what}, {"cost_at_most", draft.cost}});
    if (!options.task) continue;
    WB_ASSIGN(port::ActStore* const store, context->store());
    // One task for each reason and month, however often the verb is run.
    WB_TRY(store->inbox().add_task({.campaign_id = "group-remedy", .customer_id = {}, .step = fmt::format("remedy {} {} {}", s.reason, draft.days, base::to_string(as_of).substr(0, 7)),
                                    .queue = std::string{model::name_of(draft.reason->actor)},
                                    .title = say(l, Word::remedy_task, fmt::arg("reason", draft.reason->name[li])), .script = sentence + " " + std::string{say(l, Word::remedy_task_script)},
                                    .created_at = now, .deadline = now + kTaskTime}));
    ++tasks;
  }
  if (common.json) {
    const ordered_json json = {{"as_of", base::to_string(as_of)}, {"reasons_seen", looked.reasons}, {"confidence", rules.surge.confidence}, {"remedies", list}, {"tasks", tasks}};
    std::fputs((json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n").c_str(), stdout);
    return {};
  }
  if (looked.drafts.empty()) out = std::string{say(l, looked.reasons == 0 ? Word::remedy_nothing_said : Word::remedy_none)} + "\n";
  if (tasks > 0) out += say(l, Word::remedy_tasks, fmt::arg("count", tasks)) + "\n";
  std::fputs(out.c_str(), stdout);
  return {};
}

}  // namespace app
