#include "understand/reasons/gather.h"

#include <unordered_set>

#include "gen/sql_warehouse.h"

namespace understand::reasons {

namespace sql = gen::warehouse;
using base::Block;
using base::ColumnKind;
using base::Result;

namespace {

constexpr double kFewReduced = 0.5;  ///< of the usual share of reduced lines: "there were no discounts"

class Gathering {
 public:
  Gathering(const model::ReasonRules& rules, const TopicNames& names, const model::Profiles& profiles, port::Warehouse& warehouse)
      : rules_(rules), names_(names), profiles_(profiles), warehouse_(warehouse) {
    for (std::size_t i = 0; i < profiles.size(); ++i) {
      if (model::is_lapsed(profiles.stage[i]) || profiles.stage[i] == model::Stage::natural_end) found_.leavers.push_back({.row = i});
    }
    for (std::size_t s = 0; s < rules.signals.size(); ++s) signal_.emplace(rules.signals[s].id, static_cast<std::uint32_t>(s));
  }

  Result<Gathered> run() {
    WB_TRY(codes(sql::leaver_line_signals));
    WB_TRY(codes(sql::leaver_event_signals));
    WB_TRY(each(sql::late_deliveries, [&](Leaver& leaver, const Block&, std::size_t) { add(leaver, "late_last"); }));
    WB_TRY(discounts());
    WB_TRY(stated());
    WB_TRY(said());
    WB_TRY(own_texts());
    WB_TRY(paths());
    WB_TRY(features());
    for (Leaver& leaver : found_.leavers) {
      std::ranges::sort(leaver.signals);
      leaver.signals.erase(std::ranges::unique(leaver.signals).begin(), leaver.signals.end());
    }
    return std::move(found_);
  }

 private:
  std::vector<port::Parameter> parameters() const {
    return {{"snapshot", profiles_.snapshot_id}, {"as_of", base::to_string(profiles_.as_of)}, {"days", std::to_string(rules_.speech_days)}};
  }

  /// Rows of a query ordered by customer id, each handed on with its leaver; other customers' rows are passed over.
  template <class Take>
  Result<void> each(const sql::Sql& statement, const Take& take) {
    std::size_t at = 0;
    return warehouse_.select({statement.name, statement.text, parameters()}, [&](Block&& block) -> Result<void> {
      WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
      for (std::size_t row = 0; row < block.rows(); ++row) {
        const std::string_view customer = id->text()[row];
        while (at < found_.leavers.size() && profiles_.customer_id[found_.leavers[at].row] < customer) ++at;
        if (at == found_.leavers.size()) return {};
        if (profiles_.customer_id[found_.leavers[at].row] == customer) take(found_.leavers[at], block, row);
      }
      return {};
    });
  }

  void add(Leaver& leaver, std::string_view code) {
    if (code == "moved_platform") leaver.moved = true;
    if (const auto found = signal_.find(code); found != signal_.end()) leaver.signals.push_back(found->second);
  }

  static std::string_view text_of(const Block& block, std::string_view column, std::size_t row) {
    const base::Column* const found = block.find(column);
    WB_CHECK(found != nullptr && found->kind == ColumnKind::text);
    return found->text()[row];
  }

  Result<void> codes(const sql::Sql& statement) {
    return each(statement, [&](Leaver& leaver, const Block& block, std::size_t row) {
      const base::Column* const signals = block.find("signals");
      WB_CHECK(signals != nullptr && signals->kind == ColumnKind::text_list);
      const auto& list = signals->text_list();
      for (std::size_t item = list.begin_of(row); item < list.end_of(row); ++item) add(leaver, list.items[item]);
      if (block.find("manner") != nullptr) leaver.manner = text_of(block, "manner", row);
    });
  }

  /// Bought at reduced prices only, and left when there were few.
  Result<void> discounts() {
    const auto only = signal_.find(std::string_view{"discount_only"});
    if (only == signal_.end()) return {};
    std::vector<std::int32_t> day;
    std::vector<double> reduced{0}, lines{0};  // running sums
    WB_TRY(warehouse_.select({sql::discount_days.name, sql::discount_days.text, parameters()}, [&](Block&& block) -> Result<void> {
      WB_ASSIGN(const auto* days, block.need("day", ColumnKind::i32));
      WB_ASSIGN(const auto* of_reduced, block.need("reduced", ColumnKind::u64));
      WB_ASSIGN(const auto* of_lines, block.need("lines", ColumnKind::u64));
      for (std::size_t row = 0; row < block.rows(); ++row) {
        day.push_back(days->as<std::int32_t>()[row]);
        reduced.push_back(reduced.back() + static_cast<double>(of_reduced->as<std::uint64_t>()[row]));
        lines.push_back(lines.back() + static_cast<double>(of_lines->as<std::uint64_t>()[row]));
      }
      return {};
    }));
    if (day.empty() || !(lines.back() > 0)) return {};
    const double usual = reduced.back() / lines.back();
    for (Leaver& leaver : found_.leavers) {
      if (std::ranges::find(leaver.signals, only->second) == leaver.signals.end()) continue;
      const std::int32_t from = profiles_.last_day[leaver.row] + 1;
      const auto begin = std::ranges::lower_bound(day, from) - day.begin();
      const auto end = std::ranges::upper_bound(day, from + static_cast<std::int32_t>(std::max(30.0, profiles_.expected_gap[leaver.row]))) - day.begin();
      const double sold = lines[static_cast<std::size_t>(end)] - lines[static_cast<std::size_t>(begin)];
      const double cheap = reduced[static_cast<std::size_t>(end)] - reduced[static_cast<std::size_t>(begin)];
      if (sold < 50 || cheap / sold >= kFewReduced * usual) continue;
      std::erase(leaver.signals, only->second);  // one sign, told once
      add(leaver, "discounts_stopped");
    }
    return {};
  }

  Result<void> stated() {
    return each(sql::stated_reasons, [&](Leaver& leaver, const Block& block, std::size_t row) {
      const auto topic = names_.find(text_of(block, "reason", row));
      if (topic && *topic != names_.content()) leaver.stated = *topic;
    });
  }

  Result<void> said() {
    return each(sql::leaver_feedback, [&](Leaver& leaver, const Block& block, std::size_t row) {
      const base::Column* const score = block.find("score");
      WB_CHECK(score != nullptr && score->kind == ColumnKind::f64);
      const std::string_view kind = text_of(block, "kind", row);
      leaver.said.push_back({std::string{kind}, score->as<double>()[row], std::string{text_of(block, "text", row)}});
      const double stars = leaver.said.back().score;
      const bool low = stars >= 0 && (kind == "nps" ? stars <= 6 : kind == "review" && stars <= 2);
      if (low) add(leaver, "low_score");
    });
  }

  Result<void> own_texts() {
    return warehouse_.select({sql::labelled_texts.name, sql::labelled_texts.text, parameters()}, [&](Block&& block) -> Result<void> {
      WB_ASSIGN(const auto* text, block.need("text", ColumnKind::text));
      WB_ASSIGN(const auto* reason, block.need("reason", ColumnKind::text));
      for (std::size_t row = 0; row < block.rows(); ++row) {
        if (const auto topic = names_.find(reason->text()[row])) found_.own.push_back({std::string{text->text()[row]}, *topic});
      }
      return {};
    });
  }

  Result<void> paths() {
    std::vector<StepCount> steps;
    WB_TRY(warehouse_.select({sql::path_steps.name, sql::path_steps.text, parameters()}, [&](Block&& block) -> Result<void> {
      WB_ASSIGN(const auto* step, block.need("step", ColumnKind::text));
      WB_ASSIGN(const auto* reached, block.need("reached", ColumnKind::u64));
      WB_ASSIGN(const auto* stopped, block.need("stopped", ColumnKind::u64));
      for (std::size_t row = 0; row < block.rows(); ++row) {
        steps.push_back({std::string{step->text()[row]}, reached->as<std::uint64_t>()[row], stopped->as<std::uint64_t>()[row]});
      }
      return {};
    }));
    found_.breaking = breaking_steps(steps);
    if (found_.breaking.empty()) return {};
    std::unordered_set<std::string> broken;
    for (const BreakingStep& one : found_.breaking) broken.insert(one.step);
    return each(sql::leaver_last_steps, [&](Leaver& leaver, const Block& block, std::size_t row) {
      if (broken.contains(std::string{text_of(block, "step", row)})) add(leaver, "broke_at_step");
    });
  }

  Result<void> features() {
    std::vector<FeatureCount> counts;
    WB_TRY(warehouse_.select({sql::early_features.name, sql::early_features.text, parameters()}, [&](Block&& block) -> Result<void> {
      WB_ASSIGN(const auto* feature, block.need("feature", ColumnKind::text));
      WB_ASSIGN(const auto* stayed, block.need("stayed_with", ColumnKind::u64));
      WB_ASSIGN(const auto* left, block.need("left_with", ColumnKind::u64));
      for (std::size_t row = 0; row < block.rows(); ++row) {
        counts.push_back({std::string{feature->text()[row]}, stayed->as<std::uint64_t>()[row], left->as<std::uint64_t>()[row]});
      }
      return {};
    }));
    if (counts.empty()) return {};
    std::uint64_t stayed = 0, left = 0;
    for (std::size_t i = 0; i < profiles_.size(); ++i) {
      if (profiles_.first_day[i] > base::day_number(profiles_.as_of) - 60) continue;
      (model::is_lapsed(profiles_.stage[i]) || profiles_.stage[i] == model::Stage::natural_end ? left : stayed) += 1;
    }
    found_.unused = unused_features(counts, stayed, left);
    if (found_.unused.empty()) return {};
    std::vector<std::uint8_t> uses(profiles_.size(), 0);
    WB_TRY(each(sql::leaver_features, [&](Leaver& leaver, const Block& block, std::size_t row) {
      const base::Column* const features = block.find("features");
      WB_CHECK(features != nullptr && features->kind == ColumnKind::text_list);
      const auto& list = features->text_list();
      for (std::size_t item = list.begin_of(row); item < list.end_of(row); ++item) {
        if (list.items[item] == found_.unused.front().feature) uses[leaver.row] = 1;
      }
    }));
    for (Leaver& leaver : found_.leavers) {
      if (uses[leaver.row] == 0) add(leaver, "feature_unused");
    }
    return {};
  }

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  const model::ReasonRules& rules_;
  const TopicNames& names_;
  const model::Profiles& profiles_;
  port::Warehouse& warehouse_;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> signal_;
  Gathered found_;
};

}  // namespace

Result<Gathered> gather(const model::ReasonRules& rules, const TopicNames& names, const model::Profiles& profiles,
                        port::Warehouse& warehouse) {
  return Gathering{rules, names, profiles, warehouse}.run();
}

}  // namespace understand::reasons
