#include "app/describe_reasons.h"

#include <nlohmann/json.hpp>

#include "app/terminal.h"
#include "base/words.h"

namespace app {

using nlohmann::ordered_json;
using text::Language;
using text::say;
using text::Word;
using understand::reasons::Evidence;
using understand::reasons::Findings;
using understand::reasons::ReasonCount;
using understand::reasons::Verdict;

namespace {

constexpr std::size_t kQuoted = 160;

const std::string& in(Language l, const model::InLanguages& texts) { return texts[static_cast<std::size_t>(l)]; }

const model::Reason* rule_of(const AnalyzeStep& step, std::string_view id) {
  for (const model::Reason& one : step.reason_rules.reasons) {
    if (one.id == id) return &one;
  }
  return nullptr;
}

const model::Playbook* playbook_of(const AnalyzeStep& step, std::string_view reason) {
  const model::Reason* const rule = rule_of(step, reason);
  if (rule == nullptr) return nullptr;
  for (const model::Playbook& one : step.reason_rules.playbooks) {
    if (one.id == rule->playbook) return &one;
  }
  return nullptr;
}

std::string name_in(const AnalyzeStep& step, Language l, std::string_view reason) {
  const model::Reason* const rule = rule_of(step, reason);
  return rule == nullptr ? std::string{reason} : in(l, rule->name);
}

std::string_view say_actor(Language l, model::Actor actor) {
  switch (actor) {
    case model::Actor::product: return say(l, Word::actor_product);
    case model::Actor::operations: return say(l, Word::actor_operations);
    case model::Actor::nobody: return say(l, Word::actor_nobody);
  }
  return "";
}

std::string_view say_manner(Language l, std::string_view manner) {
  constexpr std::pair<std::string_view, Word> kManners[] = {
      {"cancelled", Word::manner_cancelled},           {"unsubscribed", Word::manner_unsubscribed},
      {"complained", Word::manner_complained},         {"uninstalled", Word::manner_uninstalled},
      {"refused_at_install", Word::manner_refused_at_install}, {"ignores_messages", Word::manner_ignores_messages},
      {"stopped_visiting", Word::manner_stopped_visiting},     {"stopped_buying", Word::manner_stopped_buying}};
  for (const auto& [name, word] : kManners) {
    if (name == manner) return say(l, word);
  }
  return manner;
}

std::string say_evidence(const AnalyzeStep& step, Language l, const Evidence& evidence) {
  if (evidence.code == "stated") return std::string{say(l, Word::reasons_stated)};
  if (evidence.code.starts_with("wrote_")) return say(l, Word::reasons_wrote, fmt::arg("kind", evidence.code.substr(6)));
  for (const model::Signal& one : step.reason_rules.signals) {
    if (one.id == evidence.code) return in(l, one.name);
  }
  return evidence.code;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const std::string& one : parts) out += (out.empty() ? "" : std::string{between}) + one;
  return out;
}

std::string_view comma(Language l) { return l == Language::en ? ", " : "、"; }

const Verdict* verdict_of(const AnalyzeStep& step, std::size_t row) {
  for (const Verdict& one : step.findings.verdicts) {
    if (one.row == row) return &one;
  }
  return nullptr;
}

std::string likely_text(const AnalyzeStep& step, Language l, const Verdict& verdict) {
  std::vector<std::string> parts;
  for (const auto& one : verdict.likely) parts.push_back(fmt::format("{} {}", name_in(step, l, one.reason), text::percent(l, one.probability)));
  return joined(parts, comma(l));
}

std::uint64_t unclear_of(const Findings& findings) {
  std::uint64_t count = 0;
  for (const Verdict& one : findings.verdicts) count += one.reason == "unclear" ? 1 : 0;
  return count;
}

ordered_json evidence_json(const Verdict& verdict) {
  ordered_json list = ordered_json::array();
  for (const Evidence& one : verdict.evidence) {
    list.push_back({{"code", one.code}, {"source", model::name_of(one.source)}, {"ratio", one.ratio}, {"learned", one.learned}});
  }
  return list;
}

std::string dump(const ordered_json& json) { return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string describe_reasons(const AnalyzeStep& step, Language l) {
  const Findings& f = step.findings;
  if (!f.looked) return std::string{say(l, Word::reasons_none)} + "\n";
  const auto whole = [&](double n) { return text::whole(l, n); };
  const auto count = [&](std::uint64_t n) { return whole(static_cast<double>(n)); };
  const std::uint64_t unclear = unclear_of(f);
  std::string out = say(l, Word::reasons_headline, fmt::arg("leavers", count(f.leavers)), fmt::arg("clear", count(f.leavers - unclear)),
                        fmt::arg("unclear", count(unclear)), fmt::arg("told", count(f.told)), fmt::arg("wrote", count(f.wrote))) + "\n";
  out += say(l, Word::reasons_active, fmt::arg("active", count(f.active)), fmt::arg("passive", count(f.leavers - f.active))) + "\n";
  if (f.moved > 0) out += say(l, Word::reasons_moved, fmt::arg("moved", count(f.moved))) + "\n";
  const auto head = [&](Word word) { return std::string{say(l, word)}; };
  TextTable table{{{head(Word::head_reason), false, 22},
                   {head(Word::head_reason_customers), true},
                   {head(Word::head_reason_range), true},
                   {head(Word::head_at_stake), true},
                   {head(Word::head_trend), true},
                   {head(Word::head_actor), false, 12},
                   {head(Word::head_playbook), false, 34}}};
  for (const ReasonCount& one : f.reasons) {
    const model::Reason* const rule = rule_of(step, one.reason);
    const model::Playbook* const playbook = playbook_of(step, one.reason);
    std::string what = playbook == nullptr ? "" : in(l, playbook->name);
    if (rule != nullptr && rule->blocks) what += fmt::format(" ({})", say(l, Word::reasons_blocked));
    table.add({name_in(step, l, one.reason), whole(one.customers), fmt::format("{}–{}", whole(one.low), whole(one.high)),
               text::money(l, step.analysis.shop.currency, one.loss_90), fmt::format("{} ({})", whole(one.recent), whole(one.before)),
               std::string{rule == nullptr ? "" : say_actor(l, rule->actor)}, what});
  }
  out += "\n" + table.str();
  TextTable words{{{head(Word::head_reason), false, 22}, {head(Word::head_reason_words), false, 74}}};
  bool any = false;
  for (const ReasonCount& one : f.reasons) {
    if (one.words.empty()) continue;
    words.add({name_in(step, l, one.reason), joined(one.words, comma(l))});
    any = true;
  }
  if (any) out += "\n" + words.str();
  out += "\n";
  for (const auto& one : f.breaking) {
    out += say(l, Word::reasons_step, fmt::arg("step", base::excerpt(one.step, 60)), fmt::arg("stopped", count(one.stopped)), fmt::arg("reached", count(one.reached)),
               fmt::arg("rate", text::percent(l, one.rate)), fmt::arg("elsewhere", text::percent(l, one.elsewhere)), fmt::arg("low", text::decimal(100 * one.more.low, 1)),
               fmt::arg("high", text::decimal(100 * one.more.high, 1))) + "\n";
  }
  for (const auto& one : f.unused) {
    out += say(l, Word::reasons_unused, fmt::arg("feature", base::excerpt(one.feature, 60)), fmt::arg("stayed", text::percent(l, one.among_stayed)),
               fmt::arg("left", text::percent(l, one.among_left))) + "\n";
  }
  std::vector<std::string> learned;
  for (const std::string& id : f.learned_signals) learned.push_back(say_evidence(step, l, {.code = id}));
  out += learned.empty() ? std::string{say(l, Word::reasons_assumed)} : say(l, Word::reasons_learned, fmt::arg("signals", joined(learned, comma(l))));
  out += "\n" + say(l, Word::reasons_words_check, fmt::arg("accuracy", text::percent(l, f.text_check.accuracy)),
                    fmt::arg("texts", count(f.text_check.texts)), fmt::arg("own", count(f.own_texts))) + "\n";
  return out;
}

std::string describe_reasons_briefly(const AnalyzeStep& step, Language l) {
  std::vector<std::string> parts;
  for (const ReasonCount& one : step.findings.reasons) {
    if (one.customers < 0.5) continue;
    parts.push_back(fmt::format("{} {}", name_in(step, l, one.reason), text::whole(l, one.customers)));
  }
  return parts.empty() ? "" : say(l, Word::analyze_reasons, fmt::arg("reasons", joined(parts, comma(l)))) + "\n";
}

std::string describe_reasons_of(const AnalyzeStep& step, std::size_t row, const std::vector<Quote>& quotes, Language l) {
  const Findings& f = step.findings;
  const model::Profiles& profiles = step.analysis.profiles;
  const std::string_view id = profiles.customer_id[row];
  const auto customer = fmt::arg("customer", id);
  if (!f.looked) return std::string{say(l, Word::reasons_none)} + "\n";
  const Verdict* const verdict = verdict_of(step, row);
  if (verdict == nullptr) {
    const bool lapsed = model::is_lapsed(profiles.stage[row]);
    return say(l, lapsed ? Word::reasons_still_here : Word::reasons_not_lapsed, customer) + "\n";
  }
  const std::string likely = likely_text(step, l, *verdict);
  const bool unclear = verdict->reason == "unclear";
  const std::string sentence = unclear && verdict->evidence.empty() ? std::string{say(l, Word::reasons_unknown)}
                               : say(l, unclear ? Word::reasons_unclear : Word::reasons_likely, fmt::arg("reasons", likely));
  std::string out = say(l, Word::reasons_customer, customer, fmt::arg("manner", say_manner(l, verdict->manner)), fmt::arg("verdict", sentence)) + "\n";
  for (const Evidence& one : verdict->evidence) {
    out += say(l, Word::reasons_evidence, fmt::arg("what", say_evidence(step, l, one)), fmt::arg("ratio", text::decimal(one.ratio, 1)),
               fmt::arg("how", say(l, one.learned ? Word::reasons_how_learned : Word::reasons_how_assumed))) + "\n";
  }
  for (const Quote& one : quotes) {
    out += say(l, Word::reasons_said, fmt::arg("date", text::short_date(l, one.day)), fmt::arg("kind", base::excerpt(one.kind, 40)), fmt::arg("text", base::excerpt(one.text, kQuoted))) + "\n";
  }
  if (const model::Playbook* const playbook = playbook_of(step, verdict->reason)) {
    out += say(l, Word::reasons_what_to_do, fmt::arg("name", in(l, playbook->name)), fmt::arg("text", in(l, playbook->text))) + "\n";
  }
  return out;
}

std::string reasons_json(const AnalyzeStep& step) {
  const Findings& f = step.findings;
  ordered_json json{{"as_of", base::to_string(step.analysis.profiles.as_of)}, {"looked", f.looked}, {"leavers", f.leavers}, {"unclear", unclear_of(f)},
                    {"moved", f.moved}, {"told", f.told}, {"wrote", f.wrote}, {"active", f.active}};
  json["manner"] = ordered_json::object();
  for (const auto& [manner, n] : f.manner) json["manner"][manner] = n;
  json["reasons"] = ordered_json::array();
  for (const ReasonCount& one : f.reasons) {
    const model::Reason* const rule = rule_of(step, one.reason);
    json["reasons"].push_back({{"reason", one.reason},
                               {"verdicts", one.verdicts},
                               {"customers", one.customers},
                               {"low", one.low},
                               {"high", one.high},
                               {"loss_90", one.loss_90},
                               {"expected_year", one.expected_year},
                               {"actor", rule == nullptr ? "" : model::name_of(rule->actor)},
                               {"playbook", rule == nullptr ? "" : rule->playbook},
                               {"blocks", rule != nullptr && rule->blocks},
                               {"last_90_days", one.recent},
                               {"90_days_before", one.before},
                               {"words", one.words}});
  }
  json["steps"] = ordered_json::array();
  for (const auto& one : f.breaking) {
    json["steps"].push_back({{"step", one.step}, {"reached", one.reached}, {"stopped", one.stopped}, {"rate", one.rate}, {"elsewhere", one.elsewhere}, {"more_low", one.more.low}, {"more_high", one.more.high}});
  }
  json["unused"] = ordered_json::array();
  for (const auto& one : f.unused) json["unused"].push_back({{"feature", one.feature}, {"among_stayed", one.among_stayed}, {"among_left", one.among_left}, {"gap_low", one.gap.low}, {"gap_high", one.gap.high}});
  json["learned_signals"] = f.learned_signals;
  json["classifier"] = {{"texts", f.text_check.texts}, {"own_texts", f.own_texts}, {"accuracy", f.text_check.accuracy}, {"macro_f1", f.text_check.macro_f1}};
  return dump(json);
}

std::string reasons_json_of(const AnalyzeStep& step, std::size_t row, const std::vector<Quote>& quotes) {
  const model::Profiles& profiles = step.analysis.profiles;
  ordered_json json{{"customer_id", profiles.customer_id[row]}, {"as_of", base::to_string(profiles.as_of)}, {"stage", model::name_of(profiles.stage[row])}};
  const Verdict* const verdict = verdict_of(step, row);
  if (verdict == nullptr) {
    json["reason"] = nullptr;
    return dump(json);
  }
  json["reason"] = verdict->reason;
  json["probability"] = verdict->probability;
  json["manner"] = verdict->manner;
  json["active"] = verdict->active;
  json["likely"] = ordered_json::array();
  if (verdict->reason != "unclear" || !verdict->evidence.empty()) {
    for (const auto& one : verdict->likely) json["likely"].push_back({{"reason", one.reason}, {"probability", one.probability}});
  }
  json["evidence"] = evidence_json(*verdict);
  json["words"] = verdict->words;
  json["said"] = ordered_json::array();
  for (const Quote& one : quotes) json["said"].push_back({{"day", base::to_string(one.day)}, {"kind", one.kind}, {"text", base::excerpt(one.text, 4096)}});
  return dump(json);
}

}  // namespace app
