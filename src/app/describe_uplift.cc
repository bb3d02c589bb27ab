#include "app/describe_uplift.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "app/terminal.h"

namespace app {

using decide::uplift::Advice;
using decide::uplift::ArmFindings;
using decide::uplift::Evaluation;
using decide::uplift::Options;
using decide::uplift::PolicyFindings;
using nlohmann::ordered_json;
using stats::Estimated;
using text::Language;
using text::say;
using text::Word;

namespace {

std::string figure(double value) { return std::isfinite(value) ? fmt::format("{:.4g}", value) : "?"; }
std::string interval(const Estimated& e) { return fmt::format("{} … {}", figure(e.interval.low), figure(e.interval.high)); }
std::string line(std::string text) { return text + "\n"; }

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

std::string describe_checks(const Evaluation& e, const Options& options, Language l) {
  const auto& c = e.checks;
  std::string out;
  if (options.observational) {
    out += line(std::string{say(l, Word::uplift_observational)});
  } else {
    if (!c.shares_known) out += line(say(l, Word::uplift_shares_unknown, fmt::arg("shares", figure(c.ratio_p))));
    if (c.ratio_failed) out += line(say(l, Word::uplift_ratio_failed, fmt::arg("p", figure(c.ratio_p))));
    if (c.balance_failed) {
      std::vector<std::string> columns;
      for (const auto& i : c.imbalances) {
        if (i.p < 0.001) columns.push_back(fmt::format("{} ({}, d = {:.2f}, p = {})", i.column, i.arm, i.difference, figure(i.p)));
      }
      if (columns.empty()) columns.push_back(fmt::format("{} (AUC {:.3f}, p = {})", c.guess_arm, c.guess_area, figure(c.guess_p)));
      out += line(say(l, Word::uplift_balance_failed, fmt::arg("columns", joined(columns))));
    }
    if (!c.ratio_failed && !c.balance_failed) {
      out += line(say(l, Word::uplift_draw_fair, fmt::arg("shares", c.shares_known ? say(l, Word::uplift_draw_shares, fmt::arg("p", figure(c.ratio_p)), fmt::arg("gap", l == Language::en ? " " : "")) : std::string{}), fmt::arg("area", fmt::format("{:.3f}", c.guess_area)),
                      fmt::arg("guess", figure(c.guess_p))));
    }
  }
  std::vector<std::string> leaks;
  for (const auto& leak : c.leaks) leaks.push_back(leak.column);
  if (!leaks.empty()) out += line(say(l, Word::uplift_leak, fmt::arg("columns", joined(leaks))));
  return out;
}

std::string describe_arm(const ArmFindings& f, const std::string& control, Language l) {
  std::string out = "\n" + line(say(l, Word::uplift_average, fmt::arg("arm", f.arm), fmt::arg("control", control), fmt::arg("value", figure(f.average.value)),
                                    fmt::arg("low", figure(f.average.interval.low)), fmt::arg("high", figure(f.average.interval.high))));
  out += line(f.differs ? say(l, Word::uplift_differs, fmt::arg("learner", name_of(f.chosen))) : std::string{say(l, Word::uplift_same)});
  TextTable measures{{{std::string{say(l, Word::uplift_column_measure)}}, {std::string{say(l, Word::uplift_column_value)}, true}, {std::string{say(l, Word::uplift_column_interval)}, true}}};
  measures.add({"Qini", figure(f.worth.qini.value), interval(f.worth.qini)});
  measures.add({"AUUC", figure(f.worth.auuc.value), interval(f.worth.auuc)});
  measures.add({say(l, Word::uplift_at, fmt::arg("share", text::percent(l, 0.1))), figure(f.at_10.value), interval(f.at_10)});
  measures.add({say(l, Word::uplift_at, fmt::arg("share", text::percent(l, 0.3))), figure(f.at_30.value), interval(f.at_30)});
  out += measures.str();
  if (!f.differs) return out;  // one average for all has no tenths
  TextTable groups{{{std::string{say(l, Word::uplift_column_group)}}, {std::string{say(l, Word::uplift_column_predicted)}, true},
                    {std::string{say(l, Word::uplift_column_observed)}, true}, {std::string{say(l, Word::uplift_column_interval)}, true}}};
  for (std::size_t g = 0; g < f.calibration.size(); ++g) {
    groups.add({fmt::format("{}", g + 1), figure(f.calibration[g].predicted), figure(f.calibration[g].observed.value), interval(f.calibration[g].observed)});
  }
  return out + "\n" + groups.str();
}

std::string policy_name(const PolicyFindings& p, Language l) {
  switch (p.kind) {
    case PolicyFindings::Kind::targeted: return std::string{say(l, Word::uplift_policy_targeted)};
    case PolicyFindings::Kind::everyone: return say(l, Word::uplift_policy_everyone, fmt::arg("arm", p.arm));
    case PolicyFindings::Kind::nobody: break;
  }
  return std::string{say(l, Word::uplift_policy_nobody)};
}

std::string describe_policies(const Evaluation& e, Language l) {
  TextTable table{{{std::string{say(l, Word::uplift_column_policy)}}, {std::string{say(l, Word::uplift_column_approached)}, true},
                   {std::string{say(l, Word::uplift_column_worth)}, true}, {std::string{say(l, Word::uplift_column_interval)}, true},
                   {"IPS", true}, {"SNIPS", true}, {std::string{say(l, Word::uplift_column_difference)}, true, 60}}};
  bool doubtful = false;
  for (const PolicyFindings& p : e.policies) {
    table.add({policy_name(p, l), text::percent(l, p.approached), figure(p.robust.value.value), interval(p.robust.value), figure(p.ips.value.value),
               figure(p.snips.value.value),
               p.targeted_minus_this ? fmt::format("{} ({})", figure(p.targeted_minus_this->value), interval(*p.targeted_minus_this)) : ""});
    doubtful = doubtful || p.robust.doubtful;
  }
  return "\n" + table.str() + (doubtful ? line(std::string{say(l, Word::uplift_doubtful)}) : "");
}

std::string advice(const Evaluation& e, Language l) {
  switch (e.advice) {
    case Advice::none_checks_failed: return std::string{say(l, Word::uplift_advice_none)};
    case Advice::target: return std::string{say(l, Word::uplift_advice_target)};
    case Advice::everyone: return say(l, Word::uplift_advice_everyone, fmt::arg("arm", e.advised_arm));
    case Advice::nobody: return std::string{say(l, Word::uplift_advice_nobody)};
    case Advice::not_proven: break;
  }
  return std::string{say(l, Word::uplift_advice_not_proven)};
}

ordered_json finite(double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr); }

ordered_json json_of(const Estimated& e) {
  return {{"value", finite(e.value)}, {"low", finite(e.interval.low)}, {"high", finite(e.interval.high)}, {"standard_error", finite(e.error)}};
}

ordered_json json_of(const stats::PolicyValue& v) {
  ordered_json json = json_of(v.value);
  json["effective_rows"] = finite(v.effective_rows);
  json["largest_weight"] = finite(v.largest_weight);
  json["doubtful"] = v.doubtful;
  return json;
}

}  // namespace

std::string describe(const Evaluation& e, const UpliftTable& table, const std::string& outcome, const Options& options, Language l) {
  std::vector<std::string> arms;
  for (std::size_t a = 0; a < table.arms.size(); ++a) {
    arms.push_back(fmt::format("{}: {}", table.arms[a], text::whole(l, static_cast<double>(e.checks.count[a]))));
  }
  std::string out = outcome + "\n";
  out += line(say(l, Word::uplift_head, fmt::arg("rows", text::whole(l, static_cast<double>(table.arm.size()))), fmt::arg("columns", table.columns.size()),
                  fmt::arg("arms", joined(arms))));
  std::vector<std::string> left_out;
  for (const LeftOut& c : table.left_out) left_out.push_back(c.column);
  if (!left_out.empty()) out += line(say(l, Word::uplift_left_out, fmt::arg("columns", joined(left_out))));
  out += describe_checks(e, options, l);
  for (const ArmFindings& f : e.arms) out += describe_arm(f, table.arms[0], l);
  return out + describe_policies(e, l) + "\n" + advice(e, l) + "\n";
}

std::string to_json(const Evaluation& e, const UpliftTable& table, const std::string& outcome, const Options& options) {
  ordered_json json = {{"outcome", outcome}, {"rows", table.arm.size()}, {"columns", table.columns}};
  json["left_out"] = ordered_json::array();
  for (const LeftOut& c : table.left_out) json["left_out"].push_back({{"column", c.column}, {"why", c.why}});
  const auto& c = e.checks;
  json["arms"] = ordered_json::array();
  for (std::size_t a = 0; a < table.arms.size(); ++a) json["arms"].push_back({{"arm", table.arms[a]}, {"control", a == 0}, {"rows", c.count[a]}});
  ordered_json checks = {{"passed", c.passed()},
                         {"observational", options.observational},
                         {"shares_known", c.shares_known},
                         {"share_p", finite(c.ratio_p)},
                         {"share_failed", c.ratio_failed},
                         {"guess_area", finite(c.guess_area)},
                         {"guess_p", finite(c.guess_p)},
                         {"balance_failed", c.balance_failed},
                         {"imbalances", ordered_json::array()},
                         {"leaks", ordered_json::array()}};
  for (const auto& i : c.imbalances) checks["imbalances"].push_back({{"column", i.column}, {"arm", i.arm}, {"difference", finite(i.difference)}, {"p", finite(i.p)}});
  for (const auto& leak : c.leaks) checks["leaks"].push_back({{"column", leak.column}, {"area", finite(leak.area)}});
  json["checks"] = std::move(checks);
  json["propensities"] = e.fit.propensity_estimated ? "estimated" : table.propensity.empty() ? "shares" : "logged";
  json["folds"] = e.fit.folds;
  json["learner_chosen_on"] = e.fit.sample > 0 ? e.fit.sample : table.arm.size();
  json["effects"] = ordered_json::array();
  for (const ArmFindings& f : e.arms) {
    ordered_json gains = ordered_json::object(), groups = ordered_json::array();
    for (std::size_t k = 0; k < decide::uplift::kLearners; ++k) gains[std::string{id_of(static_cast<decide::uplift::Learner>(k))}] = finite(f.gain[k]);
    for (const auto& g : f.calibration) groups.push_back({{"rows", g.rows}, {"predicted", finite(g.predicted)}, {"observed", json_of(g.observed)}});
    json["effects"].push_back({{"arm", f.arm},
                               {"average", json_of(f.average)},
                               {"difference_of_means", json_of(f.plain)},
                               {"differs_between_customers", f.differs},
                               {"learner", std::string{id_of(f.chosen)}},
                               {"loss_reduction", gains},
                               {"slope", json_of(f.slope)},
                               {"ranking_area", json_of(f.ranking_area)},
                               {"qini", json_of(f.worth.qini)},
                               {"auuc", json_of(f.worth.auuc)},
                               {"uplift_at_10", json_of(f.at_10)},
                               {"uplift_at_30", json_of(f.at_30)},
                               {"deciles", groups}});
  }
  json["policies"] = ordered_json::array();
  for (const PolicyFindings& p : e.policies) {
    constexpr const char* kKinds[] = {"targeted", "everyone", "nobody"};
    json["policies"].push_back({{"policy", kKinds[static_cast<std::size_t>(p.kind)]},
                                {"arm", p.kind == PolicyFindings::Kind::targeted ? ordered_json(nullptr) : ordered_json(p.arm)},
                                {"approached", finite(p.approached)},
                                {"ips", json_of(p.ips)},
                                {"snips", json_of(p.snips)},
                                {"doubly_robust", json_of(p.robust)},
                                {"targeted_minus_this", p.targeted_minus_this ? json_of(*p.targeted_minus_this) : ordered_json(nullptr)}});
  }
  json["advice"] = std::string{id_of(e.advice)};
  json["advised_arm"] = e.advised_arm.empty() ? ordered_json(nullptr) : ordered_json(e.advised_arm);
  return json.dump(2);
}

}  // namespace app
