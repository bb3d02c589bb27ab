#include "understand/reasons/reasons.h"

#include <unordered_map>

#include "gen/sql_warehouse.h"
#include "understand/reasons/gather.h"
#include "understand/reasons/judge.h"

namespace understand::reasons {

namespace sql = gen::warehouse;
using base::Block;
using base::ColumnKind;
using base::Result;

namespace {

constexpr std::size_t kVerdictsPerInsert = 100'000;

using Rules = std::unordered_map<std::string, const model::Reason*>;

/// Rows of the table for some of the verdicts.
Block rows_of(const Findings& findings, const model::Profiles& profiles, const Rules& rules, std::size_t begin, std::size_t end) {
  Block block;
  for (const auto& [name, kind] : {std::pair{"snapshot_id", ColumnKind::text},
                                   {"as_of", ColumnKind::day},
                                   {"customer_id", ColumnKind::text},
                                   {"rank", ColumnKind::u8},
                                   {"reason", ColumnKind::text},
                                   {"probability", ColumnKind::f64},
                                   {"actor", ColumnKind::text},
                                   {"manner", ColumnKind::text},
                                   {"active", ColumnKind::u8},
                                   {"evidence", ColumnKind::text_list},
                                   {"words", ColumnKind::text_list}}) {
    block.columns.emplace_back(name, kind);
  }
  const auto list = [&](std::size_t column, auto begin_of, auto end_of) {
    auto& data = block.columns[column].text_list();
    for (auto it = begin_of; it != end_of; ++it) data.items.push_back(*it);
    data.ends.push_back(data.items.size());
  };
  for (std::size_t v = begin; v < end; ++v) {
    const Verdict& verdict = findings.verdicts[v];
    std::vector<std::string> evidence;
    for (const Evidence& one : verdict.evidence) evidence.push_back(fmt::format("{}={:.2f}{}", one.code, one.ratio, one.learned ? "" : " assumed"));
    std::uint8_t rank = 0;
    const auto row = [&](const std::string& reason, double probability) {
      block.columns[0].text().push_back(profiles.snapshot_id);
      block.columns[1].as<std::int32_t>().push_back(base::day_number(profiles.as_of));
      block.columns[2].text().push_back(profiles.customer_id[verdict.row]);
      block.columns[3].as<std::uint8_t>().push_back(++rank);
      block.columns[4].text().push_back(reason);
      block.columns[5].as<double>().push_back(probability);
      const auto rule = rules.find(reason);
      block.columns[6].text().push_back(rule == rules.end() ? "nobody" : model::name_of(rule->second->actor));
      block.columns[7].text().push_back(verdict.manner);
      block.columns[8].as<std::uint8_t>().push_back(verdict.active ? 1 : 0);
      list(9, evidence.begin(), evidence.end());
      list(10, verdict.words.begin(), verdict.words.end());
    };
    if (verdict.reason == "unclear") row("unclear", verdict.probability);
    if (verdict.reason == "unclear" && verdict.evidence.empty()) continue;  // nothing is known of this one
    for (const Likely& one : verdict.likely) row(one.reason, one.probability);
  }
  return block;
}

/// `look` names this writing: a snapshot is judged anew after each import of feedback, and after an undo as before it, so
/// that neither the snapshot nor the rows can name it.
Result<void> store(const Findings& findings, const model::Profiles& profiles, const Rules& rules, std::string_view look, port::Warehouse& warehouse) {
  for (std::size_t begin = 0; begin < findings.verdicts.size(); begin += kVerdictsPerInsert) {
    const std::size_t end = std::min(findings.verdicts.size(), begin + kVerdictsPerInsert);
    const std::string token = fmt::format("reasons-{}-{}", look, begin);
    WB_TRY(warehouse.insert("reasons", token, rows_of(findings, profiles, rules, begin, end)));
  }
  return {};
}

void mark(const model::ReasonRules& rules, const Rules& by_id, const Findings& findings, model::Profiles& profiles) {
  for (const Verdict& verdict : findings.verdicts) {
    double to_be_fixed = 0, need_gone = 0;
    if (verdict.evidence.empty()) continue;
    for (const Likely& one : verdict.likely) {
      const auto rule = by_id.find(one.reason);
      if (rule != by_id.end() && rule->second->blocks) to_be_fixed += one.probability;
      if (one.reason == "need_gone") need_gone += one.probability;
    }
    std::uint8_t& flags = profiles.flags[verdict.row];
    if (to_be_fixed >= rules.product_blocks_from) flags = static_cast<std::uint8_t>(flags | model::flag_quality_leaver);
    if (need_gone >= rules.need_gone_from) flags = static_cast<std::uint8_t>(flags | model::flag_natural_end);
  }
}

}  // namespace

Result<void> ensure_tables(port::Warehouse& warehouse) { return warehouse.execute({sql::create_reasons.name, sql::create_reasons.text}); }

Result<Findings> find_reasons(const model::ReasonRules& rules, std::string_view business, model::Profiles& profiles, port::Warehouse& warehouse) {
  WB_TRY(ensure_tables(warehouse));
  std::uint64_t voices = 0, before = 0;
  std::string look;
  WB_TRY(warehouse.select({sql::count_voices.name, sql::count_voices.text}, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* events, block.need("events", ColumnKind::u64));
    WB_ASSIGN(const auto* feedback, block.need("feedback", ColumnKind::u64));
    WB_ASSIGN(const auto* left, block.need("before", ColumnKind::u64));
    WB_ASSIGN(const auto* name, block.need("look", ColumnKind::text));
    for (std::size_t row = 0; row < block.rows(); ++row) {
      before += left->as<std::uint64_t>()[row];
      look = name->text()[row];
    }
    for (std::size_t row = 0; row < block.rows(); ++row) voices += events->as<std::uint64_t>()[row] + feedback->as<std::uint64_t>()[row];
    return {};
  }));
  // Verdicts of an earlier look go first: they may rest on feedback that was taken back since.
  if (before > 0) WB_TRY(warehouse.execute({sql::drop_reasons.name, sql::drop_reasons.text}));
  if (voices == 0) return Findings{};
  const TopicNames names = TopicNames::of(rules, business);
  WB_ASSIGN(Gathered gathered, gather(rules, names, profiles, warehouse));
  WB_ASSIGN(Findings findings, judge(rules, names, profiles, std::move(gathered)));
  Rules by_id;
  for (const model::Reason& reason : rules.reasons) by_id.emplace(reason.id, &reason);
  mark(rules, by_id, findings, profiles);
  WB_TRY(store(findings, profiles, by_id, look, warehouse));
  return findings;
}

}  // namespace understand::reasons
