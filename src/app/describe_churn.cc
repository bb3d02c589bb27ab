#include "app/describe_churn.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

#include "app/terminal.h"

namespace app {

using model::Churn;
using model::ChurnAction;
using model::ChurnDriver;
using model::ChurnReason;
using nlohmann::ordered_json;
using text::Language;
using text::say;
using text::Word;

namespace {

std::string line(std::string_view text) { return std::string{text} + "\n"; }
std::string days(double value) { return fmt::format("{:.0f}", value); }

Word action_word(ChurnAction action) {
  constexpr std::array<Word, model::kChurnActions> words = {Word::churn_do_remind, Word::churn_do_ask, Word::churn_do_second_order,
                                                            Word::churn_do_serve, Word::churn_do_help_decide, Word::churn_do_change_channel,
                                                            Word::churn_do_call, Word::churn_do_watch};
  return words[static_cast<std::size_t>(action)];
}

std::string model_name(std::string_view model, Language l) {
  constexpr std::array<std::pair<std::string_view, Word>, 6> names = {{{"trees", Word::churn_model_trees},
                                                                       {"blend", Word::churn_model_blend},
                                                                       {"logistic", Word::churn_model_logistic},
                                                                       {"recency", Word::churn_model_recency},
                                                                       {"btyd", Word::churn_model_btyd},
                                                                       {"rhythm", Word::churn_model_rhythm}}};
  for (const auto& [name, word] : names) {
    if (name == model) return std::string{say(l, word)};
  }
  return std::string{model};
}

std::string column(Language l, Word word) { return std::string{say(l, word)}; }

/// Which model, and why that one.
std::string describe_choice(const Churn& c, Language l) {
  const std::string name = model_name(c.model, l);
  if (!c.measured) return line(say(l, Word::churn_short_history, fmt::arg("model", name)));
  const Word word = c.why == "best_out_of_time" ? Word::churn_chosen : Word::churn_simpler;
  return line(say(l, word, fmt::arg("model", name), fmt::arg("against", model_name(c.against, l)), fmt::arg("folds", c.folds.size()),
                  fmt::arg("gain", fmt::format("{:.4f}", c.gain)), fmt::arg("error", fmt::format("{:.4f}", c.gain_error))));
}

std::string describe_quality(const Churn& c, Language l) {
  if (!c.measured) return "";
  TextTable scores{{{column(l, Word::churn_column_model)}, {"AUC", true}, {"Brier", true}, {"AP", true}, {column(l, Word::churn_column_predicted), true}}};
  for (const auto& s : c.scores) {
    scores.add({(s.model == c.model ? "* " : "  ") + model_name(s.model, l), fmt::format("{:.3f}", s.auc), fmt::format("{:.4f}", s.brier),
                fmt::format("{:.3f}", s.average_precision), text::percent(l, s.predicted)});
  }
  TextTable groups{{{column(l, Word::churn_column_group)}, {column(l, Word::churn_column_predicted), true}, {column(l, Word::churn_column_left), true},
                    {column(l, Word::churn_column_interval), true}, {column(l, Word::churn_column_customers), true}}};
  for (std::size_t g = 0; g < c.deciles.size(); ++g) {
    const auto& d = c.deciles[g];
    groups.add({fmt::format("{}", g + 1), text::percent(l, d.predicted), text::percent(l, d.observed),
                fmt::format("{} … {}", text::percent(l, d.low), text::percent(l, d.high)), text::whole(l, static_cast<double>(d.customers))});
  }
  return "\n" + scores.str() + "\n" + groups.str();
}

std::string describe_refused(const Churn& c, Language l) {
  std::string out;
  for (const auto& r : c.refused) {
    const Word word = r.why == "changes_with_future" ? Word::churn_refused_future : r.why == "fades" ? Word::churn_refused_fades : Word::churn_refused_good;
    out += line(say(l, word, fmt::arg("column", r.column), fmt::arg("auc", fmt::format("{:.2f}", r.auc)), fmt::arg("earlier", fmt::format("{:.2f}", r.auc_earlier))));
  }
  return out;
}

ordered_json json_of(const model::ChurnScore& s) {
  return {{"model", s.model}, {"auc", s.auc}, {"brier", s.brier}, {"average_precision", s.average_precision}, {"log_loss", s.log_loss}, {"predicted", s.predicted}};
}

}  // namespace

std::string say_driver(const ChurnDriver& d, const std::string& currency, Language l) {
  const auto now = fmt::arg("now", days(d.now));
  const auto usual = fmt::arg("usual", days(d.usual));
  const std::string now_money = text::money_brief(l, currency, d.now), usual_money = text::money_brief(l, currency, d.usual);
  switch (d.reason) {
    case ChurnReason::silence: return say(l, Word::churn_why_silence, now, usual);
    case ChurnReason::slowing: return say(l, Word::churn_why_slowing, now, usual);
    case ChurnReason::seldom: return say(l, Word::churn_why_seldom, now, usual);
    case ChurnReason::few:
      return d.now == 1 ? say(l, Word::churn_why_once, usual) : say(l, Word::churn_why_few, now, usual);
    case ChurnReason::spend: return say(l, Word::churn_why_spend, fmt::arg("now", now_money), fmt::arg("usual", usual_money));
    case ChurnReason::baskets: return say(l, Word::churn_why_baskets, fmt::arg("now", now_money), fmt::arg("usual", usual_money));
    case ChurnReason::returns: return say(l, Word::churn_why_returns, fmt::arg("share", text::percent(l, d.now)));
    case ChurnReason::discounts: return say(l, Word::churn_why_discounts, fmt::arg("share", text::percent(l, d.now)));
    case ChurnReason::breadth: return say(l, Word::churn_why_breadth, now, usual);
    case ChurnReason::visits: return say(l, Word::churn_why_visits, now, usual);
    case ChurnReason::carts: return say(l, Word::churn_why_carts, now);
    case ChurnReason::messages: return say(l, Word::churn_why_messages, now, usual);
    case ChurnReason::troubles: return say(l, Word::churn_why_troubles, now);
    case ChurnReason::season: break;
  }
  return std::string{say(l, Word::churn_why_season)};
}

std::string describe(const Churn& c, std::size_t top, Language l) {
  const auto whole = [&](double x) { return text::whole(l, x); };
  std::string out = line(say(l, c.by_activity ? Word::churn_head_activity : Word::churn_head, fmt::arg("day", text::date(l, c.as_of)),
                             fmt::arg("active", whole(static_cast<double>(c.active))), fmt::arg("customers", whole(static_cast<double>(c.customers))),
                             fmt::arg("leavers", whole(std::round(c.expected_leavers))), fmt::arg("horizon", c.horizon_days)));
  if (c.usual_gap_longer) out += line(say(l, Word::churn_long_gap, fmt::arg("horizon", c.horizon_days)));
  out += describe_choice(c, l) + describe_refused(c, l);
  if (c.rows.empty()) return out + line(say(l, Word::churn_nobody));
  TextTable list{{{column(l, Word::churn_column_customer)}, {column(l, Word::churn_column_chance), true}, {column(l, Word::churn_column_interval), true},
                  {column(l, Word::churn_column_stake), true}, {column(l, Word::churn_column_why), false, 70}, {column(l, Word::churn_column_do), false, 40}}};
  for (std::size_t i = 0; i < std::min(top, c.rows.size()); ++i) {
    const auto& r = c.rows[i];
    std::string why;
    for (const auto& d : r.drivers) why += (why.empty() ? "" : std::string{l == Language::en ? "; " : "；"}) + say_driver(d, c.currency, l);
    if (why.empty()) why = say(l, Word::churn_why_none);
    list.add({r.customer_id, text::percent(l, r.chance), fmt::format("{} … {}", text::percent(l, r.low), text::percent(l, r.high)),
              text::money_brief(l, c.currency, r.at_stake), why, std::string{say(l, action_word(r.action))}});
  }
  out += "\n" + list.str() + line(say(l, Word::churn_stake_means));
  return out + describe_quality(c, l);
}

std::string to_json(const Churn& c, std::size_t top, Language l) {
  ordered_json json = {{"as_of", base::to_string(c.as_of)},
                       {"snapshot_id", c.snapshot_id},
                       {"horizon_days", c.horizon_days},
                       {"usual_gap_longer", c.usual_gap_longer},
                       {"by_activity", c.by_activity},
                       {"currency", c.currency},
                       {"customers", c.customers},
                       {"active", c.active},
                       {"expected_leavers", c.expected_leavers},
                       {"model", c.model},
                       {"why", c.why},
                       {"measured", c.measured}};
  if (c.measured) {
    json["against"] = c.against;
    json["brier_gain"] = {{"value", c.gain}, {"standard_error", c.gain_error}};
  }
  json["scores"] = ordered_json::array();
  for (const auto& s : c.scores) json["scores"].push_back(json_of(s));
  json["folds"] = ordered_json::array();
  for (const auto& f : c.folds) {
    ordered_json fold = {{"cut", base::to_string(f.cut)}, {"customers", f.customers}, {"observed", f.observed}, {"scores", ordered_json::array()}};
    for (const auto& s : f.scores) fold["scores"].push_back(json_of(s));
    json["folds"].push_back(std::move(fold));
  }
  json["deciles"] = ordered_json::array();
  for (const auto& d : c.deciles) {
    json["deciles"].push_back({{"predicted", d.predicted}, {"observed", d.observed}, {"low", d.low}, {"high", d.high}, {"customers", d.customers}});
  }
  json["refused"] = ordered_json::array();
  for (const auto& r : c.refused) json["refused"].push_back({{"column", r.column}, {"why", r.why}, {"auc", r.auc}, {"auc_earlier", r.auc_earlier}});
  json["alerts"] = ordered_json::array();
  for (std::size_t i = 0; i < std::min(top, c.rows.size()); ++i) {
    const auto& r = c.rows[i];
    ordered_json row = {{"customer_id", r.customer_id}, {"chance", r.chance}, {"low", r.low}, {"high", r.high}, {"at_stake", r.at_stake},
                        {"silent_days", r.silent}, {"expected_gap", r.gap}, {"spend_12m", r.spend_12m}, {"drivers", ordered_json::array()}};
    for (const auto& d : r.drivers) {
      row["drivers"].push_back({{"reason", model::name_of(d.reason)}, {"weight", d.weight}, {"now", d.now}, {"usual", d.usual}, {"words", say_driver(d, c.currency, l)}});
    }
    row["action"] = model::name_of(r.action);
    row["action_words"] = say(l, action_word(r.action));
    json["alerts"].push_back(std::move(row));
  }
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace app
