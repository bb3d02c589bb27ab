#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "adapter/xgboost/open_xgboost.h"
#include "app/describe_uplift.h"
#include "app/outputs.h"
#include "app/uplift_table.h"
#include "app/verbs.h"
#include "collect/byte_source.h"
#include "decide/uplift/effect_model.h"

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;
namespace uplift = decide::uplift;

namespace {

/// The language without a data folder: what is said, then the environment's.
Result<text::Language> language_of(const CommonOptions& common) {
  if (!common.language.empty()) return text::parse_language(common.language);
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != 0) return text::parse_language(value).value_or(text::Language::en);
  }
  return text::Language::en;
}

/// "ARM=0.1" for each arm; what is not named has `otherwise`.
Result<std::vector<double>> by_arm(const std::vector<std::string>& given, const std::vector<std::string>& arms, const char* option, double otherwise) {
  std::vector<double> values(arms.size(), otherwise);
  for (const std::string& one : given) {
    const std::size_t cut = one.rfind('=');
    const auto arm = cut == std::string::npos ? arms.end() : std::ranges::find(arms, one.substr(0, cut));
    char* end = nullptr;
    const double value = cut == std::string::npos ? 0 : std::strtod(one.c_str() + cut + 1, &end);
    if (arm == arms.end() || end == nullptr || *end != 0 || end == one.c_str() + cut + 1 || !std::isfinite(value) || value < 0) {
      return fail(Code::invalid_input, "{} '{}' must be an arm of the file and a number of 0 or more, such as '{}=0.1'", option, one, arms.back());
    }
    values[static_cast<std::size_t>(arm - arms.begin())] = value;
  }
  return values;
}

struct Read {
  UpliftTable table;
  uplift::Options options;
  std::unique_ptr<Context> context;  // only where a Parquet file needs the engine
};

Result<Read> read(const CommonOptions& common, const UpliftOptions& o) {
  Read result;
  port::Parquet* parquet = nullptr;
  WB_ASSIGN(const auto facts, collect::look_at(o.file));
  if (facts.form == collect::FileForm::parquet) {
    WB_ASSIGN(result.context, Context::open(common, true));
    WB_ASSIGN(parquet, result.context->parquet());
  }
  WB_ASSIGN(result.table, read_uplift_table(o.file, {o.treatment, o.control, o.outcome, o.money, o.propensity, o.ignore}, parquet));
  const UpliftTable& t = result.table;
  WB_ASSIGN(result.options.cost, by_arm(o.cost, t.arms, "--cost", 0));
  if (!o.share.empty()) {
    WB_ASSIGN(result.options.planned_shares, by_arm(o.share, t.arms, "--share", -1));
    double sum = 0;
    for (std::size_t a = 0; a < t.arms.size(); ++a) {
      if (result.options.planned_shares[a] <= 0) return fail(Code::invalid_input, "--share must name every arm; '{}' is missing", t.arms[a]);
      sum += result.options.planned_shares[a];
    }
    for (double& share : result.options.planned_shares) share /= sum;
  }
  result.options.observational = o.observational;
  result.options.seed = o.seed;
  return result;
}

/// Scores as people's own tools take them: the file's row, for each arm the effect and its interval before cost, and the
/// arm the advice gives the row, after cost.
Result<void> write_scores(const fs::path& file, const UpliftTable& table, const uplift::Evaluation& e, double confidence) {
  std::string text = "row";
  for (std::size_t a = 1; a < table.arms.size(); ++a) text += fmt::format(",effect_{0},effect_{0}_low,effect_{0}_high", a);
  text += ",best_arm\n";
  for (std::size_t i = 0; i < table.arm.size(); ++i) {
    text += fmt::format("{}", i + 1);
    for (std::size_t a = 1; a < table.arms.size(); ++a) {
      const auto& found = e.arms[a - 1];
      const auto& fit = e.fit.arm[a - 1];
      const double value = found.differs ? static_cast<double>(fit.predicted[i]) : found.average.value;
      const double beyond = found.differs && fit.slope > 0 ? fit.slope_error * (value - found.average.value) / fit.slope : 0;
      const auto effect = stats::normal_estimate(value, std::hypot(found.average.error, beyond), confidence);
      text += fmt::format(",{:.6g},{:.6g},{:.6g}", effect.value, effect.interval.low, effect.interval.high);
    }
    text += fmt::format(",{}\n", e.advised_for(i));
  }
  return write_whole(file, text);
}

}  // namespace

Result<void> run_uplift_evaluate(const CommonOptions& common, const UpliftOptions& o) {
  WB_ASSIGN(const auto language, language_of(common));
  WB_ASSIGN(Read in, read(common, o));
  const auto learner = adapter::xgboost::open_xgboost();
  // With money to count in, costs belong there; the other outcome is judged without them.
  uplift::Options first = in.options;
  if (!in.table.money.empty()) first.cost.clear();
  std::string text;
  {
    WB_ASSIGN(const auto evaluation, uplift::evaluate(*learner, in.table.experiment(in.table.outcome), first));
    text = common.json ? to_json(evaluation, in.table, o.outcome, first) : describe(evaluation, in.table, o.outcome, first, language);
  }
  if (!in.table.money.empty()) {
    WB_ASSIGN(const auto money, uplift::evaluate(*learner, in.table.experiment(in.table.money), in.options));
    const std::string more = common.json ? to_json(money, in.table, o.money, in.options) : describe(money, in.table, o.money, in.options, language);
    text = common.json ? fmt::format("[{},\n{}]", text, more) : text + "\n" + more;
  }
  std::fputs((common.json ? text + "\n" : text).c_str(), stdout);
  return {};
}

Result<void> run_uplift_fit(const CommonOptions& common, const UpliftOptions& o) {
  WB_ASSIGN(const auto language, language_of(common));
  WB_ASSIGN(const Read in, read(common, o));
  const auto learner = adapter::xgboost::open_xgboost();
  const std::vector<float>& outcome = in.table.money.empty() ? in.table.outcome : in.table.money;
  const std::string& name = in.table.money.empty() ? o.outcome : o.money;
  const uplift::Experiment experiment = in.table.experiment(outcome);
  WB_ASSIGN(const auto evaluation, uplift::evaluate(*learner, experiment, in.options));
  if (!evaluation.checks.passed()) {
    std::fputs(describe(evaluation, in.table, name, in.options, language).c_str(), stderr);
    return fail(Code::invalid_input, "no model is stored, because the checks of {} failed; see above for what to mend", o.file);
  }
  WB_ASSIGN(const auto model, uplift::EffectModel::fit(*learner, experiment, evaluation, in.options));
  WB_ASSIGN(const std::string bytes, model.bytes());
  const std::string scores = o.out + ".scores.csv";
  WB_TRY(write_whole(o.out, bytes));
  WB_TRY(write_scores(scores, in.table, evaluation, in.options.confidence));
  const std::string text = common.json ? to_json(evaluation, in.table, name, in.options) + "\n"
                                       : describe(evaluation, in.table, name, in.options, language) +
                                             say(language, text::Word::uplift_stored, fmt::arg("model", o.out), fmt::arg("scores", scores)) + "\n";
  std::fputs(text.c_str(), stdout);
  return {};
}

}  // namespace app
