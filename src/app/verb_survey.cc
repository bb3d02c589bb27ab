#include <cstdio>
#include <map>

#include <nlohmann/json.hpp>

#include "app/reasons_yaml.h"
#include "app/survey_yaml.h"
#include "app/terminal.h"
#include "app/verbs.h"
#include "stats/nps.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;
using text::say;
using text::Word;

namespace {

constexpr double kConfidence = 0.95;

/// A share with what is known of it.
ordered_json share(std::uint64_t part, std::uint64_t whole) {
  const stats::Interval interval = stats::wilson(static_cast<double>(part), static_cast<double>(whole), kConfidence);
  return {{"value", whole == 0 ? ordered_json(nullptr) : ordered_json(static_cast<double>(part) / static_cast<double>(whole))},
          {"low", interval.low}, {"high", interval.high}, {"of", whole}};
}

ordered_json describe(const port::SurveyStore::Counts& counts) {
  return {{"survey", counts.survey},   {"invited", counts.invited},   {"opened", counts.opened},
          {"started", counts.started}, {"finished", counts.finished}, {"response_rate", share(counts.started, counts.invited)}};
}

std::string shown(text::Language l, const ordered_json& share) {
  if (share["value"].is_null()) return "";
  return fmt::format("{} ({}–{})", text::percent(l, share["value"].get<double>()), text::percent(l, share["low"].get<double>()), text::percent(l, share["high"].get<double>()));
}

void print(const ordered_json& json) { std::fputs((json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n").c_str(), stdout); }

Result<Surveys> surveys_of(const Context& context) {
  WB_ASSIGN(const model::ReasonRules rules, load_reason_rules(context.data()));
  return load_surveys(context.data(), rules, context.settings().business);
}

/// Answers to one question: by choice, or the scores with the net promoter score.
ordered_json answers_to(const model::SurveyQuestion& question, const std::vector<port::SurveyStore::Said>& said, std::size_t language) {
  std::uint64_t answers = 0, promoters = 0, passives = 0, detractors = 0;
  std::map<std::string, std::uint64_t> chosen;
  std::map<std::int32_t, std::uint64_t> scores;
  for (const auto& one : said) {
    if (one.question != question.id) continue;
    answers += one.answers;
    for (const std::string& choice : one.choices) chosen[choice] += one.answers;
    if (!one.score) continue;
    scores[*one.score] += one.answers;
    (*one.score >= 9 ? promoters : *one.score >= 7 ? passives : detractors) += one.answers;
  }
  ordered_json json{{"question", question.id}, {"text", question.text[language]}, {"answers", answers}};
  if (question.kind == model::QuestionKind::scale) {
    for (const auto& [score, count] : scores) json["scores"][std::to_string(score)] = count;
    if (question.nps && answers > 0) {
      const stats::NetPromoter nps = stats::net_promoter(static_cast<double>(promoters), static_cast<double>(passives), static_cast<double>(detractors), kConfidence);
      json["nps"] = {{"value", nps.score}, {"low", nps.interval.low}, {"high", nps.interval.high}, {"promoters", promoters}, {"passives", passives}, {"detractors", detractors}};
    }
  }
  ordered_json choices = ordered_json::array();
  for (const model::SurveyChoice& choice : question.choices) {
    choices.push_back({{"choice", choice.id}, {"text", choice.text[language]}, {"reason", choice.reason}, {"count", chosen[choice.id]}, {"share", share(chosen[choice.id], answers)}});
  }
  if (question.other) choices.push_back({{"choice", "other"}, {"text", say(static_cast<text::Language>(language), Word::survey_other)}, {"reason", ""}, {"count", chosen["other"]}, {"share", share(chosen["other"], answers)}});
  if (!choices.empty()) json["choices"] = std::move(choices);
  return json;
}

}  // namespace

Result<void> run_survey_list(const CommonOptions& common) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const Surveys surveys, surveys_of(*context));
  WB_ASSIGN(auto counts, store->surveys().counts());
  for (const model::Survey& survey : surveys) {
    if (std::ranges::find(counts, survey.id, &port::SurveyStore::Counts::survey) == counts.end()) counts.push_back({.survey = survey.id});
  }
  std::ranges::sort(counts, {}, &port::SurveyStore::Counts::survey);
  const text::Language l = context->language();
  ordered_json all = ordered_json::array();
  for (const auto& one : counts) all.push_back(describe(one));
  if (common.json) {
    print(all);
    return {};
  }
  const auto head = [&](Word word) { return std::string{say(l, word)}; };
  TextTable table{{{head(Word::head_name), false, 24}, {head(Word::head_sent), true}, {head(Word::head_opened), true}, {head(Word::response_answered), true}, {head(Word::head_share), true}}};
  for (const auto& one : all) {
    const auto number = [&](const char* key) { return text::whole(l, one[key].get<double>()); };
    table.add({one["survey"].get<std::string>(), number("invited"), number("opened"), number("started"), shown(l, one["response_rate"])});
  }
  std::fputs(table.str().c_str(), stdout);
  return {};
}

Result<void> run_survey_results(const CommonOptions& common, const std::string& name) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::ActStore* const store, context->store());
  WB_ASSIGN(const Surveys surveys, surveys_of(*context));
  const model::Survey* survey = find_survey(surveys, name);
  if (survey == nullptr) return fail(Code::not_found, "there is no survey '{}'; `winback survey list` shows them", name);
  WB_ASSIGN(const auto counts, store->surveys().counts());
  WB_ASSIGN(const auto said, store->surveys().results(name));
  const auto found = std::ranges::find(counts, name, &port::SurveyStore::Counts::survey);
  const text::Language l = context->language();
  ordered_json json = describe(found == counts.end() ? port::SurveyStore::Counts{.survey = name} : *found);
  json["questions"] = ordered_json::array();
  for (const model::SurveyQuestion& question : survey->questions) json["questions"].push_back(answers_to(question, said, static_cast<std::size_t>(l)));
  if (common.json) {
    print(json);
    return {};
  }
  std::string out = fmt::format("{}: {} {} · {} {} · {}\n", survey->title[static_cast<std::size_t>(l)], json["invited"].get<std::uint64_t>(), say(l, Word::head_sent),
                                json["started"].get<std::uint64_t>(), say(l, Word::response_answered), shown(l, json["response_rate"]));
  for (const auto& question : json["questions"]) {
    out += fmt::format("\n{} ({})\n", question["text"].get<std::string>(), question["answers"].get<std::uint64_t>());
    if (question.contains("nps")) {
      out += fmt::format("  NPS {:+.0f} ({:+.0f} … {:+.0f})\n", 100 * question["nps"]["value"].get<double>(), 100 * question["nps"]["low"].get<double>(), 100 * question["nps"]["high"].get<double>());
    }
    if (!question.contains("choices")) continue;
    for (const auto& choice : question["choices"]) out += fmt::format("  {:>5}  {}  {}\n", choice["count"].get<std::uint64_t>(), choice["text"].get<std::string>(), shown(l, choice["share"]));
  }
  std::fputs(out.c_str(), stdout);
  return {};
}

}  // namespace app
