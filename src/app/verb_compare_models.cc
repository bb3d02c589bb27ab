#include <cstdio>

#include <nlohmann/json.hpp>

#include "app/purchase_table.h"
#include "app/terminal.h"
#include "app/verbs.h"
#include "collect/import.h"
#include "report/names.h"
#include "text/language.h"
#include "understand/model_choice.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using Json = nlohmann::ordered_json;
using text::Word;

namespace {

struct Compared {
  std::vector<stats::Judgement> table;   ///< on the holdout, best first
  std::vector<stats::Judgement> choice;  ///< what decides which model is used, best first
  bool judged = true;                    ///< false: too little past, the default is used
  std::string used;
  double t = 0;
  bool of_workspace = false;
};

Result<Compared> compare_table(const CompareOptions& options) {
  WB_ASSIGN(const PurchaseTable table, read_purchase_table(options.summary, "week"));
  if (table.held_out.empty()) {
    return fail(Code::invalid_input, "{} has no column x_star with the purchases of the holdout, so models cannot be judged on it", options.summary);
  }
  if (options.holdout.empty()) {
    return fail(Code::invalid_input, "say with --holdout how long the holdout of {} lasts, in its own time units", options.summary);
  }
  WB_ASSIGN(const double length, days_of(options.holdout));
  // of a table in weeks "39w" is 39 of its units
  const bool weeks = options.holdout.ends_with('w');
  Compared out{.t = weeks ? length / 7 : length};
  WB_ASSIGN(out.table, stats::judge_models({table.histories, table.held_out, out.t}, stats::continuous_families()));
  out.choice = out.table;
  out.used = stats::name_of(out.table.front().fit.family);
  return out;
}

Result<Compared> compare_workspace(Context& context, const CompareOptions& options) {
  WB_ASSIGN(port::Warehouse* const warehouse, context.warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_ASSIGN(const understand::Extent extent, understand::order_extent(*warehouse));
  if (extent.lines == 0) return fail(Code::not_found, "there are no orders yet; bring some in with `winback import orders FILE`");
  base::Day day = extent.last_day;
  if (!options.as_of.empty()) {
    WB_ASSIGN(day, base::parse_day(options.as_of));
  }
  WB_ASSIGN(const understand::Histories all, understand::load_histories(*warehouse, day));
  if (all.size() == 0) return fail(Code::not_found, "no customer bought anything up to {}", base::to_string(day));
  const std::int32_t until = base::day_number(day);
  std::int32_t start = until;
  for (std::size_t i = 0; i < all.size(); ++i) start = std::min(start, all.first_day(i));
  Compared out{.t = std::floor((until - start) / 4.0)};
  if (!options.holdout.empty()) {
    WB_ASSIGN(out.t, days_of(options.holdout));
  }
  if (!(out.t >= 1) || until - out.t <= start) {
    return fail(Code::invalid_input, "a holdout of {:g} days leaves nothing of {} days of orders to fit models on; give a shorter --holdout", out.t, until - start);
  }
  const stats::Holdout holdout = understand::holdout_at(all, until - static_cast<std::int32_t>(out.t), until, 50000);
  WB_ASSIGN(out.table, stats::judge_models(holdout, stats::continuous_families()));
  const understand::ModelChoice choice = understand::choose_model(all, until);
  out.of_workspace = true;
  out.judged = choice.judged;
  out.choice = choice.table;
  out.used = stats::name_of(choice.family);
  return out;
}

std::string sentence(const Compared& c, text::Language language) {
  const std::string used = report::say_model(c.used);
  if (!c.judged) return text::say(language, Word::warning_model_not_judged, fmt::arg("model", used));
  if (c.choice.size() < 2) return text::say(language, Word::compare_models_only, fmt::arg("model", used));
  // a family at k = 1 is its plain twin: name the best that is really another model
  const stats::Judgement& best = c.choice.front();
  std::size_t second = 1;
  while (second + 1 < c.choice.size() && c.choice[second].mae == best.mae) ++second;
  const std::string other = report::say_model(stats::name_of(c.choice[second].fit.family));
  const std::string error = fmt::format("{:.3f}", best.mae), second_error = fmt::format("{:.3f}", c.choice[second].mae);
  // of a plain table nothing is decided, only shown
  return text::say(language, c.of_workspace ? Word::compare_models_used : Word::compare_models_best, fmt::arg("model", used), fmt::arg("error", error), fmt::arg("second", other),
                   fmt::arg("second_error", second_error));
}

Json to_json(const Compared& c, text::Language language) {
  Json rows = Json::array();
  for (const stats::Judgement& j : c.table) {
    Json parameters = Json::object();
    const auto names = stats::parameter_names(j.fit.family);
    for (std::size_t k = 0; k < names.size(); ++k) parameters[names[k]] = j.fit.report.parameters[k];
    rows.push_back({{"model", stats::name_of(j.fit.family)}, {"k", j.fit.k}, {"mae", j.mae}, {"median_mae", j.median_mae}, {"rmse", j.rmse},
                    {"total_error", j.total_error}, {"log_score", j.log_score}, {"parameters", parameters},
                    {"log_likelihood", j.fit.report.log_likelihood}, {"converged", j.fit.report.converged}});
  }
  return {{"holdout", c.t}, {"customers", c.table.front().customers}, {"models", rows}, {"used", c.used}, {"judged", c.judged},
          {"sentence", sentence(c, language)}};
}

std::string to_text(const Compared& c, text::Language language) {
  const auto word = [&](Word w) { return std::string{text::say(language, w)}; };
  TextTable table{{{word(Word::compare_models_model)}, {"k", true}, {word(Word::compare_models_mae), true}, {word(Word::compare_models_median), true},
                   {word(Word::compare_models_rmse), true}, {word(Word::compare_models_total), true}, {word(Word::compare_models_log_score), true}}};
  for (const stats::Judgement& j : c.table) {
    table.add({report::say_model(stats::name_of(j.fit.family)), fmt::format("{}", j.fit.k), fmt::format("{:.4f}", j.mae), fmt::format("{:.4f}", j.median_mae),
               fmt::format("{:.4f}", j.rmse), fmt::format("{:+.1f} %", 100 * j.total_error), fmt::format("{:.4f}", j.log_score)});
  }
  return table.str() + "\n" + sentence(c, language) + "\n";
}

}  // namespace

Result<void> run_compare_models(const CommonOptions& common, const CompareOptions& options) {
  Compared compared;
  text::Language language = text::Language::en;
  if (!options.summary.empty()) {
    if (!common.language.empty()) {
      const auto named = text::parse_language(common.language);
      if (!named) return fail(Code::invalid_input, "'{}' is no language; en, zh-CN and zh-TW are", common.language);
      language = *named;
    }
    WB_ASSIGN(compared, compare_table(options));
  } else {
    WB_ASSIGN(const auto context, Context::open(common, false));
    language = context->language();
    WB_ASSIGN(compared, compare_workspace(*context, options));
  }
  const std::string text = common.json ? to_json(compared, language).dump(2) + "\n" : to_text(compared, language);
  std::fputs(text.c_str(), stdout);
  return {};
}

}  // namespace app
